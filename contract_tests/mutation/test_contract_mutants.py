"""The proof of the contract's mutants: each is a real edit, and the layers tell lies from words."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from ..schemas import Schema
from . import contract_mutants
from .contract_edits import ContractMutant, dropped, input_schema, named, put
from .contract_mutants import (
    KILLERS,
    MUTANTS,
    broken,
    document,
    drift,
    layer,
    layers,
    suite,
    text_of,
)
from .contract_sampling import mechanical, sampled
from .judging import Layer, Trial, judge
from .killers import remembered
from .outcomes import Outcome, UnbrokenIsRedError
from .trees import ROOT, Kill

_STATUS = named("get_status")
HARMLESS = ContractMutant(
    "harmless", "words", "prose binds nobody", put(_STATUS, "summary", "Look"), "so it is"
)
LIE = ContractMutant(
    "lie", "status", "it is answered", dropped(named("get_status", "responses"), "404"), "is it"
)
STALE = ContractMutant("stale", "status", "gone", dropped(named("get_status", "responses"), "299"))


def fates(
    mutants: Sequence[ContractMutant], look: Layer[ContractMutant], *, excusing: bool
) -> list[Outcome]:
    return judge(mutants, Trial([look], broken, excusing=excusing), jobs=1)


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


def test_drift_notices_any_edit_excused_or_not_and_a_stale_one_is_red() -> None:
    found = fates([HARMLESS, LIE, STALE], layer("drift", drift), excusing=False)
    assert [(each.killed_by, each.word) for each in found] == [
        ("drift", "killed"),
        ("drift", "killed"),
        (None, "STALE"),
    ]
    assert "$.paths" in found[0].detail
    assert found[2].detail.startswith("openapi.yaml: ")


def test_the_suite_notices_a_lie_and_minds_no_words() -> None:
    found = fates([HARMLESS, LIE], layer("suite", suite), excusing=True)
    assert [each.word for each in found] == ["excused", "EXCUSED YET KILLED"]


def test_only_where_the_sources_agree_is_drift_left_out() -> None:
    names = [[each.name for each in layers(consistent=consistent)] for consistent in (False, True)]
    assert names[0] == ["drift", *names[1]]
    assert set(names[1]) == {"suite", "census", "wire"}


def test_an_excuse_is_heard_only_where_the_sources_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (excused,) = [mutant.name for mutant in MUTANTS if mutant.excuse]
    monkeypatch.setattr(contract_mutants, "layers", lambda **_: [layer("drift", drift)])
    file = tmp_path / "contract.json"
    arguments = ["--only", excused, "--count", "0", "--jobs", "1", "--json", str(file)]
    assert contract_mutants.main(arguments) == 0
    (found,) = json.loads(file.read_text())
    assert (found["name"], found["killed_by"], found["excused"]) == (excused, "drift", False)
    assert contract_mutants.main([*arguments, "--consistent"]) == 1
    assert f"EXCUSED YET KILLED input: {excused}" in capsys.readouterr().out


def test_a_layer_that_is_red_on_the_true_contract_proves_nothing() -> None:
    grumpy = layer("grumpy", lambda _: Kill("always"))
    with pytest.raises(UnbrokenIsRedError, match="grumpy fails with nothing broken: always"):
        fates([LIE], grumpy, excusing=True)


def test_the_only_excuse_holds_since_another_keyword_refuses_the_same() -> None:
    (excused,) = [mutant for mutant in MUTANTS if mutant.excuse]
    edited = document()
    excused.edit(edited)
    before, after = (
        [
            Schema(node, each["components"]).problems("")
            for node in input_schema(each)["properties"].values()
        ]
        for each in (document(), edited)
    )
    assert [bool(problems) for problems in before] == [bool(problems) for problems in after]
    assert before != after


def test_the_catalogue_is_large_and_what_is_remembered_belongs_to_it() -> None:
    names = {each.name for each in MUTANTS}
    assert len(names) == len(MUTANTS) >= 40
    assert remembered(KILLERS).keys() <= names


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
