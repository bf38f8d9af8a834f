"""The proof of the client's mutants: a kill is a kill, a survivor and a stale mutant are red."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from . import command, consumer
from .consumer import LAYERS, MUTANTS, broken, layers, parts_of
from .consumer_mutants import ClientMutant
from .fates import Fates, sources_digest
from .judging import Trial, judge
from .killers import Killers, remember, remembered
from .outcomes import Outcome, UnbrokenIsRedError, as_json, lines, losses
from .trees import ROOT

PLUS = "contract_tests/unit/test_sums.py"
SIGNS = "contract_tests/wire/test_signs.py"


def mutant(name: str, old: str, new: str, excuse: str = "") -> ClientMutant:
    return ClientMutant(name, "sums", "sums.py", old, new, "sums are right", excuse)


HARMLESS = mutant("harmless", "# plus", "# and")
WRONG = mutant("wrong", "a + b", "a - b")
UNSIGNED = mutant("unsigned", "abs(a)", "a")
STALE = mutant("stale", "a * b", "a / b")
NO_PYTHON = mutant("no-python", "return a + b", "return a +")
BOTH = mutant("both", "import math", "raise OSError")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a small checkout with a client of two functions, which every tree is a copy of."""
    root = tmp_path / "checkout"
    files = {
        "wrapper/chainhub_fal/__init__.py": "",
        "wrapper/chainhub_fal/sums.py": "import math\ndef plus(a, b):\n    return a + b  # plus\ndef size(a):\n    return abs(a)\n",
        PLUS: "from chainhub_fal.sums import plus\ndef test_plus():\n    assert plus(2, 1) == 3\n",
        SIGNS: "from chainhub_fal.sums import size\ndef test_size():\n    assert size(-1) == 1\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def fates(
    checkout: Path,
    mutants: Sequence[ClientMutant],
    *,
    known: Killers | None = None,
    enough: int = 1,
    jobs: int = 1,
) -> list[Outcome]:
    trial = Trial(layers(source=checkout), broken, known or {}, enough)
    return judge(mutants, trial, jobs=jobs, source=checkout)


def test_each_mutant_meets_the_fate_it_deserves(checkout: Path) -> None:
    before = (checkout / WRONG.file).read_text()
    excused = [
        replace(each, name=f"{each.name}-excused", excuse="so") for each in (HARMLESS, WRONG)
    ]
    found = fates(checkout, [HARMLESS, WRONG, UNSIGNED, STALE, NO_PYTHON, *excused], jobs=2)
    assert {each.name: (each.killed_by, each.word, each.red) for each in found} == {
        "harmless": (None, "SURVIVED", True),
        "wrong": ("unit", "killed", False),
        "unsigned": ("wire", "killed", False),
        "stale": (None, "STALE", True),
        "no-python": (None, "STALE", True),
        "harmless-excused": (None, "excused", False),
        "wrong-excused": ("unit", "EXCUSED YET KILLED", True),
    }
    assert found[1].detail.startswith(f"{PLUS}::test_plus: ")
    assert "wrapper/chainhub_fal/sums.py" in found[3].detail
    assert (checkout / WRONG.file).read_text() == before


def test_a_run_that_is_gone_on_with_judges_no_mutant_twice(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "judge", partial(judge, source=checkout))
    kept = tmp_path / "fates"
    trial = Trial(layers(source=checkout), broken, {}, 1)

    def run(*only: str) -> list[Outcome]:
        arguments = ["--resume", str(kept), "--jobs", "2", "--only", *only]
        return command.judged(command.parser("x").parse_args(arguments), (WRONG, UNSIGNED), trial)

    first = run("wrong")
    with kept.open("a") as file:
        file.write('{"name": "unsig')  # as of a run that was killed while it wrote
        file.write("\n")
    both = run("wrong", "unsigned")
    assert [each.word for each in both] == ["killed", "killed"]
    assert both[0] == first[0]
    monkeypatch.setattr(command, "judge", None)
    assert run("*") == both
    assert [len(kept.read_text().splitlines()), len(run("wrong"))] == [4, 1]


def test_fates_of_other_sources_are_forgotten(tmp_path: Path) -> None:
    outcome = Outcome("wrong", "sums", "why", "unit", "said", kills=(("unit", PLUS),))
    Fates(tmp_path / "new" / "fates", "these").add(outcome)
    assert Fates(tmp_path / "new" / "fates", "these").known == {"wrong": outcome}
    assert Fates(tmp_path / "new" / "fates", "others").known == {}
    (tmp_path / "contract_tests").mkdir()
    before = sources_digest(tmp_path)
    (tmp_path / "contract_tests" / "a.py").write_text("")
    assert sources_digest(tmp_path) != before


