"""Compare what is committed with what its sources give today."""

import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from spec.build import build
from spec.generate import CHECKSUM, PACKAGE, STAMP, generate
from spec.nodes import Place, show
from spec.sources import Tree


def drift(tree: Tree) -> Iterator[str]:
    """Yield a sentence for each committed file that its sources no longer give, and for where.

    An edited contract is reported alone: what it would generate is beside the point.
    """
    edited = list(contract_drift(tree, build(tree.pages(), tree.overlays()).text))
    if edited:
        yield from edited
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(tree, Path(folder))
        yield from differences(tree.generated, Path(folder))


def contract_drift(tree: Tree, built: str) -> Iterator[str]:
    """Yield a sentence naming line and JSONPath if the committed contract is not the built one."""
    committed = _read(tree.contract)
    line = first_difference(committed, built)
    if line is not None:
        old, new = _line(committed, line), _line(built, line)
        yield (
            f"{tree.contract.name}:{line}: {show(place_of_line(built, line))}: "
            f"committed {old!r}, built from spec/ {new!r}"
        )


def first_difference(old: str, new: str) -> int | None:
    """Return the number of the first line, from 1, in which two texts differ."""
    pairs = zip_longest(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return next((line for line, (a, b) in enumerate(pairs, start=1) if a != b), None)


def place_of_line(text: str, line: int) -> Place:
    """Return the place of the innermost value whose entry begins at or above a line of YAML."""
    place: list[str | int] = []
    node = _composed(text)
    while node is not None:
        entries = [entry for entry in _entries(node) if entry[1].start_mark.line < line]
        if not entries:
            break
        step, _, node = entries[-1]
        place.append(step)
    return tuple(place)


@lru_cache(maxsize=1)  # many copies may be held to one text
def _composed(text: str) -> Node | None:
    found: Node | None = YAML().compose(text)
    return found


def _entries(node: Node) -> list[tuple[str | int, Node, Node]]:
    """List the steps below a node, each with the node that begins its entry and its value."""
    if isinstance(node, MappingNode):
        return [(key.value, key, value) for key, value in node.value]
    if isinstance(node, SequenceNode):
        return [(index, value, value) for index, value in enumerate(node.value)]
    return []


def _line(text: str, line: int) -> str:
    lines = text.splitlines()
    return lines[line - 1].strip() if line <= len(lines) else "(nothing)"


def differences(committed: Path, fresh: Path) -> Iterator[str]:
    """Yield a sentence for each generated file that two folders do not hold alike.

    Where the checksums say that the contract has moved on, the stamps are left out of account:
    they differ in every file.
    """
    moved_on = _read(committed / CHECKSUM) != _read(fresh / CHECKSUM)
    for name in sorted(_files(committed) | _files(fresh)):
        difference = _difference(committed / name, fresh / name, moved_on)
        if difference is not None:
            yield f"{committed.name}/{name}{difference}"


def _difference(old: Path, new: Path, moved_on: bool) -> str | None:  # noqa: FBT001 - a fact
    if not old.exists():
        return ": is missing"
    if not new.exists():
        return ": the contract generates no such file"
    texts = [_unstamped(_read(path)) if moved_on else _read(path) for path in (old, new)]
    line = first_difference(*texts)
    return None if line is None else f":{line}: is not what the contract generates"


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8") if path.exists() else ""


def _unstamped(text: str) -> str:
    return re.sub(rf"\A{STAMP}.*", "", text)


def _files(root: Path) -> set[str]:
    """List the generated files; compiled ones do not count."""
    found = {
        str(path.relative_to(root))
        for path in (root / PACKAGE).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return found | {CHECKSUM}
