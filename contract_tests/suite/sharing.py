"""Requests that try several valid values at once, because each submit is paid for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from ..contract import Contract
from .exchange import Case
from .inputs import base_body, body_case, encoded, settled
from .interior import WRITTEN_AS_FLOAT
from .subjects import Subject, documented
from .values import Proposal

INTEGRAL_FLOAT = "integral-float"


@dataclass(frozen=True)
class Shared:
    """A request and the requests that try its values one by one, if it is refused."""

    together: Case
    alone: tuple[Case, ...]


@dataclass
class _Row:
    """Proposals that change different fields; ``changes`` are the fields' values."""

    changes: dict[str, object]
    proposals: list[Proposal]


def shared_cases(contract: Contract, subject: Subject) -> Iterator[Shared]:
    """Yield the cases of the values between a body's bounds, in as few requests as can be.

    What a server may be forgiven to refuse is kept apart from the rest: it would be sent again
    one by one each time.
    """
    operation = subject.operation
    if "application/json" not in operation.body.schemas or subject.known is None:
        return
    base = base_body(contract, operation)
    found = [
        each
        for each in settled(contract, operation, base)
        if each.interior and encoded(each.value) != encoded(base)
    ]
    for forgiven in (False, True):
        chosen = [each for each in found if (each.interior == WRITTEN_AS_FLOAT) is forgiven]
        for row in _rows(subject, base, chosen):
            yield _shared(subject, base, row)


def _rows(subject: Subject, base: object, proposals: list[Proposal]) -> list[_Row]:
    """Put each proposal into the first row where it changes a field of its own and stays valid."""
    schema = subject.operation.body.schemas["application/json"]
    rows: list[_Row] = []
    for proposal in proposals:
        changes = _changes(base, proposal.value)
        for row in rows:
            apart = row.changes and changes and not row.changes.keys() & changes.keys()
            if apart and not schema.problems(_body(base, row.changes | changes)):
                row.changes |= changes
                row.proposals.append(proposal)
                break
        else:
            rows.append(_Row(changes, [proposal]))
    return rows


def _changes(base: object, value: object) -> dict[str, object]:
    """Return the fields in which a body differs; none if that is not all that differs."""
    if not isinstance(base, dict) or not isinstance(value, dict) or base.keys() - value.keys():
        return {}
    return {  # compared as written: 1.0 and 1 are equal to Python
        name: each
        for name, each in value.items()
        if name not in base or encoded(each) != encoded(base[name])
    }


def _body(base: object, changes: dict[str, object]) -> object:
    return {**cast("dict[str, object]", base), **changes}


def _shared(subject: Subject, base: object, row: _Row) -> Shared:
    alone = tuple(_alone(subject, each) for each in row.proposals)
    if len(alone) == 1:
        return Shared(alone[0], ())
    tried = ", ".join(f"{each.interior} at body{each.place}" for each in row.proposals)
    together = replace(
        alone[0],
        rule="valid-refused",
        what=f"valid by type, all at once: {tried}",
        expected=subject.success | documented(subject.operation),  # judged one by one
        content=encoded(_body(base, row.changes)),
        tries=tuple(place for case in alone for place in case.tries),
    )
    return Shared(together, alone)


def _alone(subject: Subject, proposal: Proposal) -> Case:
    case = body_case(subject, proposal)
    if proposal.interior != WRITTEN_AS_FLOAT:
        return case
    return replace(case, rule=INTEGRAL_FLOAT, tolerated=subject.refusals)
