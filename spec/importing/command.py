"""`python -m spec import PAGE`: a vendor's page becomes one of the tree and a drafted overlay."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

from spec.errors import SpecError
from spec.importing.against import differences
from spec.importing.intake import read_page
from spec.importing.modelling import Ask, Files, draft, redraft
from spec.importing.placing import place
from spec.importing.reading import Kind, Reading, read
from spec.importing.report import Say, tell_comparison, tell_losses
from spec.importing.shelf import EVIDENCE, VENDOR, Shelf
from spec.importing.ticket import is_foreign
from spec.pages import Page
from spec.sources import Tree

_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,80}")


@dataclass(frozen=True)
class Wish:
    """What the command was asked: the page, and how far it may go."""

    page: Path
    slug: str = ""
    accept: bool = False
    dry_run: bool = False
    replace: bool = False


def import_page(tree: Tree, wish: Wish, say: Say, ask: Ask | None = None) -> None:
    """Import a page into the tree and say what was repaired, lost, proposed and written.

    `ask` decides on each proposal; without it `accept` takes those that are no questions, and all
    others stay in the draft, marked. Raises SpecError, with nothing written, for a page that is
    refused: beyond repair, no page at all, or a second one of an endpoint in the tree.
    """
    page, content = read_page(wish.page)
    try:
        reading = read(page)
        say(f"{wish.page}: {reading.method.upper()} {reading.path}, {reading.kind.value}")
        files = _files(tree, wish, reading, content, say, ask)
    except SpecError as error:
        raise _placed(error, page, wish.page) from error
    if not wish.dry_run:
        place({tree.root / name: data for name, data in files.items()})
    for name in files:
        say(f"{'would write' if wish.dry_run else 'wrote'} {name}")


def _placed(error: SpecError, page: Page, path: Path) -> SpecError:
    """Name the file as it was given, whatever the step that refused it knew of it."""
    if error.where.startswith(str(path)):
        return error
    where = error.where.removeprefix(page.name).removeprefix(": ")
    gap = "" if where.startswith(":") or not where else ": "
    return SpecError(f"{path}{gap}{where}", error.what, error.remedy)


def _files(
    tree: Tree, wish: Wish, reading: Reading, content: bytes, say: Say, ask: Ask | None
) -> Files:
    """Return what to write, by path from the tree's root."""
    shelf = Shelf.of(tree)
    if reading.kind is not Kind.SUBMIT:
        return _kept(tree, wish, reading, content, say)
    known = shelf.page_of(reading.path)
    if known is None:
        if reading.prefix and not shelf.servers():
            what = "another tenant's page, and the tree has none of the gateway's own yet"
            raise SpecError(
                str(wish.page), what, "Import one that names the gateway's server first."
            )
        slug = _slug(wish.slug or reading.path.split("/", 2)[-1])
        _require_free(shelf, slug)
        return draft(shelf, reading, content, slug, say, ask or _decide(wish))
    if known.text == reading.page.text:
        say(f"already there as {VENDOR}/{known.name}: nothing to do")
        return {}
    if is_foreign(reading, shelf.servers()):
        say(f"another tenant's page of what {known.name} describes")
        return _kept(tree, wish, reading, content, say)
    if _says_the_same(reading, known):
        say(f"says the same as {VENDOR}/{known.name}: nothing to do")
        return {}
    if not wish.replace:
        raise SpecError(
            f"{wish.page}: {reading.path}",
            f"{VENDOR}/{known.name} describes this endpoint already, in another shape",
            "If this page is the newer one, import it with --replace; its overlay is kept.",
        )
    return redraft(shelf, reading, content, known, say, ask or _decide(wish))


def _decide(wish: Wish) -> Ask:
    return lambda proposal: wish.accept and not proposal.is_question


def _says_the_same(reading: Reading, known: Page) -> bool:
    return read(replace(known, name=reading.page.name)).document == reading.document


def _slug(words: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    if not _SLUG.fullmatch(slug):
        raise SpecError(words, "gives no file name", "Name one with --slug, in plain letters.")
    return slug


def _require_free(shelf: Shelf, slug: str) -> None:
    files = [*(page.name for page in shelf.pages), *(one.name for one in shelf.overlays)]
    taken = [name for name in files if Path(name).stem == slug]
    if taken:
        what = f"the name is taken by {', '.join(sorted(set(taken)))}"
        raise SpecError(slug, what, "Name another one with --slug.")


def _kept(tree: Tree, wish: Wish, reading: Reading, content: bytes, say: Say) -> Files:
    """Keep a page as evidence: the build does not read it, so it adds no operation."""
    tell_losses(reading, (), say)
    tell_comparison(list(differences(reading, tree)), say)
    name = f"{EVIDENCE}/{_slug(wish.slug or Path(reading.page.name).stem)}.md"
    old = tree.root / name
    if old.exists() and old.read_bytes() == content:
        say(f"already there as {name}: nothing to do")
        return {}
    if old.exists() and not wish.replace:
        raise SpecError(name, "another page has this name", "Use --slug, or --replace it.")
    say("kept as evidence; it adds no endpoint")
    return {name: content}
