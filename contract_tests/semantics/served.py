"""Which routes a target has: the gateway documents the result route only, and may lack the rest."""

from __future__ import annotations

from random import Random
from uuid import UUID

from ..contract import Contract
from ..harness.findings import Ledger
from ..harness.target import Target
from .bench import Bench
from .endpoints import Endpoint, endpoints
from .exchange import Seen, Wire
from .report import Report

# The routes known from the ticket's addresses alone; a stream from fal's own documents alone.
_DOUBTFUL = ("status", "cancel")
_NO_ROUTE = "/no-such-route"
_NOBODYS_ID = str(UUID(int=0, version=4))


def note_unserved(bench: Bench, endpoint: Endpoint) -> None:
    """Find out whether a gateway lacks the doubtful routes, and say so as a warning.

    Status and cancel count as left out only together: one of them alone is a broken route.
    """
    if bench.wire.target.dialect != "gateway":
        return
    together = [link for link in _DOUBTFUL if link in endpoint.routes]
    for doubtful in (together, *([link] for link in endpoint.streams)):
        if all(_looks_unrouted(bench, endpoint, link) for link in doubtful):
            _leave_out(bench, endpoint, doubtful)


def unserved(target: Target, contract: Contract, ledger: Ledger, *, phase: str) -> frozenset[str]:
    """Name the operations that a gateway lacks, though the contract has them from elsewhere.

    Raises UnansweredError when no answer comes.
    """
    found: set[str] = set()
    with Wire(target, ledger, phase=phase) as wire:
        for endpoint in endpoints(contract):
            bench = Bench(wire, Report(0, first=False), Random(0), target.timeout)  # noqa: S311 - no secret
            note_unserved(bench, endpoint)
            found |= {endpoint.routes[link].operation.operation_id for link in bench.unserved}
    return frozenset(found)


def _leave_out(bench: Bench, endpoint: Endpoint, links: list[str]) -> None:
    bench.unserved |= frozenset(links)
    for link in links:
        operation = endpoint.routes[link].operation.operation_id
        message = "not served by this gateway: the rules about it were skipped"
        bench.report.note("route_not_served", operation, message, level="warning")


def _looks_unrouted(bench: Bench, endpoint: Endpoint, link: str) -> bool:
    """Compare a route, asked for nobody's job, with a path that surely leads nowhere."""
    method = endpoint.routes[link].operation.method
    nowhere = endpoint.routes["result"].path(_NOBODYS_ID) + _NO_ROUTE
    asked = bench.send(endpoint, link, _NOBODYS_ID)
    return _form(asked) == _form(bench.wire.send(None, method, nowhere))


def _form(seen: Seen) -> tuple[int, str, tuple[str, ...]]:
    kind = seen.headers.get("content-type", "").partition(";")[0]
    return seen.status, kind, tuple(sorted(seen.fields))
