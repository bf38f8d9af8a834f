"""How a batch stands: what became of its rows so far, how fast, and at what price."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .. import Item, RowState
from .wording import counted, duration

_WINDOW = 100  # ends of jobs from which the rate is told
_PAID = frozenset(RowState) - {RowState.REFUSED}
UNKNOWN = (RowState.INTENDED, RowState.UNKNOWN)
"""States of rows that may have been queued and charged without anybody knowing their ids."""


def settled(state: RowState) -> RowState:
    """Return the state of a row that has ended: one that was never begun was refused."""
    return RowState.REFUSED if state is RowState.NEW else state


@dataclass
class Tally:
    """Counts the rows of a batch; ``total`` is None where nobody knows it before the end.

    ``concurrency`` is how many may be in flight, ``price`` what one call costs, in any currency.
    """

    total: int | None = None
    concurrency: int = 1
    price: Decimal | None = None
    before: int = 0
    """Submits of an earlier run that may have been paid and are sent again."""
    given: int = 0
    ended: int = 0
    files: int = 0
    again: int = 0
    """Rows that an earlier run had finished."""
    states: Counter[RowState] = field(default_factory=Counter)
    leaving: bool = False
    clock: Callable[[], float] = time.monotonic
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))

    def __post_init__(self) -> None:
        """Let time begin."""
        self._ends.append(self.clock())

    def take(self, item: Item[Any], *, again: bool = False) -> None:
        """Count a row that has ended; ``again``: all of it was done in an earlier run."""
        self.end(item.state)
        self.files += len(item.files)
        self.again += again
        if not again:  # what cost no time says nothing about the rate
            self._ends.append(self.clock())

    def end(self, state: RowState) -> None:
        """Count a row that has come to an end in this state."""
        self.states[settled(state)] += 1
        self.ended += 1

    @property
    def done(self) -> int:
        """Rows with a result."""
        return self.states[RowState.DONE]

    @property
    def unknown(self) -> int:
        """Rows that may have been queued and charged, and nobody knows their ids."""
        return sum(self.states[state] for state in UNKNOWN)

    @property
    def failed(self) -> int:
        """Rows that ended otherwise without a result."""
        return self.ended - self.done - self.unknown

    @property
    def in_flight(self) -> int:
        """Rows that have begun and not ended."""
        return max(0, min(self.given - self.ended, self.concurrency))

    @property
    def calls(self) -> int:
        """Submits that may have been paid for, those in flight included."""
        return self.before + sum(self.states[state] for state in _PAID) + self.in_flight

    @property
    def rate(self) -> float | None:
        """Rows a second, lately; None before there were any."""
        ends = len(self._ends) - 1
        spent = self.clock() - self._ends[0]
        return ends / spent if ends and spent > 0 else None

    @property
    def left(self) -> float | None:
        """Seconds to the end at this rate, None where that cannot be told."""
        if self.total is None or not self.rate:
            return None
        return max(0, self.total - self.ended) / self.rate

    def paid(self) -> str:
        """Say what may have been paid: in money if the price is known, else in calls."""
        calls = counted(self.calls, "call")
        return calls if self.price is None else f"{self.calls * self.price:f} for {calls}"

    def words(self) -> str:
        """Say it on a line: ``3.1/s, 16 in flight, 40 done, 1 failed, paid at most 57 calls``."""
        parts = [
            f"{self.rate:.1f}/s" if self.rate else "",
            f"{self.in_flight} in flight",
            f"{self.done} done",
            f"{self.failed} failed" if self.failed else "",
            f"{self.unknown} unknown" if self.unknown else "",
            f"paid at most {self.paid()}",
            f"{duration(self.left)} left" if self.left else "",
        ]
        return ", ".join(part for part in parts if part)

    def progress(self) -> str:
        """Say how far it is: ``412 of 10000 rows``, ``412 rows``."""
        return f"{self.ended} of {self.total} rows" if self.total else counted(self.ended, "row")

    def facts(self) -> dict[str, object]:
        """Return the facts for machines; times in seconds, states as the journal names them."""
        return {
            "rows": self.total,
            "ended": self.ended,
            "in_flight": self.in_flight,
            "states": {state.value: count for state, count in sorted(self.states.items())},
            "done_before": self.again,
            "files": self.files,
            "calls_paid_at_most": self.calls,
            "paid_at_most": None if self.price is None else str(self.calls * self.price),
            "per_second": None if self.rate is None else round(self.rate, 3),
            "seconds_left": None if self.left is None else round(self.left, 1),
        }
