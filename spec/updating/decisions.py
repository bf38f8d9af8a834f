"""What a person must still decide about a page that was imported."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from spec.derive import OUTPUT, submits
from spec.documents import load_plain
from spec.evidence import KEY
from spec.importing.intake import read_page
from spec.importing.reading import read
from spec.importing.shelf import OVERLAYS, Shelf
from spec.nodes import JsonMap, at, sequence, text
from spec.overlay import PROPOSED
from spec.pages import Block
from spec.sources import Tree


def decisions(tree: Tree, page: Path, contract: JsonMap) -> Iterator[str]:
    """Yield what is left to decide: proposals that wait, and an output that nobody documents."""
    path = read(read_page(page)[0]).path
    known = Shelf.of(tree).page_of(path)
    if known is None:
        return
    slug = Path(known.name).stem
    for overlay in tree.overlays():
        if Path(overlay.name).stem == slug:
            entries = load_plain(Block(overlay.name, overlay.text, 1)).get("actions")
            yield from _waiting(f"{OVERLAYS}/{overlay.name}", sequence(entries, ("actions",)))
    yield from _inferred(contract, path)


def _waiting(name: str, entries: Sequence[object]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, dict) and PROPOSED in entry:
            yield f"{name}: {entry.get('target')}: {entry.get('description') or 'proposed'}"


def _inferred(contract: JsonMap, path: str) -> Iterator[str]:
    operation = dict(submits(contract)).get(path, {})
    if OUTPUT not in operation:
        return
    name = text(operation[OUTPUT], (path, OUTPUT)).rpartition("/")[2]
    evidence = sequence(at(contract, "components", "schemas", name, KEY) or [], (name, KEY))
    if {at(entry, "source") for entry in evidence} == {"inferred"}:
        yield f"{name}: the output is inferred, no page shows it; is it right?"
