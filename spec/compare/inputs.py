"""Read what is to be compared: contracts, vendor pages, and a page in the place of the old one.

A page and a page are compared as they are, each repaired and normalised. A page and a contract are
compared through what `spec/` would build if the page took the place of the one with the same path:
overlays apply, so that what they add counts on both sides, and only that page's paths are compared.
An overlay action that finds nothing to change in the new page is left out and reported, because the
page has dropped what it spoke of. A page whose path the contract lacks is all addition.
"""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from spec.arrange import arrange
from spec.compare.contracts import Contract
from spec.derive import derive
from spec.documents import lines_of, load_plain, plain
from spec.errors import SpecError
from spec.grammar import visit
from spec.merge import merge
from spec.modern import modernise
from spec.nodes import JsonMap, mapping
from spec.normalise import normalise
from spec.overlay import Overlay, actions, apply_action, places_of
from spec.pages import Block, Page, extract
from spec.repair import repair
from spec.sources import Tree
from spec.validate import VERSIONS, openapi_faults

CURRENT = "current"


@dataclass(frozen=True)
class Sides:
    """Both sides, the paths that count (None for all), and what was left out of account."""

    old: Contract
    new: Contract
    only: frozenset[str] | None
    notes: tuple[str, ...] = ()


def read(tree: Tree, old: str, new: str) -> Sides:
    """Read both sides; raises SpecError naming file, line and column of what cannot be read.

    Each is `current`, a contract (`.yaml`, `.yml`, `.json`) or a page (`.md`).
    """
    pages = [name for name in (old, new) if _is_page(name)]
    if len(pages) != 1:
        return Sides(_side(tree, old), _side(tree, new), None)
    page = _page(pages[0])
    other = _side(tree, new if _is_page(old) else old)
    known = _paths(other.document, other.file)
    candidate, notes = _in_force(tree, page, known)
    sides = (candidate, other) if _is_page(old) else (other, candidate)
    return Sides(*sides, _paths(page.document, page.name), tuple(notes))


def _is_page(name: str) -> bool:
    return name.lower().endswith(".md")


def _side(tree: Tree, name: str) -> Contract:
    if _is_page(name):
        page = _page(name)
        return Contract(name, {}, page.document, page.first_line)
    path = tree.contract if name == CURRENT else Path(name)
    label = tree.contract.name if name == CURRENT else name
    if path.suffix not in (".yaml", ".yml", ".json"):
        what = "neither a contract (.yaml, .json) nor a page (.md)"
        raise SpecError(label, what, f"Name a file, or `{CURRENT}` for the contract in force.")
    return contract(label, _text(path, label))


def _text(path: Path, label: str) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SpecError(label, f"cannot be read: {reason}", "Name a file that exists.") from error
    except UnicodeDecodeError as error:
        raise SpecError(label, f"is no UTF-8 text: {error}", "Save it as UTF-8.") from error


@lru_cache(maxsize=8)
def contract(label: str, text: str) -> Contract:
    """Read a contract from its text, once; raises SpecError when it is no valid OpenAPI."""
    if label.endswith(".json"):
        text = _checked_json(label, text)
    document = load_plain(Block(label, text, 1))
    found = Contract(label, lines_of(text), document)
    version = str(document.get("openapi") or "")[:3]
    if version not in VERSIONS:
        what = "says of itself no `openapi: 3.0.x` or `3.1.x`"
        raise SpecError(f"{label}:1:1", what, "Only such contracts can be compared.")
    for place, what in openapi_faults(document, version):
        line = found.spot(place).line
        raise SpecError(f"{label}:{line}:1", what, "Correct it.")
    for place, kind, node in list(visit(document)):
        list(modernise(place, kind, node))
    return found


def _checked_json(label: str, text: str) -> str:
    """Refuse what is no JSON, and make tabs readable for the parser that knows lines."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{label}:{error.lineno}:{error.colno}"
        raise SpecError(where, error.msg, "Correct that line.") from error
    return text.replace("\t", " ")


@dataclass(frozen=True)
class _Read:
    """A page that was read: its name as given, its document, and where its block begins."""

    name: str
    document: JsonMap
    first_line: int


def _page(name: str) -> _Read:
    return _read_page(name, Page(name, _text(Path(name), name)))


def _read_page(name: str, page: Page) -> _Read:
    block, _ = repair(extract(page))
    try:
        document, _ = normalise(block)
    except SpecError as error:
        where = error.where if page.name in error.where else f"{page.name}: {error.where}"
        raise SpecError(where, error.what, error.remedy) from error
    return _Read(name, document, block.first_line)


def _paths(document: JsonMap, name: str) -> frozenset[str]:
    return frozenset(mapping(document.get("paths") or {}, (name, "paths")))


def _in_force(tree: Tree, page: _Read, known: frozenset[str]) -> tuple[Contract, list[str]]:
    """Build the contract with a page in the place of the one that has its path.

    A path that no page has but the contract does is the overlays' own: the page joins the others.
    """
    paths = _paths(page.document, page.name)
    if not paths & known:
        # Every page calls itself 1.0.0, which says nothing about the contract it would enter.
        alone: JsonMap = {**page.document, "info": {}}
        return Contract(page.name, {}, alone, page.first_line), []
    pages = [_read_page(other.name, other) for other in tree.pages()]
    kept = [other for other in pages if not paths & _paths(other.document, other.name)]
    documents = [(other.name, copy.deepcopy(other.document)) for other in (*kept, page)]
    merged = merge(documents)
    notes = [note for overlay in tree.overlays() for note in _apply(merged, overlay)]
    derive(merged)
    arrange(merged)
    document = mapping(plain(merged), (page.name,))
    return Contract(page.name, {}, document, page.first_line), notes


def _apply(document: JsonMap, overlay: Overlay) -> Iterator[str]:
    """Apply the actions that find their target, and name those that do not."""
    for action in actions(overlay):
        if action.proposed or places_of(document, action):
            apply_action(document, action)
        else:
            yield f"{action.where}: the page no longer has what this overlay speaks of"
