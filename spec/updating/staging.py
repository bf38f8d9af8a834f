"""A copy of the tree to work in, and the way back: every changed file, or none."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

from spec.errors import SpecError
from spec.importing.placing import place
from spec.sources import Tree

Contents: TypeAlias = dict[str, bytes]
Changes: TypeAlias = dict[str, bytes | None]

_PARTS = ("spec", "openapi.yaml", "generated", "wrapper", "CHANGELOG.md")


@contextmanager
def copied(tree: Tree) -> Iterator[Tree]:
    """Give a copy of a tree, without caches and hidden files; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        shutil.copytree(tree.root, root, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        yield Tree(root)


def contents(tree: Tree) -> Contents:
    """Read what an update may change, by path from the tree's root."""
    return {
        str(path.relative_to(tree.root)): path.read_bytes()
        for part in _PARTS
        for path in sorted((tree.root / part).rglob("*") if "." not in part else [tree.root / part])
        if path.is_file() and "__pycache__" not in path.parts
    }


def changed(before: Contents, after: Contents) -> Changes:
    """Return the files that differ, by path; None where there is none any more."""
    paths = sorted(before.keys() | after.keys())
    return {path: after.get(path) for path in paths if before.get(path) != after.get(path)}


def bring_back(tree: Tree, before: Contents, changes: Mapping[str, bytes | None]) -> None:
    """Put changed files into the tree, all or none.

    Raises SpecError when one cannot be written, or is not what it was when it was copied.
    """
    for path in changes:
        target = tree.root / path
        if (target.read_bytes() if target.is_file() else None) != before.get(path):
            what = "was changed by somebody else while the update ran; nothing was written"
            raise SpecError(path, what, "Run the update again.")
    place({tree.root / path: content for path, content in changes.items()})
