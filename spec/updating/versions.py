"""The version of client and contract: which one an update calls for, and where it is written.

Both carry the same number: the contract takes the version of the client that first holds it.
"""

import re
from dataclasses import replace

from spec.compare.changes import Comparison
from spec.compare.version import step
from spec.documents import load
from spec.errors import SpecError
from spec.nodes import at, sequence
from spec.overlay import Overlay
from spec.pages import Block
from spec.sources import Tree

CLIENT = "wrapper/chainhub_fal/_version.py"
_CONSTANT = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def called_for(comparison: Comparison, released: str, pending: str) -> str:
    """Return the version after an update: the step from the last release, or what is pending.

    Of the two the greater, so a release never moves twice for changes of one size. Raises SpecError
    when a version is none.
    """
    needed = step(replace(comparison, old_version=released, new_version=released)).least
    if not needed:
        raise SpecError(released, "is no version of three numbers", "Correct CHANGELOG.md.")
    return max((needed, pending, comparison.old_version), key=_ordered)


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def of_client(tree: Tree) -> str:
    """Return the client's version; raises SpecError when its file names none."""
    found = _CONSTANT.search((tree.root / CLIENT).read_text("utf-8"))
    if found is None:
        raise SpecError(CLIENT, "no line says __version__ = ...", "Restore the file.")
    return found[1]


def write(tree: Tree, version: str) -> None:
    """Write a version into the client and into the overlay that gives the contract its own."""
    client = tree.root / CLIENT
    text = _CONSTANT.sub(f'__version__ = "{version}"', client.read_text("utf-8"))
    client.write_bytes(text.encode("utf-8"))
    for overlay in tree.overlays():
        line = _line_of_version(overlay)
        if line is not None:
            path = tree.root / "spec" / "overlays" / overlay.name
            path.write_bytes(_with_version(overlay.text, line, version).encode("utf-8"))
            return
    what = "no overlay gives $.info a version"
    raise SpecError("spec/overlays", what, "Let one update $.info with a version.")


def _line_of_version(overlay: Overlay) -> int | None:
    document = load(Block(overlay.name, overlay.text, 1))
    for entry in sequence(document.get("actions"), ("actions",)):
        update = at(entry, "update")
        if at(entry, "target") == "$.info" and isinstance(update, dict) and "version" in update:
            return int(getattr(update, "lc").key("version")[0])  # noqa: B009 - the reader's own
    return None


def _with_version(text: str, line: int, version: str) -> str:
    lines = text.splitlines(keepends=True)
    lines[line] = re.sub(r"(version:\s*)\S+", rf"\g<1>{version}", lines[line], count=1)
    return "".join(lines)
