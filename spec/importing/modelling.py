"""Bring a model's page in: tell, ask, draft its overlay, and try whether it builds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from spec.documents import dump
from spec.importing.draft import Decided, actions, overlay, text
from spec.importing.outputs import shared_file
from spec.importing.proposals import Proposal
from spec.importing.reading import Reading, read
from spec.importing.report import Say, tell_losses, tell_outcome, tell_proposals
from spec.importing.shelf import OVERLAYS, VENDOR, Shelf
from spec.importing.study import Study, study
from spec.importing.trial import require_buildable
from spec.nodes import JsonMap
from spec.pages import Page

Ask: TypeAlias = Callable[[Proposal], bool]
Files: TypeAlias = dict[str, bytes]

_ADDED = (
    "\n  # -- new on the page, drafted by `python -m spec import`; x-proposed does not count --\n\n"
)


def draft(shelf: Shelf, reading: Reading, content: bytes, slug: str, say: Say, ask: Ask) -> Files:
    """Return the files of a model that is new to the tree; raises SpecError if it cannot be built.

    `content` is the page as it came, `slug` the name of its files.
    """
    shared = shelf.shared_schemas()
    found = study(reading, shelf.servers(), shared)
    decided = _told_and_asked(found, say, ask)
    overlays = {slug: text(overlay(reading, found.losses, found.output, decided))}
    kind = found.output.file
    if kind and kind.capitalize() not in shared:
        overlays[kind] = dump(shared_file(kind))
    page = Page(f"{slug}.md", reading.page.text)
    require_buildable(shelf, page, overlays)
    tell_outcome(decided, found.output, say)
    return {**_as_files(overlays), f"{VENDOR}/{page.name}": content}


def redraft(
    shelf: Shelf, reading: Reading, content: bytes, known: Page, say: Say, ask: Ask
) -> Files:
    """Return the files of a model whose page has changed: its overlay is kept, and added to.

    Only what the old page did not raise already is drafted. Raises SpecError when an action of the
    overlay no longer fits the page.
    """
    shared, slug = shelf.shared_schemas(), Path(known.name).stem
    found = study(reading, shelf.servers(), shared)
    before = study(read(known), shelf.servers(), shared)
    fresh = _without(found, before)
    decided = _told_and_asked(fresh, say, ask)
    added: list[JsonMap] = actions(fresh.losses, decided)
    overlays: dict[str, str] = {}
    if added:
        old = next(one.text for one in shelf.overlays if Path(one.name).stem == slug)
        listed = dump({"actions": [*added]}).removeprefix("actions:\n")
        overlays = {slug: f"{old.rstrip()}\n{_ADDED}{listed}"}
    page = Page(known.name, reading.page.text)
    require_buildable(shelf, page, overlays)
    tell_outcome(decided, None, say)
    return {**_as_files(overlays), f"{VENDOR}/{page.name}": content}


def _without(found: Study, before: Study) -> Study:
    """Leave out what was found on the old page as well."""
    lost = {(one.place, one.what) for one in before.losses}
    said = {(one.place, one.what, one.words) for one in before.proposals}
    return replace(
        found,
        losses=[one for one in found.losses if (one.place, one.what) not in lost],
        proposals=[one for one in found.proposals if (one.place, one.what, one.words) not in said],
    )


def _told_and_asked(found: Study, say: Say, ask: Ask) -> list[Decided]:
    tell_losses(found.reading, found.losses, say)
    tell_proposals(found.proposals, say)
    return [Decided(one, bool(one.update) and ask(one)) for one in found.proposals]


def _as_files(overlays: Mapping[str, str]) -> Files:
    return {f"{OVERLAYS}/{name}.yaml": yaml.encode("utf-8") for name, yaml in overlays.items()}
