"""What a run must have exercised to count: without it, green would mean that nothing was proven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from ..contract import Contract, Operation
from ..suite.chains import chains
from .findings import Finding, Ledger
from .ledgers import added
from .target import Dialect

LAYER = "floors"
_UNAUTHORISED, _UNKNOWN = frozenset({401}), frozenset({404})
_REFUSED, _SUCCESS = frozenset({400, 415, 422}), frozenset(range(200, 300))
# Which answers a caller can bring about by the state of a job alone, by the role a link gives an
# operation: at least one of each set. fal tells waiting (202) from ended (200) and refuses a result
# too early (400); what the gateway does there is not documented, so only the ends are demanded.
_BY_STATE: Mapping[Dialect, Mapping[str, tuple[frozenset[int], ...]]] = {
    "gateway": {
        "status": (frozenset({200}),),
        "result": (frozenset({200}),),
        "cancel": (frozenset({200, 202}), frozenset({400})),
    },
    "fal": {
        "status": (frozenset({200}), frozenset({202})),
        "result": (frozenset({200}), frozenset({400})),
        "cancel": (frozenset({200, 202}), frozenset({400})),
    },
}


class Worked(Protocol):
    """A layer's work, as far as the floors look at it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def ledger(self) -> Ledger:
        """What it exercised."""
        ...

    @property
    def phases(self) -> tuple[str, ...]:
        """What it promised to send requests in."""
        ...


def shortfalls(contract: Contract, dialect: Dialect, layers: Sequence[Worked]) -> list[Finding]:
    """Return a finding for each thing that was not exercised.

    The statuses are demanded of runs with the suite, which is the layer that provokes them.
    """
    found = [] if layers else [_missing("", "no layer was run: choose some with --layers")]
    for layer in layers:
        found += [_missing("", words) for words in _phases_missing(layer)]
    ledger = added(layer.ledger for layer in layers)
    for operation in contract.operations.values():
        name = operation.operation_id
        if not any(count for (each, _), count in ledger.answers.items() if each == name):
            found.append(_missing(name, "it was never answered"))
        elif any(layer.name == "suite" for layer in layers):
            wanted = provokable(contract, operation, dialect)
            found += [_missing(name, words) for words in _statuses_missing(ledger, name, wanted)]
    return found


def provokable(contract: Contract, operation: Operation, dialect: Dialect) -> list[frozenset[int]]:
    """List what a caller can make an operation answer: one status of each set at least.

    403, 413 with its unknown limit, 429 and the 5xx depend on the server and are not among them.
    """
    roles = _roles(contract, operation)
    wanted = [_UNAUTHORISED] if operation.secured else []
    wanted += [sets for role in roles for sets in _BY_STATE[dialect].get(role, (_SUCCESS,))]
    wanted += [_UNKNOWN] if roles else [_SUCCESS]
    if operation.body.schemas or any(each.place == "query" for each in operation.parameters):
        wanted.append(_REFUSED)
    documented = frozenset(operation.statuses)
    return [found for each in wanted if (found := each & documented)]


def _roles(contract: Contract, operation: Operation) -> set[str]:
    return {
        role
        for chain in chains(contract)
        for role, link in chain.links.items()
        if link.operation.operation_id == operation.operation_id
    }


def _phases_missing(layer: Worked) -> Iterator[str]:
    if not layer.ledger.phases.total() and not layer.ledger.answers.total():
        yield f"the layer {layer.name} sent nothing: an empty run proves nothing"
        return
    for phase in layer.phases:
        if not layer.ledger.phases[phase]:
            yield f"the layer {layer.name} sent nothing in its phase {phase}"


def _statuses_missing(
    ledger: Ledger, operation: str, wanted: Sequence[frozenset[int]]
) -> Iterator[str]:
    for statuses in wanted:
        if not any(ledger.answers[operation, status] for status in statuses):
            shown = " or ".join(str(status) for status in sorted(statuses))
            yield f"it never answered {shown}, which it documents and a caller can provoke"


def _missing(operation: str, message: str) -> Finding:
    return Finding(LAYER, "not-exercised", operation, message)
