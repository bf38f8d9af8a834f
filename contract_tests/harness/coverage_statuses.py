"""Operations and the statuses they document: which were met, and which no caller can bring about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contract import Contract, Operation
from .coverage import Grid, Mark, Row, mark
from .findings import Ledger
from .floors import provokable
from .target import Dialect

_SERVERS_OWN: Mapping[int, str] = {
    403: "it needs a key without rights or quota",
    404: "every address the operation has is served",
    413: "the limit is not documented",
    429: "it depends on the server's load and the account's limits",
}
_IN_TROUBLE = "only a server in trouble answers it"
_UNTOLD = "the contract does not say how a caller brings it about"


def statuses(contract: Contract, dialect: Dialect, ledger: Ledger) -> Grid:
    """Return operations by statuses: every documented one, and every other that was seen."""
    documented = {each for operation in contract.operations.values() for each in operation.statuses}
    columns = sorted(documented | {status for _, status in ledger.answers})
    rows = []
    for name, operation in contract.operations.items():
        wanted = provokable(contract, operation, dialect)
        marks = {str(each): _mark(operation, each, wanted, ledger) for each in columns}
        rows.append(Row(name, {each: (found,) for each, found in marks.items() if found}))
    about = "how often each operation was answered with each status"
    return Grid("Operations and statuses", about, tuple(map(str, columns)), tuple(rows))


def _mark(
    operation: Operation, status: int, wanted: Sequence[frozenset[int]], ledger: Ledger
) -> Mark | None:
    """Mark one status of an operation; None if it is neither documented nor seen."""
    name = operation.operation_id
    count = ledger.answers[name, status]
    if operation.answer(status) is None:
        return Mark("", count, "alien", "the contract does not document it") if count else None
    sets = [each for each in wanted if status in each]
    if not sets:
        reason = why_not(status)
        return Mark("", count, "unasked" if count else "excused", reason)
    met = all(any(ledger.answers[name, other] for other in each) for each in sets)
    others = sorted(frozenset().union(*sets) - {status})
    return mark("", count, f"{_either(others)} came, and either is right" if met else "")


def why_not(status: int) -> str:
    """Say why no caller can be asked to bring a status about."""
    return _IN_TROUBLE if status >= 500 else _SERVERS_OWN.get(status, _UNTOLD)


def _either(others: Sequence[int]) -> str:
    return " or ".join(map(str, others))
