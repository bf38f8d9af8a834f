"""The proof of the contract's mutants: each is a real edit, and the layers tell lies from words."""

from __future__ import annotations

import importlib.util

import pytest

from .contract_edits import ContractMutant, dropped, named, put
from .contract_mutants import MUTANTS, document, drift, judge, suite, text_of
from .contract_sampling import mechanical, sampled
from .outcomes import UnbrokenIsRedError
from .trees import ROOT, Kill, Tree

_STATUS = named("get_status")
HARMLESS = ContractMutant(
    "harmless", "words", "prose binds nobody", put(_STATUS, "summary", "Look")
)
LIE = ContractMutant(
    "lie", "status", "it is answered", dropped(named("get_status", "responses"), "404")
)
STALE = ContractMutant("stale", "status", "gone", dropped(named("get_status", "responses"), "299"))


@pytest.mark.parametrize(
    "mutant", [*MUTANTS, *sampled(document(), 60, 1)], ids=lambda each: each.name
)
def test_every_edit_changes_the_contract(mutant: ContractMutant) -> None:
    edited = document()
    mutant.edit(edited)
    assert edited != document()
    assert mutant.reason


def test_the_contract_is_written_as_the_build_writes_it() -> None:
    assert text_of(document()) == (ROOT / "openapi.yaml").read_text(encoding="utf-8")


def test_drift_notices_any_edit_and_a_stale_one_is_red() -> None:
    found = judge([HARMLESS, LIE, STALE], 2, [drift])
    assert [each.killed_by for each in found] == ["drift", "drift", None]
    assert "$.paths" in found[0].detail
    assert [each.red for each in found] == [False, False, True]


@pytest.mark.skipif(
    importlib.util.find_spec("contract_tests.suite") is None, reason="there is no suite"
)
def test_the_suite_notices_a_lie_and_minds_no_words() -> None:
    harmless, lie = judge([HARMLESS, LIE], 2, [suite])
    assert (harmless.killed_by, harmless.red) == (None, True)
    assert lie.killed_by == "suite"


def test_a_layer_that_is_red_on_the_true_contract_proves_nothing() -> None:
    def grumpy(_: Tree) -> Kill:
        return Kill("grumpy", "always")

    with pytest.raises(UnbrokenIsRedError, match="grumpy fails on the true contract"):
        judge([LIE], 1, [grumpy])
    with pytest.raises(ValueError, match="no edit"):
        judge([], 1, [drift])


def test_mechanical_edits_reach_every_operation_and_are_drawn_by_their_seed() -> None:
    every = list(mechanical(document()))
    assert len({each.name for each in every}) == len(every)
    operations = {
        operation["operationId"].replace("_", "-")
        for item in document()["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict)
    }
    assert {each.name.partition(":")[0] for each in every} == operations
    drawn = [[each.name for each in sampled(document(), 9, seed)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert len(drawn[0]) == 9
