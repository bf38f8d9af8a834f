"""Which routes a target has: the gateway documents the result route only, and may lack the rest."""

from __future__ import annotations

from uuid import UUID

from .bench import Bench
from .endpoints import Endpoint
from .exchange import Seen

# The routes known from the ticket's addresses alone.
_DOUBTFUL = ("status", "cancel")
_NO_ROUTE = "/no-such-route"
_NOBODYS_ID = str(UUID(int=0, version=4))


def note_unserved(bench: Bench, endpoint: Endpoint) -> None:
    """Find out whether a gateway lacks the doubtful routes, and say so as a warning.

    Only both together count as left out: one of them alone is a broken route.
    """
    if bench.wire.target.dialect != "gateway":
        return
    doubtful = [link for link in _DOUBTFUL if link in endpoint.routes]
    if all(_looks_unrouted(bench, endpoint, link) for link in doubtful):
        bench.unserved = frozenset(doubtful)
        for link in doubtful:
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
