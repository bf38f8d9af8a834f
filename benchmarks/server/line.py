"""When jobs start and end: known at once, so that no timer of the server's can be late.

A job's whole fate is settled when it is submitted; a read only compares it with the clock. All
times are seconds of the machine's monotonic clock, which every process on it shares.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat


@dataclass(frozen=True, slots=True)
class Turn:
    """A job's place in the line, and when it starts and ends."""

    place: int
    start: float
    end: float


class Line:
    """Jobs in the order of their submits, with so many workers; without a number, one for each.

    ``backlog`` are the lengths of jobs that stand before the first submit.
    """

    def __init__(self, workers: int | None = None, backlog: Sequence[float] = ()) -> None:
        self._workers = workers
        self._backlog = tuple(backlog)
        self._free: list[float] = []
        self._starts: list[float] = []

    def admit(self, now: float, length: float) -> Turn:
        """Return the turn of a job that is submitted now; the first one finds the backlog."""
        if self._workers is None:
            return Turn(0, now, now + length)
        if not self._starts:
            self._free = list(repeat(now, self._workers))
            for other in self._backlog:
                self._start(now, other)
        start = self._start(now, length)
        return Turn(len(self._starts) - 1, start, start + length)

    def ahead(self, turn: Turn, now: float) -> int:
        """Return how many jobs before this one have not started yet."""
        return max(0, turn.place - bisect_right(self._starts, now))

    def _start(self, now: float, length: float) -> float:
        start = max(now, heapq.heappop(self._free))
        heapq.heappush(self._free, start + length)
        self._starts.append(start)
        return start
