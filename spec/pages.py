"""Take the OpenAPI block out of a vendor page."""

from dataclasses import dataclass

from spec.errors import SpecError

_FENCES = ("```yaml", "```yml")


@dataclass(frozen=True)
class Page:
    """A vendor page as received: `name` is its file name, `text` its content."""

    name: str
    text: str


@dataclass(frozen=True)
class Block:
    """The YAML of a page; its first line is line `first_line` of the page."""

    page: str
    text: str
    first_line: int

    def where(self, line: int, column: int | None = None) -> str:
        """Name a 0-based place of the block as a 1-based place of the page."""
        place = f"{self.page}:{self.first_line + line}"
        return place if column is None else f"{place}:{column + 1}"


def extract(page: Page) -> Block:
    """Return the first fenced `yaml` block; raises SpecError when there is none or no end."""
    lines = page.text.removeprefix("\ufeff").splitlines(keepends=True)
    start = next((i for i, line in enumerate(lines) if line.strip().lower() in _FENCES), None)
    if start is None:
        raise SpecError(
            f"{page.name}:1",
            f"no ```yaml block in the {len(lines)} lines of this page: it describes no API",
            "If it should, export it again; the block holds its OpenAPI specification.",
        )
    end = next((i for i in range(start + 1, len(lines)) if lines[i].rstrip() == "```"), None)
    if end is None:
        raise SpecError(
            f"{page.name}:{start + 1}",
            "the ```yaml block that begins here has no end: the page is cut off",
            "Export the page again.",
        )
    return Block(page.name, "".join(lines[start + 1 : end]), start + 2)
