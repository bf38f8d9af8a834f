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
from .provider import FLOORS, MUTANTS
from .provider_command import main
from .provider_edits import alters
from .provider_mutant import GROUPS, Mutant, mutant
from .run import LAYERS, Trial, Verdict, examine, load_layer
from .table import Fate, markdown, score
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
        ("warns", "clean", ""),
        ("sees-nothing", "clean", ""),
        ("breaks", "error", "RuntimeError: the layer has a bug"),
        ("gone", "missing", "fake_gone is not there"),
    ],
)
def test_each_ending_is_told_for_what_it_is(
    fakes: dict[str, str], layer: str, state: str, says: str
) -> None:
    (verdict,) = examine(HARMLESS, {layer: fakes[layer]}, seed=1, matrix=False)
    assert (verdict.layer, verdict.state, verdict.text) == (layer, state, says)
    assert score([Fate(HARMLESS, (verdict,))]).killed == (state == "killed")


def test_a_mutant_that_breaks_down_itself_is_not_killed(fakes: dict[str, str]) -> None:
    def crash(_: Answer, __: Exchange) -> Answer:
        raise KeyError("a slip in the mutant")

    slip = mutant("schema", "slip", "it crashes", alters("result", crash))
    (verdict,) = examine(slip, {"asks": fakes["asks"]}, seed=1, matrix=False)
    assert verdict.state == "error"
    assert "a slip in the mutant" in verdict.text


def test_the_first_kill_ends_a_trial_but_not_a_matrix(fakes: dict[str, str]) -> None:
    names = ("breaks", "kills", "sees-nothing")
    layers = {name: fakes[name] for name in names}
    tried = [
        [verdict.layer for verdict in examine(HARMLESS, layers, seed=1, matrix=matrix)]
        for matrix in (False, True)
    ]
    assert tried == [["breaks", "kills"], list(names)]


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


def fate(name: str, *verdicts: Verdict, equivalent: str = "") -> Fate:
    return Fate(Mutant(name, "time", "late", tuple, equivalent=equivalent), verdicts)


def test_the_table_names_survivors_breakdowns_and_what_one_layer_alone_keeps_out() -> None:
    fates = [
        fate("one-killer", Verdict("suite", "killed", "late"), Verdict("semantics", "clean")),
        fate("two-killers", Verdict("suite", "killed", "a"), Verdict("semantics", "killed", "b")),
        fate("survivor", Verdict("suite", "clean"), Verdict("semantics", "missing")),
        fate(
            "broken", Verdict("suite", "error", text="KeyError: 'x'"), Verdict("semantics", "clean")
        ),
        fate("same", Verdict("suite", "clean"), equivalent="nobody can tell"),
    ]
    assert str(score(fates)) == "2 of 4 (50.0%)"
    table = markdown(fates, ["suite", "semantics"], "the command", matrix=False)
    assert "`the command`" in table
    assert "| survivor | time | late | SURVIVED |" in table
    assert "- **survivor** (time): late; no finding in suite\n" in table
    assert "| broken | time | late | ERROR, not killed |" in table
    assert "suite broke down: KeyError: 'x'; no finding in semantics" in table
    assert "- **same**: late; nobody can tell.\n" in table
    matrix = markdown(fates, ["suite", "semantics"], "the command", matrix=True)
    assert "- suite: 1: one-killer\n- semantics: 0\n" in matrix
    assert "| survivor | time | late | - | missing |" in matrix


def test_nothing_is_judged_when_the_unbroken_system_is_red(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LAYERS, "suite", __name__)
    assert main(["--layers", "suite", "--only", "submit-500"]) == 2
    told = capsys.readouterr()
    assert "unbroken gateway instant 1: suite killed a rule" in told.err
    assert told.out == ""


def test_no_fault_and_no_layer_end_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "no-such-fault"]) == 2
    assert "no fault matches no-such-fault" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="no layer is named 'sweet'"):
        main(["--layers", "sweet"])


def test_no_group_falls_below_its_floor() -> None:
    counted = Counter(each.group for each in MUTANTS.values())
    assert set(FLOORS) == set(GROUPS)
    assert {group: counted[group] for group in GROUPS if counted[group] < FLOORS[group]} == {}
    assert len(MUTANTS) >= 120


def test_every_mutant_says_why_it_matters_and_where_it_strikes() -> None:
    places = {name: [fault.operation for fault in each.make()] for name, each in MUTANTS.items()}
    assert [name for name, each in MUTANTS.items() if not each.why] == []
    assert [name for name, found in places.items() if not set(found) <= OPERATIONS] == []
    # One plan hides another at the same operation, so that a second one would never happen.
    assert [name for name, found in places.items() if len(set(found)) < len(found)] == []
    assert [name for name, found in places.items() if not found] == []


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
    ],
)
def test_the_suite_kills_what_it_is_there_for(name: str) -> None:
    if load_layer(LAYERS["suite"]) is None:
        pytest.skip("the suite is not in this checkout")
    (verdict,) = Trial({"suite": LAYERS["suite"]})(name)
    assert verdict.state == "killed"
    assert verdict.rule
