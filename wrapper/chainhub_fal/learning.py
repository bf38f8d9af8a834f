"""The schedules a job can be looked at by: one that learns from finished jobs, or fixed steps.

Nothing here reads a clock, waits or draws a random number: the flow says how old the job is and
what it saw, and is told how long to wait. Any number of threads may share one schedule.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from ._learning_jobs import LearnedJob
from ._learning_limits import SHORTEST_WAIT, wished
from ._learning_lore import Lore
from .errors import ConfigurationError

POLL_COST = 0.008
"""Seconds of delay that one poll is worth, unless told otherwise.

At this price a job of a second or two is heard of as soon as by asking every 0.1 s, with about half
as many polls (polling facts, section 1); thrifty programs give 0.03 or 0.12, hasty ones 0.002.
"""
CHEAPEST, DEAREST = 1e-4, 60.0
MOST_ENDPOINTS = 256
"""Endpoints that are remembered; the one longest unused is forgotten first."""


class JobSchedule(Protocol):
    """One job's looks. All ages are in seconds since its submit."""

    @property
    def spread(self) -> float:
        """The random share by which a wait may be cut short, so that jobs do not march in step."""

    def first(self, age: float) -> float:
        """Return the seconds to wait before the first look at a job that was submitted here."""

    def pending(self, age: float, state: str = "", position: object = None) -> None:
        """Take note of a look that found the job not ended."""

    def delay(self, age: float, retry_after: float | None = None) -> float:
        """Return the seconds to wait before the next look; raises ConfigurationError."""

    def put_off(self, age: float) -> float:
        """Return by how many seconds to put off the look that is due; 0: look now.

        Asked at the end of each wait, also of one that was put off: others may have been seen by
        then.
        """

    def done(self, age: float, metrics: Mapping[str, object] | None = None) -> None:
        """Take note of the look that found the job ended, with what the server measured."""

    def abandoned(self, age: float) -> None:
        """Take note that nobody looks at the job any more; after ``done`` it changes nothing."""


class Schedules(Protocol):
    """Where jobs get their schedules from."""

    def begin(self, endpoint: str) -> JobSchedule:
        """Return the schedule for a new job, or a resumed one, of this endpoint."""


class Learning:
    """Learns each endpoint's service times, and looks at a job when it pays."""

    def __init__(self, poll_cost: float = POLL_COST) -> None:
        if not _is_number(poll_cost) or not CHEAPEST <= poll_cost <= DEAREST:
            raise ConfigurationError(
                f"poll_cost is {poll_cost!r}",
                hint=f"Give the seconds of delay that one poll is worth, {CHEAPEST} to {DEAREST:g}",
            )
        self.poll_cost = poll_cost
        self._lock = threading.Lock()
        self._lore: dict[str, Lore] = {}

    def begin(self, endpoint: str) -> LearnedJob:
        """Return the schedule for a new job of this endpoint, or for one that is resumed."""
        with self._lock:
            lore = self._lore.pop(endpoint, None) or self._new_lore()
            self._lore[endpoint] = lore
            if len(self._lore) > MOST_ENDPOINTS:
                del self._lore[next(iter(self._lore))]
        return LearnedJob(lore)

    def known(self) -> dict[str, object]:
        """Return what was learned, as plain values; it holds endpoint ids and numbers only."""
        with self._lock:
            lores = list(self._lore.items())
        return {endpoint: lore.known() for endpoint, lore in lores}

    def restore(self, known: Mapping[str, object]) -> None:
        """Take up what was learned before of endpoints that nothing is known of.

        Raises ValueError, changing nothing, if it cannot be read.
        """
        lores: dict[str, Lore] = {}
        for endpoint, values in list(known.items())[-MOST_ENDPOINTS:]:
            lores[endpoint] = self._new_lore()
            lores[endpoint].restore(values)
        with self._lock:
            self._lore = dict([*lores.items(), *self._lore.items()][-MOST_ENDPOINTS:])

    def _new_lore(self) -> Lore:
        return Lore(self.poll_cost, thrift=max(1.0, self.poll_cost / POLL_COST))


class Steps:
    """Delays that were settled beforehand: fixed, exponential, or any callable's."""

    def __init__(self, delays: Callable[[], Iterator[float]]) -> None:
        self.delays = delays

    def begin(self, endpoint: str) -> SteppedJob:  # noqa: ARG002 - they are the same for all
        """Return a job's own run through the delays."""
        return SteppedJob(self.delays())


class SteppedJob:
    """One job's run through settled delays."""

    spread = 0.0

    def __init__(self, delays: Iterator[float]) -> None:
        self._delays = delays
        self._delay = 1.0  # what an empty schedule comes to

    def first(self, age: float) -> float:  # noqa: ARG002
        """Return 0: delays are those between looks, so the first look comes at once."""
        return 0.0

    def pending(self, age: float, state: str = "", position: object = None) -> None:
        """Look away: the delays are settled."""

    def delay(self, age: float, retry_after: float | None = None) -> float:  # noqa: ARG002
        """Return the next delay, or the server's wish; delays that have run out stay at the last.

        Raises ConfigurationError for one that is not finite, or so short that it is a hot loop.
        """
        self._delay = next(self._delays, self._delay)
        if not SHORTEST_WAIT <= self._delay < math.inf:
            raise ConfigurationError(
                f"the schedule gave a delay of {self._delay!r} s",
                hint=f"Delays are finite and at least {SHORTEST_WAIT} s",
            )
        return max(self._delay, wished(retry_after))

    def put_off(self, age: float) -> float:  # noqa: ARG002
        """Return 0: the delays are settled."""
        return 0.0

    def done(self, age: float, metrics: Mapping[str, object] | None = None) -> None:
        """Learn nothing: the delays are settled."""

    def abandoned(self, age: float) -> None:
        """Learn nothing: the delays are settled."""


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
