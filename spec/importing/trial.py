"""Try whether the contract builds with a new page, before anything is written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from spec.build import build
from spec.documents import load_plain
from spec.errors import SpecError
from spec.importing.shelf import Shelf, paths_of
from spec.nodes import JsonMap, at, mapping
from spec.overlay import Overlay
from spec.pages import Page, extract
from spec.repair import repair


def require_buildable(shelf: Shelf, page: Page, overlays: Mapping[str, str]) -> None:
    """Raise SpecError when a page, new or in the place of the one of its name, cannot be built.

    `overlays` are the new ones by name. A tree that builds meets a further page in the names it
    shares with it and in the shared overlays, so the page is built with the pages of those names
    alone: an import must not cost more with every page there is. What fails so is tried with all.
    """
    others = [one for one in shelf.pages if one.name != page.name]
    kept = {one.name: one for one in shelf.overlays}
    kept.update({f"{name}.yaml": Overlay(f"{name}.yaml", yaml) for name, yaml in overlays.items()})
    near = list(dict.fromkeys(_neighbours(page, others)))
    far = {f"{Path(one.name).stem}.yaml" for one in others if one not in near}
    try:
        _build([page, *near], [one for one in kept.values() if one.name not in far])
    except SpecError:
        _require_whole([page, *others], [*kept.values()])


def _require_whole(pages: Sequence[Page], overlays: Sequence[Overlay]) -> None:
    try:
        _build(pages, overlays)
    except SpecError as error:
        what, remedy = f"the contract would not build: {error.what}", error.remedy
        raise SpecError(error.where, what, f"{remedy} Nothing was written.") from error


def _build(pages: Sequence[Page], overlays: Sequence[Overlay]) -> None:
    """Build in the order that the tree will have: pages by name, shared overlays first."""
    own = {Path(one.name).stem for one in pages}
    build(
        sorted(pages, key=lambda one: one.name),
        sorted(overlays, key=lambda one: (Path(one.name).stem in own, one.name)),
    )


def _neighbours(page: Page, others: Sequence[Page]) -> Iterator[Page]:
    """Yield the pages that share a name with this one; of a component's one: all have it alike."""
    own = set(map(_words, paths_of(page)))
    yield from (one for one in others if own & set(map(_words, paths_of(one))))
    for section, named in _components(page).items():
        for name in mapping(named or {}, ("components", section)):
            mentioning = (one for one in others if name in one.text)
            yield from islice((one for one in mentioning if at(_components(one), section, name)), 1)


def _words(path: str) -> tuple[str, ...]:
    """Return what names are made of: two paths with the same words get the same name."""
    return tuple(re.findall("[0-9a-z]+", path.lower()))


def _components(page: Page) -> JsonMap:
    block, _ = repair(extract(page))
    return mapping(load_plain(block).get("components") or {}, ("components",))
