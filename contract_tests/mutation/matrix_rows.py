"""What became of one fault, of one part and of all: the data that the kill table is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

MECHANICAL = "mechanical"
"""The group of the faults that are made by rule: so many of them that they are scored apart."""


@dataclass(frozen=True)
class Row:
    """One fault's fate, as each part writes it to JSON.

    ``detail`` is the rule or the test that noticed, or says why nothing could. ``excused`` faults
    are not counted: ``detail`` has the reason. ``warned_by`` is who reports it without turning
    red. ``skipped`` says why it was not tried at all. ``looked`` lists the layers that looked, where
    that is known; ``undecided`` when one of them broke down. ``killed_by_all`` is None unless layers were
    asked on after the first kill; then it lists who kills, two at most being asked for.
    """

    name: str
    group: str
    why: str
    killed_by: str | None
    detail: str = ""
    excused: bool = False
    stale: bool = False
    warned_by: str = ""
    skipped: str = ""
    undecided: bool = False
    looked: tuple[str, ...] = ()
    killed_by_all: tuple[str, ...] | None = None

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Self:
        """Take a row from JSON; fields it does not know are left, absent ones have their default.

        Raises KeyError when a name, group or reason is missing.
        """
        known = {each.name: found[each.name] for each in fields(cls) if each.name in found}
        for name in ("looked", "killed_by_all"):
            if known.get(name) is not None:
                known[name] = tuple(known[name])
        return cls(**{"killed_by": found["killed_by"], **known})

    def plain(self) -> dict[str, object]:
        """Return it as :meth:`read` takes it, without what is as usual."""
        return {
            each.name: value
            for each in fields(self)
            if (value := getattr(self, each.name)) != each.default
        } | {"killed_by": self.killed_by}

    def lacks(self, layer: str) -> bool:
        """Tell whether a layer is known not to have looked."""
        return bool(self.looked) and layer not in self.looked

    @property
    def counts(self) -> bool:
        """Tell whether it counts in the score."""
        return not self.excused and not self.skipped


@dataclass(frozen=True)
class Part:
    """One part of the proof; ``known`` is how many faults by name its catalogue holds.

    ``layers`` are all that there are. What is missing of both makes the part partial.
    """

    title: str
    command: str
    rows: Sequence[Row]
    layers: Sequence[str]
    known: int
    seconds: float | None = None

    @property
    def named(self) -> list[Row]:
        """The faults that somebody thought of."""
        return [row for row in self.rows if row.group != MECHANICAL]

    @property
    def made(self) -> list[Row]:
        """The faults that were made by rule."""
        return [row for row in self.rows if row.group == MECHANICAL]

    @property
    def rotten(self) -> list[Row]:
        """The faults that no longer fit what they break, and the excuses that are no longer true."""
        return [row for row in self.rows if row.stale or (row.excused and row.killed_by)]

    @property
    def shortfall(self) -> str:
        """Say what was not tried, or by which layers survivors were not; empty for a whole part."""
        alive = [row for row in self.rows if row.counts and row.killed_by is None]
        absent = [layer for layer in self.layers if any(row.lacks(layer) for row in alive)]
        said = [f"{len(self.named)} of {self.known} faults"] if len(self.named) < self.known else []
        return ", ".join([*said, *(f"{layer} did not look at all survivors" for layer in absent)])


@dataclass(frozen=True)
class Score:
    """How many faults that count were killed, of how many."""

    killed: int
    total: int

    @property
    def rate(self) -> float:
        """From 0 to 1; nothing tried is nothing proven."""
        return self.killed / self.total if self.total else 0.0

    def reaches(self, floor: float) -> bool:
        """Tell whether the rate is at least a floor; rounded, so that 0.95 of 20 is 19."""
        return round(self.rate - floor, 9) >= 0

    def __str__(self) -> str:
        return f"{self.killed} of {self.total} ({self.rate:.1%})"


def score(rows: Iterable[Row]) -> Score:
    """Count the kills among the faults that count."""
    counted = [row for row in rows if row.counts]
    return Score(sum(row.killed_by is not None for row in counted), len(counted))


def failings(part: Part, floor: float) -> list[str]:
    """Say why a part is red; nothing when its scores reach the floor and nothing in it is rotten."""
    scores = {"faults by name": score(part.named), "faults made by rule": score(part.made)}
    tried = {about: each for about, each in scores.items() if each.total}
    said = [] if tried else ["nothing was tried"]
    said += [
        f"{each} {about} killed, and the floor is {floor:.1%}"
        for about, each in tried.items()
        if not each.reaches(floor)
    ]
    return said + [
        f"{row.name}: {'stale' if row.stale else f'excused, yet {row.killed_by} reports it'}"
        for row in part.rotten
    ]
