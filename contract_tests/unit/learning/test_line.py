"""A queue's pace: learned whatever the steps it is seen in, and never trusted too far."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal._learning_line import Line
from chainhub_fal.learning import JobSchedule, Learning

ENDPOINT = "any/model"
LENGTH = 1.2  # seconds that each job runs


@given(
    steps=st.lists(st.integers(1, 2000), min_size=1, max_size=30),
    pace=st.floats(0.001, 60.0),
    watchers=st.integers(1, 50),
)
def test_a_steady_pace_is_learned_in_steps_of_any_size(
    steps: list[int], pace: float, watchers: int
) -> None:
    line = Line()
    for places in steps:
        line.moved(places, places * pace, watchers)
    assert line.seconds / line.places == pytest.approx(pace)


@dataclass(frozen=True)
class Queue:
    """A queue that moves at one pace, in seconds a place, and from a moment on at another."""

    ahead: int
    pace: float
    changes_at: float
    then: float

    def position(self, now: float) -> int:
        """Return how many are ahead of a job that was submitted at 0."""
        before = min(now, self.changes_at) / self.pace
        after = max(0.0, now - self.changes_at) / self.then
        return max(0, self.ahead - int(before + after))

    @property
    def start(self) -> float:
        """The moment at which nobody is ahead any more."""
        left = max(0.0, self.ahead - self.changes_at / self.pace)
        return min(self.changes_at, self.ahead * self.pace) + left * self.then


def waited_for(queue: Queue, job: JobSchedule) -> tuple[float, int]:
    """Return how long after its end a job in that queue was looked at, and how often in all."""
    now, looks = job.first(0.0), 1
    while now < queue.start + LENGTH:
        if now < queue.start:
            job.pending(now, "IN_QUEUE", queue.position(now))
        else:
            job.pending(now, "IN_PROGRESS", None)
        now += job.delay(now)
        looks += 1
    job.done(now)
    return now - queue.start - LENGTH, looks


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6, 0.9])
@pytest.mark.parametrize("pace", [0.05, 0.33, 3.0])
@pytest.mark.parametrize("ahead", [3, 20, 200])
def test_a_queue_that_moves_four_times_as_fast_makes_no_end_known_late(
    ahead: int, pace: float, share: float
) -> None:
    queue = Queue(ahead, pace, share * ahead * pace, pace / 4)
    late, _ = waited_for(queue, Learning().begin(ENDPOINT))
    assert late <= max(0.5, 0.12 * (queue.start + LENGTH))


@pytest.mark.parametrize("ahead", [20, 200, 2000])
def test_a_queue_of_a_minute_costs_few_looks_however_many_wait_in_it(ahead: int) -> None:
    steady = Queue(ahead, 60.0 / ahead, 0.0, 60.0 / ahead)
    late, looks = waited_for(steady, Learning().begin(ENDPOINT))
    assert (late <= 0.5, looks <= 30) == (True, True), (late, looks)
