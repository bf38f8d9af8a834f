"""The words of contract coverage: a grid of marks, each of which was tried, excused, or is a hole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

State = Literal["done", "hole", "excused", "unasked", "alien"]
"""done: it was exercised; hole: the contract declares it, and nobody tried it; excused: nobody can,
for a reason; unasked: it came although nobody asked for it; alien: the contract does not know it."""


@dataclass(frozen=True)
class Mark:
    """One thing that is countable; ``label`` tells it from others in the same cell."""

    label: str
    count: int
    state: State
    reason: str = ""


def mark(label: str, count: int, excuse: str = "") -> Mark:
    """Mark what the contract declares: done, or a hole unless there is an excuse."""
    if count:
        return Mark(label, count, "done")
    return Mark(label, 0, "excused" if excuse else "hole", excuse)


@dataclass(frozen=True)
class Row:
    """A line of a grid: its cells by column, without those in which nothing is declared."""

    name: str
    cells: Mapping[str, tuple[Mark, ...]]


@dataclass(frozen=True)
class Grid:
    """A heat map in numbers; ``about`` says in words what its rows are."""

    title: str
    about: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def marks(self) -> Iterator[Mark]:
        """Yield every mark, row by row."""
        for row in self.rows:
            for marks in row.cells.values():
                yield from marks

    @property
    def holes(self) -> int:
        """How many declared things were never tried."""
        return sum(each.state == "hole" for each in self.marks())


@dataclass(frozen=True)
class Tally:
    """How much of what can be exercised was."""

    done: int
    expected: int

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return self.done == self.expected


def tally(grids: Iterable[Grid]) -> Tally:
    """Count what was done, and what could have been."""
    states = Counter(each.state for grid in grids for each in grid.marks())
    return Tally(states["done"], states["done"] + states["hole"])


def grid_of(
    title: str, about: str, found: Iterable[tuple[str, str, Mark]], first: str = ""
) -> Grid:
    """Lay marks out by row and column; the column of most rows comes first, or the one given."""
    rows: dict[str, dict[str, tuple[Mark, ...]]] = {}
    for name, column, each in found:
        cells = rows.setdefault(name, {})
        cells[column] = (*cells.get(column, ()), each)
    used = Counter(column for cells in rows.values() for column in cells)
    columns = sorted(used, key=lambda column: (column != first, -used[column], column))
    return Grid(title, about, tuple(columns), tuple(Row(*row) for row in rows.items()))
