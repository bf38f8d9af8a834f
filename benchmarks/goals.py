"""What was promised, held against what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .records import Record

Records: TypeAlias = Mapping[str, Record]
Measure: TypeAlias = Callable[[Record], float | None]


@dataclass(frozen=True)
class Goal:
    """One number that is to be at most, or at least, so much."""

    what: str
    scenario: str
    measure: Measure
    must: float
    stretch: float | None = None
    unit: str = "x"
    at_least: bool = False
    peer: str = "chainhub-fal"
    """Whose number it is, to say why there is none."""

    def verdict(self, measured: float) -> str:
        """Say met, stretch met or missed."""
        if not self._keeps(measured, self.must):
            return "**missed**"
        if self.stretch is None:
            return "met"
        return "stretch met" if self._keeps(measured, self.stretch) else "met"

    def _keeps(self, measured: float, bound: float) -> bool:
        return measured >= bound if self.at_least else measured <= bound


@dataclass(frozen=True)
class Verdict:
    """A goal and what became of it; without a number there is a reason."""

    goal: Goal
    measured: float | None
    said: str


def verdicts(records: Records, goals: Iterable[Goal]) -> Iterator[Verdict]:
    """Yield what became of every goal."""
    for goal in goals:
        record = records.get(goal.scenario)
        if record is None:
            yield Verdict(goal, None, "not measured yet")
            continue
        measured = goal.measure(record)
        if measured is not None:
            yield Verdict(goal, measured, goal.verdict(measured))
        else:
            yield Verdict(goal, None, _reason(record, goal))


def _reason(record: Record, goal: Goal) -> str:
    if reason := record.not_offered(goal.peer):
        return f"**missed**: {reason}"
    return "not comparable: no round has both numbers"
