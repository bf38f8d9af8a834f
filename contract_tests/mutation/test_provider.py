"""The proof of the proof: a kill, a survivor, a breakdown and a missing layer are told apart."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import httpx
import pytest

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.exchange import QUEUE_KINDS, Exchange

from ..harness.findings import Finding
from .matrix_rows import MECHANICAL, score
from .provider import FLOORS, MUTANTS
from .provider_command import main
from .provider_edits import alters
from .provider_fates import Fate
from .provider_mutant import GROUPS, mutant
from .provider_unbroken import Unbroken
from .provider_world import LAYERS, load_layer
from .run import Trial, Verdict, examine, unbroken_names
from .workers import side_by_side

OPERATIONS = {*QUEUE_KINDS, "file", "any"}
HARMLESS = mutant("schema", "harmless", "it does nothing")


def finding(level: str = "error") -> Finding:
    return Finding("fake", "a rule", "get_status", "it is wrong", level=level)  # type: ignore[arg-type]


def run(*_: object, **__: object) -> list[Finding]:
    """Find fault with everything, which makes this module a layer that nobody should trust."""
    return [finding()]


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    def breaks(*_: object, **__: object) -> list[Finding]:
        raise RuntimeError("the layer has a bug")

    layers: dict[str, Callable[..., list[Finding]]] = {
        "kills": lambda *_, **__: [finding("warning"), finding()],
        "warns": lambda *_, **__: [finding("warning")],
        "sees-nothing": lambda *_, **__: [],
        "breaks": breaks,
        "asks": lambda target, *_, **__: [finding() for _ in [httpx.get(target.base_url + JOB)]],
    }
    for name, layer in layers.items():
        monkeypatch.setitem(sys.modules, f"fake_{name}", SimpleNamespace(run=layer))
    return {name: f"fake_{name}" for name in (*layers, "gone")}


JOB = "/fal-ai/flux-1/requests/unknown"


@pytest.mark.parametrize(
    ("layer", "state", "says"),
    [
        ("kills", "killed", "get_status: it is wrong"),
        ("warns", "warned", "get_status: it is wrong"),
        ("sees-nothing", "clean", ""),
        ("breaks", "error", "RuntimeError: the layer has a bug"),
        ("gone", "missing", "fake_gone is not there"),
    ],
)
def test_each_ending_is_told_for_what_it_is(
    fakes: dict[str, str], layer: str, state: str, says: str
) -> None:
    (verdict,) = examine(HARMLESS, Trial({layer: fakes[layer]}))
    assert (verdict.layer, verdict.state, verdict.text) == (layer, state, says)
    assert score([Fate(HARMLESS, (verdict,)).row()]).killed == (state == "killed")


def test_a_mutant_that_breaks_down_itself_is_not_killed(fakes: dict[str, str]) -> None:
    def crash(_: Answer, __: Exchange) -> Answer:
        raise KeyError("a slip in the mutant")

    slip = mutant("schema", "slip", "it crashes", alters("result", crash))
    (verdict,) = examine(slip, Trial({"asks": fakes["asks"]}))
    assert verdict.state == "error"
    assert "a slip in the mutant" in verdict.text


def test_a_trial_ends_when_enough_layers_have_killed(fakes: dict[str, str]) -> None:
    names = ("breaks", "kills", "kills-too", "sees-nothing")
    layers = dict.fromkeys(names, fakes["kills"]) | {"breaks": fakes["breaks"]}
    tried = [
        [verdict.layer for verdict in examine(HARMLESS, Trial(layers, kills=kills))]
        for kills in (1, 2)
    ]
    assert tried == [["breaks", "kills"], ["breaks", "kills", "kills-too"]]


def test_what_the_unbroken_system_is_warned_of_tells_nothing(fakes: dict[str, str]) -> None:
    trial = Trial({"warns": fakes["warns"]}, usual=frozenset({"a rule"}))
    assert [verdict.state for verdict in examine(HARMLESS, trial)] == ["clean"]


def test_a_warning_is_all_that_is_asked_for_what_does_not_count(fakes: dict[str, str]) -> None:
    layers = {"warns": fakes["warns"], "sees-nothing": fakes["sees-nothing"]}
    excused = mutant("header", "excused", "it matters to others", equivalent="nobody looks")
    found = Fate(excused, tuple(examine(excused, Trial(layers)))).row()
    assert (found.looked, found.warned_by) == (("warns",), "warns (a rule)")
    assert (found.counts, found.detail) == (False, "nobody looks")


def troubled(name: str) -> Iterator[Verdict]:
    """Work in another process that ends in every way there is."""
    yield Verdict("first", "clean")
    if name == "hangs":
        threading.Event().wait()
    if name == "dies":
        os._exit(1)


def test_a_trial_that_hangs_or_dies_is_an_error_and_the_others_go_on() -> None:
    names = ["hangs", "dies", "ends", "ends-too"]
    found = dict(side_by_side(troubled, names, jobs=2, limit=0.5))
    last = {name: verdicts[-1] for name, verdicts in found.items()}
    assert {name: each.state for name, each in last.items()} == {
        "hangs": "error",
        "dies": "error",
        "ends": "clean",
        "ends-too": "clean",
    }
    assert "0.5 s" in last["hangs"].text
    assert "died" in last["dies"].text


def test_a_survivor_says_what_the_layers_did_instead() -> None:
    verdicts = (Verdict("suite", "error", text="KeyError: 'x'"), Verdict("semantics", "clean"))
    found = Fate(HARMLESS, verdicts).row(matrix=True)
    assert found.detail == "suite broke down: KeyError: 'x'; no finding in semantics"
    assert (found.undecided, found.killed_by_all) == (True, ())


@pytest.mark.parametrize("wanted", [["--only", "submit-500"], ["--unbroken-only"]], ids=str)
def test_nothing_is_judged_when_the_unbroken_system_is_red(
    wanted: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LAYERS, "suite", __name__)
    assert main(["--layers", "suite", *wanted]) == 2
    told = capsys.readouterr()
    assert "unbroken gateway instant 1: suite killed a rule" in told.err
    assert told.out == ""


def test_false_alarms_are_told_from_warnings_and_counted() -> None:
    told = Unbroken(
        {
            "unbroken gateway instant 1": [Verdict("suite", "clean"), Verdict("x", "killed", "r")],
            "unbroken fal instant 1": [Verdict("suite", "warned", "late"), Verdict("x", "missing")],
        }
    )
    assert [alarm.split(":")[0] for alarm in told.alarms] == [
        "unbroken fal instant 1",
        "unbroken gateway instant 1",
    ]
    assert told.summary == "2 false alarms in 4 runs over 2 systems"
    assert (set(told.usual), told.warnings) == ({"late"}, ["suite late:  (in 1 of 2 systems)"])


def test_the_unbroken_system_is_tried_in_every_world_with_every_seed() -> None:
    names = unbroken_names(range(3, 5))
    assert names[0] == "unbroken gateway instant 3"
    assert names[-1] == "unbroken fal waiting 4"
    assert len(set(names)) == 8


def test_no_fault_and_no_layer_end_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no-such-fault"]) == 2
    assert "no fault matches no-such-fault" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="no layer is named 'sweet'"):
        main(["--layers", "sweet"])


def test_no_group_falls_below_its_floor() -> None:
    counted = Counter(each.group for each in MUTANTS.values())
    assert set(FLOORS) == set(GROUPS) - {MECHANICAL}
    assert {group: counted[group] for group in FLOORS if counted[group] < FLOORS[group]} == {}
    assert len(MUTANTS) >= 120


def test_every_mutant_says_why_it_matters_and_where_it_strikes() -> None:
    places = {name: [fault.operation for fault in each.make()] for name, each in MUTANTS.items()}
    assert [name for name, each in MUTANTS.items() if not each.why] == []
    assert [name for name, found in places.items() if not set(found) <= OPERATIONS] == []
    # One plan hides another at the same operation, so that a second one would never happen.
    assert [name for name, found in places.items() if len(set(found)) < len(found)] == []
    assert [name for name, found in places.items() if not found] == []


def test_every_route_has_its_faults() -> None:
    struck = Counter(fault.operation for each in MUTANTS.values() for fault in each.make())
    assert {kind: struck[kind] for kind in QUEUE_KINDS if struck[kind] < 25} == {}


def test_the_catalogue_is_tried_as_a_whole() -> None:
    assert set(CATALOGUE) <= set(MUTANTS)


@pytest.mark.parametrize(
    "name",
    [
        "ticket-position-text",
        "submit-201",
        "result-text",
        "result-404-first",
        "accepts-text-integer",
        "cancel-method-ok",
        "stream-second-no-id",
        "stream-misspelt-end",
    ],
)
def test_the_suite_kills_what_it_is_there_for(name: str) -> None:
    if load_layer(LAYERS["suite"]) is None:
        pytest.skip("the suite is not in this checkout")
    (verdict,) = Trial({"suite": LAYERS["suite"]})(name)
    assert verdict.state == "killed"
    assert verdict.rule
