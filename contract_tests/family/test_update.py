"""A page brought all the way in: once it changes what it must, twice nothing, and a failure nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from spec.errors import SpecError
from spec.sources import Tree
from spec.updating.changelog import extended, newest
from spec.updating.command import Order, update
from spec.updating.staging import bring_back, changed, contents

from ..unit.spec.family import page

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(180)  # seconds; each update generates the package anew
PARTS = ("spec/vendor", "spec/overlays", "generated")
FILES = ("openapi.yaml", "pyproject.toml", "CHANGELOG.md", "wrapper/chainhub_fal/_version.py")
RELEASED = "# Changelog\n\n## [1.2.3] - 2026-01-02\n\n### Contract\n- First.\n"
FULL = {"prompt": {"type": "string"}, "steps": {"type": "integer"}}
NARROW = {"prompt": {"type": "string"}, "steps": {"type": "integer", "maximum": 9}}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    root = tmp_path / "checkout"
    for name in PARTS:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return Tree(root)


def bring(tree: Tree, properties: object, **options: object) -> tuple[int, list[str]]:
    path = tree.root.parent / "draw.md"
    path.write_text(page("/fal-ai/app/draw", properties, {"prompt": "a"}), "utf-8")  # type: ignore[arg-type]  # JSON
    said: list[str] = []
    code = update(tree, Order(path, **options), said.append, lambda _: None)  # type: ignore[arg-type]  # by name
    return code, said


def told(said: list[str]) -> str:
    """What the comparison says of versions, in its last line."""
    (line,) = (line for text in said for line in text.splitlines() if "; version " in line)
    return line


def refuse(_tree: Tree) -> None:
    raise SpecError("census", "a test failed", "Look.")


def test_an_update_goes_all_the_way_and_a_second_one_changes_nothing(tree: Tree) -> None:
    released = newest((tree.root / "CHANGELOG.md").read_text("utf-8")).released
    code, said = bring(tree, FULL)
    assert code == 0
    after = contents(tree)
    log = after["CHANGELOG.md"].decode()
    version = newest(log).version
    assert version != released
    assert re.search(rf"## \[{version}\] - unreleased\n\n### Contract\n(.*\n)*?- .*app/draw", log)
    assert f'__version__ = "{version}"'.encode() in after["wrapper/chainhub_fal/_version.py"]
    assert re.search(rb"version: '?" + version.encode(), after["openapi.yaml"])
    assert b"APP_DRAW" in after["generated/chainhub_fal_api/endpoints/__init__.py"]
    assert sum(line.startswith("git add ") for line in said) == 3
    assert f"version {released} -> {version}: patch step needed ({version}), made" in told(said)
    assert any("decide: AppDrawOutput" in line for line in said)
    code, said = bring(tree, FULL)
    assert code == 0
    assert contents(tree) == after
    assert any(line.startswith("nothing changed") for line in said)
    assert f"no change; version {version} -> {version}: no version step needed" in told(said)


def test_what_breaks_is_written_only_when_it_is_allowed_and_moves_the_pending_version(
    tree: Tree,
) -> None:
    bring(tree, FULL)
    before = contents(tree)
    code, said = bring(tree, NARROW)
    assert code == 1
    assert contents(tree) == before
    assert any("--allow-breaking" in line for line in said)
    assert ", not made" in told(said)
    small = newest(before["CHANGELOG.md"].decode())
    code, said = bring(tree, NARROW, allow_breaking=True)
    assert (code, ", made" in told(said)) == (0, True)
    log = contents(tree)["CHANGELOG.md"].decode()
    big = newest(log)
    assert (big.released, big.version > small.version) == (small.released, True)
    assert log.count("unreleased") == 1
    assert "**Breaking**" in log


def test_a_step_that_fails_leaves_every_byte_as_it_was(tree: Tree) -> None:
    before = contents(tree)
    path = tree.root.parent / "draw.md"
    path.write_text(page("/fal-ai/app/draw", FULL, {"prompt": "a"}), "utf-8")  # type: ignore[arg-type]  # JSON
    with pytest.raises(SpecError, match="a test failed"):
        update(tree, Order(path), lambda _: None, refuse)
    assert contents(tree) == before


def test_a_file_that_somebody_else_changed_meanwhile_is_not_written_over(tree: Tree) -> None:
    before = contents(tree)
    changes = changed(before, {**before, "CHANGELOG.md": b"ours", "openapi.yaml": b"ours"})
    tree.contract.write_bytes(b"theirs")
    with pytest.raises(SpecError, match="somebody else"):
        bring_back(tree, before, changes)
    assert (tree.root / "CHANGELOG.md").read_bytes() == before["CHANGELOG.md"]
    tree.contract.write_bytes(before["openapi.yaml"])
    bring_back(tree, before, {"CHANGELOG.md": b"ours", "openapi.yaml": None})
    assert not tree.contract.exists()
    assert (tree.root / "CHANGELOG.md").read_bytes() == b"ours"


def test_a_changelog_grows_in_its_pending_section_and_a_date_closes_it() -> None:
    once = extended(RELEASED, "1.3.0", ["- A."])
    assert once == RELEASED.replace(
        "## [", "## [1.3.0] - unreleased\n\n### Contract\n- A.\n\n## [", 1
    )
    twice = extended(once, "2.0.0", ["- A.", "- B."])
    assert twice == once.replace("1.3.0", "2.0.0").replace("- A.\n", "- A.\n- B.\n")
    bare = once.replace("### Contract\n- A.", "### Added\n- C.", 1)
    both = "### Contract\n- A.\n\n### Added\n- C.\n\n## [1.2.3]"
    assert both in extended(bare, "1.3.0", ["- A."])
    assert "## [1.3.0] - 2026-02-03\n" in extended(once, "1.3.0", [], "2026-02-03")
    with pytest.raises(SpecError, match="released last"):
        newest("# Changelog\n")
