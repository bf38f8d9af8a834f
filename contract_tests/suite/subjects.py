"""What the cases are about: an operation, where it can be reached, and which answers are right."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..contract import Contract, Operation
from .chains import Chain, parameter_schema
from .samples import Samples

REFUSALS = frozenset({400, 413, 415, 422})
"""What a refused input may be answered with, if documented. The other 4xx do not speak of the
input: 401 and 403 of the key, 404 of the address, 429 of the pace; a 5xx is the server's fault."""

_TOO_LATE = frozenset({400})
_FORMS = ("x", "\N{LATIN SMALL LETTER U WITH DIAERESIS}n\N{SNOWMAN}", "0", "a" * 200)


@dataclass(frozen=True)
class Subject:
    """An operation with the path values of a finished job, and path values that lead nowhere.

    ``known`` is None if no job could be had; ``success`` is what a right request to it gets.
    ``issued`` names the path values that only an earlier answer gives.
    """

    operation: Operation
    known: Mapping[str, str] | None
    success: frozenset[int]
    unknown: tuple[Mapping[str, str], ...] = ()
    issued: tuple[str, ...] = ()
    required_query: tuple[tuple[str, str], ...] = ()
    required_headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[Mapping[str, str]]:
        """One path that leads somewhere and one that does not, as far as there are such."""
        return [path for path in (self.known, *self.unknown[:1]) if path is not None]

    @property
    def refusals(self) -> frozenset[int]:
        """The documented statuses that refuse an input."""
        return REFUSALS & documented(self.operation)


def subjects(
    contract: Contract, tickets: list[tuple[Chain, Mapping[str, object]]], seed: int
) -> list[Subject]:
    """Make a subject of every operation; ``tickets`` are of jobs that have ended."""
    linked: dict[str, Subject] = {}
    for chain, ticket in tickets:
        for role, link in chain.links.items():
            known = link.path(ticket)
            found = _linked(link.operation, role, known, link.issued, link.parameters, seed)
            name = link.operation.operation_id
            if name not in linked or linked[name].known is None:
                linked[name] = found
    return [
        linked.get(name) or _plain(contract, operation)
        for name, operation in contract.operations.items()
    ]


def documented(operation: Operation) -> frozenset[int]:
    """Return the statuses that are documented one by one."""
    return frozenset(operation.statuses)


def successes(operation: Operation) -> frozenset[int]:
    """Return the documented statuses that mean success."""
    return frozenset(status for status in operation.statuses if status // 100 == 2)


def state_answers(operation: Operation, role: str) -> frozenset[int]:
    """Return the statuses that are right for a job in any state.

    A result may be asked for too early and a cancel come too late, which is no error of either
    side: both are documented as 400.
    """
    early_or_late = (
        _TOO_LATE & documented(operation) if role in {"result", "cancel"} else frozenset()
    )
    return successes(operation) | early_or_late


def ended_answers(operation: Operation, role: str) -> frozenset[int]:
    """Return the statuses that are right once a job has ended: a cancel comes too late then."""
    too_late = _TOO_LATE & documented(operation)
    return too_late if role == "cancel" and too_late else successes(operation)


def _linked(
    operation: Operation,
    role: str,
    known: Mapping[str, str] | None,
    issued: list[str],
    parameters: Mapping[str, str],
    seed: int,
) -> Subject:
    nobodys = str(uuid.UUID(int=random.Random(seed).getrandbits(128), version=4))  # noqa: S311
    constant = {name: value for name, value in parameters.items() if name not in issued}
    unknown = [constant | dict.fromkeys(issued, form) for form in (nobodys, *_FORMS)]
    others = dict.fromkeys(constant, "x") | dict.fromkeys(issued, nobodys)
    return Subject(
        operation,
        known,
        ended_answers(operation, role),
        (*unknown, others) if issued else (),
        tuple(issued),
    )


def _plain(contract: Contract, operation: Operation) -> Subject:
    """Reach an operation that follows no other with sample values of its own parameters."""
    samples = Samples(contract.document)
    values = {
        (parameter.place, parameter.name): str(
            samples.of(parameter_schema(contract, operation, parameter.name))
        )
        for parameter in operation.parameters
        if parameter.required
    }
    by_place: dict[str, dict[str, str]] = {"path": {}, "query": {}, "header": {}}
    for (place, name), value in values.items():
        by_place[place][name] = value
    return Subject(
        operation,
        by_place["path"],
        successes(operation),
        required_query=tuple(by_place["query"].items()),
        required_headers=by_place["header"],
    )
