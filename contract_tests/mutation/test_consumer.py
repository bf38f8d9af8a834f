"""The proof of the client's mutants: a kill is a kill, a survivor and a stale mutant are red."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import consumer
from .consumer import MUTANTS, judge, paths_of
from .consumer_mutants import ClientMutant
from .outcomes import Outcome, UnbrokenIsRedError, lines
from .trees import ROOT, Tree

TESTS = ["contract_tests/unit/test_sums.py", "contract_tests/wire/test_signs.py"]


def mutant(name: str, old: str, new: str) -> ClientMutant:
    return ClientMutant(name, "sums", "sums.py", old, new, "sums are right")


HARMLESS = mutant("harmless", "# plus", "# and")
WRONG = mutant("wrong", "a + b", "a - b")
SIGNS = mutant("signs", "abs(a)", "a")
STALE = mutant("stale", "a * b", "a / b")
BROKEN = mutant("broken", "return a + b", "return a +")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a small checkout with a client of two functions, which every tree is a copy of."""
    root = tmp_path / "checkout"
    files = {
        "wrapper/chainhub_fal/__init__.py": "",
        "wrapper/chainhub_fal/sums.py": "def plus(a, b):\n    return a + b  # plus\ndef size(a):\n    return abs(a)\n",
        "contract_tests/unit/test_sums.py": "from chainhub_fal.sums import plus\ndef test_plus():\n    assert plus(2, 1) == 3\n",
        "contract_tests/wire/test_signs.py": "from chainhub_fal.sums import size\ndef test_size():\n    assert size(-1) == 1\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(consumer, "Tree", lambda folder: Tree(folder, root))
    return root


def test_each_mutant_meets_the_fate_it_deserves(checkout: Path) -> None:
    before = (checkout / WRONG.file).read_text()
    found = judge([HARMLESS, WRONG, SIGNS, STALE, BROKEN], 2, TESTS)
    assert {each.name: (each.killed_by, each.stale, each.red) for each in found} == {
        "harmless": (None, False, True),
        "wrong": ("unit", False, False),
        "signs": ("wire", False, False),
        "stale": (None, True, True),
        "broken": (None, True, True),
    }
    assert found[1].detail.startswith("contract_tests/unit/test_sums.py::test_plus: ")
    assert (checkout / WRONG.file).read_text() == before


def test_what_is_red_without_a_mutant_proves_nothing(checkout: Path) -> None:
    with (checkout / TESTS[1]).open("a") as file:
        file.write("def test_red():\n    assert size(-1) == 2\n")
    with pytest.raises(UnbrokenIsRedError, match="test_red"):
        judge([WRONG], 1, TESTS)
    with pytest.raises(ValueError, match="no mutant"):
        judge([], 1, TESTS)


def test_a_test_that_fails_once_has_noticed_nothing(checkout: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    (checkout / TESTS[0]).write_text(
        f"import pathlib\ndef test_flaky():\n    seen = pathlib.Path({str(seen)!r})\n"
        "    again = seen.exists()\n    seen.touch()\n    assert again\n"
    )
    (found,) = judge([HARMLESS], 1, TESTS)
    assert seen.exists()
    assert found.killed_by is None


@pytest.mark.parametrize("found", MUTANTS, ids=lambda found: found.name)
def test_no_mutant_of_the_client_is_stale(found: ClientMutant) -> None:
    assert found.applied((ROOT / found.file).read_text(encoding="utf-8"))
    assert found.reason


def test_the_catalogue_is_large_and_its_names_are_its_own() -> None:
    assert len({found.name for found in MUTANTS}) == len(MUTANTS) >= 40
    assert {"unit", "wire", "journey"} <= {
        Path(path).parts[1] for path in paths_of(tuple(consumer.LAYERS))
    }


def test_the_summary_names_every_survivor() -> None:
    outcomes = [
        Outcome("a", "g", "why", "unit", "test_a"),
        Outcome("b", "g", "why", None, "nobody", excused=True),
        Outcome("c", "g", "why", None, "gone", stale=True),
        Outcome("d", "g", "why", None, "every test passes"),
    ]
    first, *others = lines(outcomes)
    assert first == "1 of 4 mutants killed (unit 1)"
    assert [line.split(" (")[0] for line in others] == [
        "excused g: b",
        "STALE g: c",
        "SURVIVED g: d",
    ]
