"""Plain text tables for a terminal: aligned, a line a row, safe to print whatever a page holds."""

import unicodedata
from collections.abc import Iterator, Sequence

_WIDEST, _WIDEST_LAST = 72, 300
_UNPRINTABLE = "\N{REPLACEMENT CHARACTER}"


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a heading with the number of rows, then the rows under their heads; nothing without."""
    if not rows:
        return
    limits = [*[_WIDEST] * (len(heads) - 1), _WIDEST_LAST]
    cells = [heads, *([*map(_short, row, limits)] for row in rows)]
    widths = [max(_width(row[column]) for row in cells) for column in range(len(heads))]
    yield ""
    yield f"{title} ({len(rows)})"
    for row in cells:
        padded = (cell + " " * (widths[column] - _width(cell)) for column, cell in enumerate(row))
        line = "  ".join(padded)
        yield f"  {line}".rstrip()


def _short(text: str, widest: int) -> str:
    """Return a text in one line, without what a terminal would obey, cut at the widest."""
    line = " ".join(text.split())
    line = "".join(letter if letter.isprintable() else _UNPRINTABLE for letter in line)
    return line if len(line) <= widest else line[: widest - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _width(text: str) -> int:
    """Count the columns of a text: Chinese letters take two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)
