"""A tree of its own to import pages into."""

from __future__ import annotations

from pathlib import Path

from spec.build import Built, build
from spec.importing.command import Wish, import_page
from spec.nodes import JsonMap, at, mapping
from spec.sources import Tree

INPUT = ("components", "schemas", "AppDrawInput")


class Desk:
    """A tree of its own to import into, and what the imports said."""

    def __init__(self, root: Path) -> None:
        self.tree = Tree(root)
        self.said: list[str] = []

    def bring(self, text: str | bytes, name: str = "page.md", **options: object) -> None:
        incoming = self.tree.root / "incoming" / name
        incoming.parent.mkdir(exist_ok=True)
        incoming.write_bytes(text.encode() if isinstance(text, str) else text)
        wish = Wish(incoming, **{"accept": True, **options})  # type: ignore[arg-type]  # by name
        import_page(self.tree, wish, self.said.append)

    @property
    def files(self) -> dict[str, bytes]:
        found = (path for path in (self.tree.root / "spec").rglob("*") if path.is_file())
        return {str(path.relative_to(self.tree.root)): path.read_bytes() for path in found}

    def built(self) -> Built:
        return build(self.tree.pages(), self.tree.overlays())

    def field(self, name: str) -> JsonMap:
        found = mapping(at(self.built().document, *INPUT, "properties", name), (name,))
        return {
            key: value for key, value in found.items() if key not in ("x-evidence", "description")
        }

    def overlay(self, slug: str = "app-draw") -> str:
        return (self.tree.root / "spec" / "overlays" / f"{slug}.yaml").read_text("utf-8")
