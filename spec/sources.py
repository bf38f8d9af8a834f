"""Where the files of the pipeline lie, and how its inputs are read."""

from dataclasses import dataclass
from pathlib import Path

from spec.overlay import Overlay
from spec.pages import Page


@dataclass(frozen=True)
class Tree:
    """A checkout: the pages and overlays, the contract and the generated package within it."""

    root: Path

    @property
    def contract(self) -> Path:
        """The committed contract."""
        return self.root / "openapi.yaml"

    @property
    def generated(self) -> Path:
        """The folder that holds the generated package and its settings."""
        return self.root / "generated"

    @property
    def config(self) -> Path:
        """The generator's settings."""
        return self.generated / "config.yaml"

    @property
    def pyproject(self) -> Path:
        """The file that pins the tools."""
        return self.root / "pyproject.toml"

    def pages(self) -> list[Page]:
        """Read the vendor's pages, in the order of their names."""
        folder = self.root / "spec" / "vendor"
        return [Page(path.name, _read(path)) for path in sorted(folder.glob("*.md"))]

    def overlays(self) -> list[Overlay]:
        """Read the overlays: those named after no page are shared and come first."""
        own = {Path(page.name).stem for page in self.pages()}
        found = (self.root / "spec" / "overlays").glob("*.yaml")
        paths = sorted(found, key=lambda path: (path.stem in own, path.name))
        return [Overlay(path.name, _read(path)) for path in paths]


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")
