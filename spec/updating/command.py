"""`python -m spec update PAGE`: a page all the way into the tree, in a copy of it first."""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

from spec.build import Built, build
from spec.compare.changes import Comparison
from spec.compare.comparison import compare
from spec.compare.inputs import contract
from spec.compare.report import Report, terminal
from spec.generate import CHECKSUM, generate
from spec.importing.command import Wish, import_page
from spec.importing.report import Say
from spec.sources import Tree
from spec.updating import changelog, staging, versions
from spec.updating.census import census
from spec.updating.decisions import decisions

Check: TypeAlias = Callable[[Tree], None]

_COMMITS = (
    ("contract", "spec openapi.yaml", ("spec/", "openapi.yaml")),
    ("generated code", "generated", ("generated/",)),
    ("client", f"{versions.CLIENT} {changelog.NAME}", ("wrapper/", changelog.NAME)),
)


@dataclass(frozen=True)
class Order:
    """What the command was asked: the page, and whether it may break somebody.

    `date` closes the changelog's section as released on that day (YYYY-MM-DD).
    """

    page: Path
    allow_breaking: bool = False
    date: str = ""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `update` to the commands of `python -m spec`."""
    command = commands.add_parser("update", help="a page, all the way to a tree ready to review")
    command.add_argument("page", type=Path, help="the page, as Markdown")
    command.add_argument("--allow-breaking", action="store_true", help="go on if it breaks users")
    command.add_argument("--date", type=_day, help="released on YYYY-MM-DD")
    command.set_defaults(run=_run)


def _day(words: str) -> str:
    return date.fromisoformat(words).isoformat()


def _run(tree: Tree, options: argparse.Namespace) -> int:
    order = Order(options.page, options.allow_breaking, options.date or "")
    return update(tree, order, lambda line: sys.stdout.write(line + "\n"))


def update(tree: Tree, order: Order, say: Say, check: Check = census) -> int:
    """Bring a page in, and say what to commit and what to decide; return the exit status.

    1 means that it breaks somebody and may not. Raises SpecError when any step refuses. In both
    cases no byte of the tree has changed.
    """
    with staging.copied(tree) as copy:
        before = staging.contents(copy)
        import_page(copy, Wish(order.page, accept=True, replace=True), say)
        built = build(copy.pages(), copy.overlays())
        comparison = _compared(copy, built)
        version, released = _versions(copy, comparison)
        is_refused = bool(comparison.breaking) and not order.allow_breaking
        moved = replace(comparison, old_version=released, new_version=version)
        say("")
        say(terminal(Report(comparison if is_refused else moved), in_color=False).rstrip())
        if is_refused:
            say(f"{len(comparison.breaking)} change(s) break somebody: nothing was written")
            say("If that is wanted, run it again with --allow-breaking.")
            return 1
        _write(copy, built, comparison, version, order.date)
        changes = staging.changed(before, staging.contents(copy))
        if changes:
            check(copy)
            staging.bring_back(tree, before, changes)
    for line in _left(changes, version, order.page.stem):
        say(line)
    for line in decisions(tree, order.page, built.document):
        say(f"decide: {line}")
    return 0


def _compared(tree: Tree, built: Built) -> Comparison:
    name = tree.contract.name
    text = tree.contract.read_bytes().decode("utf-8")
    in_force = contract(name, text)
    return compare(in_force, in_force if text == built.text else contract(name, built.text))


def _versions(tree: Tree, comparison: Comparison) -> tuple[str, str]:
    """Return the version after the update, and the one it steps from: the last release.

    Without a change both are the client's own.
    """
    version = versions.of_client(tree)
    if not changelog.entries(comparison):
        return version, version
    newest = changelog.newest((tree.root / changelog.NAME).read_text("utf-8"))
    return versions.called_for(comparison, newest.released, newest.version), newest.released


def _write(tree: Tree, built: Built, comparison: Comparison, version: str, day: str) -> None:
    """Write version, changelog, contract and generated code where they differ."""
    items = changelog.entries(comparison)
    if items:
        path = tree.root / changelog.NAME
        text = path.read_text("utf-8")
        path.write_bytes(changelog.extended(text, version, items, day).encode("utf-8"))
        versions.write(tree, version)
        built = build(tree.pages(), tree.overlays())
    tree.contract.write_bytes(built.text.encode("utf-8"))
    if not _is_generated(tree):
        generate(tree, tree.generated)


def _is_generated(tree: Tree) -> bool:
    checksum = tree.generated / CHECKSUM
    digest = hashlib.sha256(tree.contract.read_bytes()).hexdigest()
    return checksum.is_file() and checksum.read_text("utf-8").startswith(digest)


def _left(changes: staging.Changes, version: str, page: str) -> Iterator[str]:
    """Yield what was written, and the commands that commit it in parts."""
    yield ""
    if not changes:
        yield "nothing changed: the tree holds all of this page already"
        return
    yield f"{len(changes)} file(s) written, version {version}; review them, then commit:"
    for what, paths, prefixes in _COMMITS:
        if any(path.startswith(prefixes) for path in changes):
            yield f"git add {paths} && git commit -m 'Update from {page}: {what} {version}'"