def test_what_is_red_without_a_mutant_proves_nothing(checkout: Path) -> None:
    with (checkout / SIGNS).open("a") as file:
        file.write("def test_red():\n    assert size(-1) == 2\n")
    with pytest.raises(UnbrokenIsRedError, match=r"wire fails with nothing broken: .*test_red"):
        fates(checkout, [WRONG])
    with pytest.raises(ValueError, match="no mutant"):
        fates(checkout, [])


def test_a_test_that_fails_once_has_noticed_nothing(checkout: Path, tmp_path: Path) -> None:
    """It fails in the first run of its mutant, and in no other, not even where it is known to."""
    count = tmp_path / "count"
    count.write_text("")
    (checkout / PLUS).write_text(
        f"import pathlib\ndef test_flaky():\n    count = pathlib.Path({str(count)!r})\n"
        "    count.write_text(count.read_text() + '.')\n    assert len(count.read_text()) != 2\n"
    )
    (found,) = fates(checkout, [HARMLESS], known={"harmless": {"unit": f"{PLUS}::test_flaky"}})
    assert len(count.read_text()) == 4  # unbroken, known, known again, and with the other tests
    assert found.killed_by is None


def test_a_matrix_names_what_only_one_layer_kills(checkout: Path) -> None:
    found = fates(checkout, [BOTH, UNSIGNED], enough=2)
    assert [[layer for layer, _ in each.kills] for each in found] == [["unit", "wire"], ["wire"]]
    assert list(losses(found, ["unit", "wire"])) == [
        "without unit, 0 more would live",
        "without wire, 1 more would live: unsigned",
    ]
    both, unsigned = as_json(found, matrix=True)
    assert both["killed_by_all"] == unsigned["looked"] == ["unit", "wire"]
    assert as_json(found, matrix=False)[0]["killed_by_all"] is None


def test_what_killed_a_mutant_is_remembered_and_tried_first(checkout: Path, tmp_path: Path) -> None:
    file = tmp_path / "killers.json"
    file.write_text(json.dumps({"gone": {"unit": "x"}, "unsigned": {"unit": "y"}}))
    remember(file, fates(checkout, [UNSIGNED, HARMLESS]), ["unsigned", "harmless"])
    known = remembered(file)
    assert known == {"unsigned": {"unit": "y", "wire": f"{SIGNS}::test_size"}}
    assert remembered(tmp_path / "none.json") == {}
    both = {"both": {"wire": f"{SIGNS}::test_size"}, "wrong": {"wire": f"{SIGNS}::test_gone"}}
    first, outdated = fates(checkout, [BOTH, WRONG], known=both)
    assert (first.looked, first.killed_by) == (("wire",), "wire")
    assert (outdated.looked, outdated.killed_by) == (("wire", "unit"), "unit")


@pytest.mark.timeout(40)  # the test below would sleep 100 s
def test_a_test_that_hangs_is_ended_and_the_next_run_is_not_its_heir(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contract_tests.mutation.trees._RUN_SECONDS", 3)
    monkeypatch.setattr("contract_tests.mutation.trees._TEST_SECONDS", 100)
    (checkout / PLUS).write_text(
        "import time\nfrom chainhub_fal.sums import plus\n"
        "def test_plus():\n    if plus(2, 1) != 3:\n        time.sleep(100)\n"
    )
    hanging, other = fates(checkout, [WRONG, UNSIGNED])
    assert hanging.detail == "the tests: it did not end within 3 s"
    assert (hanging.killed_by, other.killed_by) == ("unit", "wire")


@pytest.mark.parametrize("found", MUTANTS, ids=lambda found: found.name)
def test_no_mutant_of_the_client_is_stale(found: ClientMutant) -> None:
    assert broken(ROOT, found)
    assert found.reason


def test_the_catalogue_is_large_and_its_names_are_its_own() -> None:
    names = {found.name for found in MUTANTS}
    assert len(names) == len(MUTANTS) >= 40
    assert all(len(parts_of(name)) == len(patterns) for name, patterns in LAYERS.items())
    known = remembered(consumer.KILLERS)
    assert known.keys() <= names
    assert all(
        (ROOT / test.partition("::")[0]).is_file()
        for tests in known.values()
        for test in tests.values()
    )


def test_the_summary_names_every_survivor() -> None:
    outcomes = [
        Outcome("a", "g", "why", "unit", "test_a"),
        Outcome("b", "g", "why", None, "nobody", excused=True),
        Outcome("c", "g", "why", None, "gone", stale=True),
        Outcome("d", "g", "why", None, "every test passes"),
        Outcome("e", "g", "why", "wire", "test_e", excused=True),
    ]
    first, *others = lines(outcomes)
    assert first == "2 of 5 mutants killed (unit 1, wire 1)"
    assert [line.split(" (")[0] for line in others] == [
        "excused g: b",
        "STALE g: c",
        "SURVIVED g: d",
        "EXCUSED YET KILLED g: e",
    ]
