"""The schedules that are compared: this client's, and models of what peers are known to do.

A peer's model is its published behaviour only: when it looks, whether it looks at once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import repeat

from chainhub_fal.learning import JobSchedule, Learning, Schedules, SteppedJob, Steps
from chainhub_fal.settings import Backoff

MOST_LOOKS = 100_000  # a schedule that needs more has no end


@dataclass(frozen=True, slots=True)
class Seen:
    """What one job cost: how often it was looked at, and how late its end was noticed (s)."""

    polls: int
    delay: float


@dataclass(frozen=True, slots=True)
class Peer:
    """A schedule by name, made anew for a price of a poll in seconds."""

    name: str
    make: Callable[[float], Schedules]


def fixed(seconds: float, *, at_once: bool) -> Callable[[float], Schedules]:
    """Return the maker of a schedule with one delay, in seconds, whatever a poll costs."""
    return _steps(lambda: repeat(seconds), at_once=at_once)


def _steps(delays: Callable[[], Iterator[float]], *, at_once: bool) -> Callable[[float], Schedules]:
    if at_once:
        return lambda _: Steps(delays)
    return lambda _: _Later(delays)


class _Later(Steps):
    """Steps whose first delay comes before the first look."""

    def begin(self, endpoint: str) -> SteppedJob:  # noqa: ARG002 - the same for all
        return _LateJob(self.delays())


class _LateJob(SteppedJob):
    def first(self, age: float) -> float:
        return self.delay(age)


LEARNING = Peer("learning", Learning)
PEERS = (
    Peer("fal-client 0.1 s", fixed(0.1, at_once=True)),
    Peer("replicate 0.5 s", fixed(0.5, at_once=False)),
    Peer("openai helper 1 s", fixed(1.0, at_once=True)),
    Peer("our Backoff", _steps(Backoff(), at_once=True)),
)


def watch(job: JobSchedule, length: float) -> Seen:
    """Look at a job of ``length`` seconds by its schedule, until it is seen to have ended."""
    age = job.first(0.0)
    for polls in range(1, MOST_LOOKS):
        if age >= length:
            job.done(age)
            return Seen(polls, age - length)
        job.pending(age, "IN_PROGRESS")
        age += job.delay(age)
    return Seen(MOST_LOOKS, math.inf)
