"""What the tree holds already: endpoints and servers of its pages, schemas its models share."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from spec import names
from spec.documents import plain
from spec.nodes import JsonMap, mapping
from spec.overlay import Overlay, actions
from spec.pages import Page
from spec.sources import Tree

VENDOR = "spec/vendor"
EVIDENCE = "spec/vendor/evidence"
OVERLAYS = "spec/overlays"
_PATH = re.compile(r"^ {1,8}['\"]?(/[^\s'\"]+)['\"]?:\s*$", re.MULTILINE)
_SERVER = re.compile(r"^\s*- url: *['\"]?([^\s'\"]+)", re.MULTILINE)


@dataclass(frozen=True)
class Shelf:
    """The pages and overlays of a tree, read by lines: the build is what reads them in earnest."""

    pages: Sequence[Page]
    overlays: Sequence[Overlay]

    @classmethod
    def of(cls, tree: Tree) -> "Shelf":
        """Read the shelf of a tree."""
        return cls(tree.pages(), tree.overlays())

    def page_of(self, path: str) -> Page | None:
        """Return the page that describes an endpoint, if there is one."""
        return next((page for page in self.pages if path in set(paths_of(page))), None)

    def servers(self) -> set[str]:
        """Return the servers that the pages name."""
        return {found for page in self.pages for found in _SERVER.findall(page.text)}

    def shared(self) -> list[Overlay]:
        """Return the overlays that belong to no page."""
        own = {Path(page.name).stem for page in self.pages}
        return [overlay for overlay in self.overlays if Path(overlay.name).stem not in own]

    def shared_schemas(self) -> JsonMap:
        """Return the schemas that shared overlays give the contract, by name."""
        found: JsonMap = {}
        for overlay in self.shared():
            for action in actions(overlay):
                if action.target == "$.components.schemas" and isinstance(action.update, dict):
                    found.update(action.update)
        return mapping(plain(found), ("shared schemas",))


def paths_of(page: Page) -> Iterator[str]:
    """Yield the paths of endpoints that a page describes."""
    return (names.own_path(path) for path in _PATH.findall("\n".join(page.text.splitlines())))
