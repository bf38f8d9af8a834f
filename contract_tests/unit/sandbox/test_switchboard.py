"""When faults happen, and that every fault of the catalogue can."""

from __future__ import annotations

import pytest

from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.exchange import QUEUE_KINDS
from chainhub_fal_sandbox.faults import Delivery, Fault, Switchboard

FIRST, SECOND = Fault(name="first"), Fault(name="second")


def names(board: Switchboard, operation: str, times: int) -> list[str | None]:
    taken = [board.take(operation) for _ in range(times)]
    return [fault.name if fault else None for fault in taken]


def test_faults_happen_in_order_and_as_often_as_told() -> None:
    board = Switchboard()
    board.add("submit", FIRST, times=2)
    board.add("submit", SECOND)
    assert names(board, "submit", 4) == ["first", "first", "second", None]


def test_a_fault_can_wait_for_its_occurrence_and_disturbs_no_other_operation() -> None:
    board = Switchboard()
    board.add("status", FIRST, after=2)
    assert names(board, "result", 2) == [None, None]
    assert names(board, "status", 4) == [None, None, "first", None]


def test_any_means_the_queue_and_not_the_files() -> None:
    board = Switchboard()
    board.add("any", FIRST, times=None)
    assert names(board, "cancel", 2) == ["first", "first"]
    assert names(board, "file", 1) + names(board, "", 1) == [None, None]
    board.clear()
    assert names(board, "cancel", 1) == [None]


def test_the_contracts_operation_ids_are_understood() -> None:
    board = Switchboard(lambda name: name.removeprefix("get_"))
    board.add("get_result", FIRST)
    assert names(board, "result", 1) == ["first"]


def test_an_unknown_operation_or_fault_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="submit, status"):
        Switchboard().add("sumbit", FIRST)
    with pytest.raises(KeyError, match="submit-429"):
        Fault.named("submit-428")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_named_fault_says_where_it_strikes_and_does_something(name: str) -> None:
    fault = Fault.named(name)
    assert fault.operation in (*QUEUE_KINDS, "file")
    assert fault.description
    acts = (fault.refuse, fault.bend, fault.alter, fault.events, fault.seconds)
    assert any(acts) or fault.delivery is not Delivery.WHOLE
