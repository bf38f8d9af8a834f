"""A copy is one package, and what was done to it since is told file by file."""

from __future__ import annotations

from pathlib import Path

import pytest

from vendoring.__main__ import main
from vendoring.copying import copy, gathered
from vendoring.errors import VendoringError
from vendoring.manifest import Manifest


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy(tmp_path_factory.mktemp("app"), "fluxclient")


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return copy(tmp_path, "fluxclient")


def check(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = main([str(folder), "--check"])
    return code, capsys.readouterr().out


def test_it_names_no_original_package_and_brings_types_and_licence(pristine: Path) -> None:
    modules = "\n".join(path.read_text() for path in pristine.rglob("*.py"))
    for line in modules.splitlines():
        assert not line.strip().startswith(("import chainhub", "from chainhub")), line
    assert "importlib.metadata" not in modules
    for name in ("py.typed", "LICENSE", "VENDORED", "_api/py.typed", "smoke.py"):
        assert (pristine / name).is_file()
    assert not (pristine / "cli").exists()


def test_extras_come_when_asked_for_and_the_command_line_with_its_sandbox() -> None:
    bare, full = set(gathered([])), set(gathered(["cli"]))
    assert full - bare >= {"__main__.py", "cli/app.py", "cli/sheet.css", "_sandbox/openapi.yaml"}
    assert set(gathered(["sandbox"])) < full


def test_an_untouched_copy_is_intact_and_current(
    pristine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pristine / "__pycache__").mkdir()
    (pristine / "__pycache__" / "client.cpython-311.pyc").write_bytes(b"")
    code, words = check(pristine.parent, capsys)
    assert code == 0
    assert words.count("\n") == 1
    assert "intact and current" in words


def test_edited_lost_and_added_files_are_named(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / "client.py").write_text("# mine")
    (copied / "_api" / "operations.py").unlink()
    (copied / "extra.py").write_text("")
    code, words = check(copied, capsys)
    assert code == 1
    assert "client.py edited, _api/operations.py gone, extra.py added" in words


def test_a_copy_of_another_contract_is_intact_but_not_current(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (copied / "VENDORED").read_text()
    kept = Manifest.read(copied)
    (copied / "VENDORED").write_text(text.replace(kept.contract_sha256, "0" * 64))
    code, words = check(copied, capsys)
    assert code == 1
    assert "intact, but not current" in words
    assert "(000000000000)" in words


def test_copying_again_keeps_what_somebody_edited_unless_forced(copied: Path) -> None:
    (copied / "client.py").write_text("# mine")
    with pytest.raises(VendoringError, match=r"client\.py edited"):
        copy(copied.parent, copied.name)
    assert (copied / "client.py").read_text() == "# mine"
    assert main([str(copied.parent), "--name", copied.name, "--force"]) == 0
    assert (copied / "client.py").read_text() != "# mine"
    assert [path.name for path in copied.parent.iterdir()] == [copied.name]


def test_copying_over_an_older_copy_leaves_nothing_of_it(copied: Path) -> None:
    copy(copied.parent, copied.name, ["cli"])
    copy(copied.parent, copied.name)
    assert not (copied / "cli").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--name", "not-a-name"], "identifier"),
        (["--name", "class"], "identifier"),
        ([], "--name"),
        (["--name", "fine", "--with", "batteries"], "choose of sandbox, cli"),
        (["--name", "theirs"], "no copy of ours"),
        (["--check"], "no copy in"),
    ],
)
def test_what_cannot_be_done_is_refused_and_changes_nothing(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "module.py").write_text("# theirs")
    assert main([str(tmp_path), *arguments]) == 2
    assert words in capsys.readouterr().err
    assert [path.name for path in tmp_path.rglob("*")] == ["theirs", "module.py"]


def test_a_manifest_that_cannot_be_read_is_said_to_be(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / "VENDORED").write_text("name = [")
    assert main([str(copied), "--check"]) == 2
    assert "cannot be read" in capsys.readouterr().err
