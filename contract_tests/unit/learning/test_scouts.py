"""Where many wait, a few look ahead, and the others put their looks off: when, and how long."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from chainhub_fal._learning_jobs import LearnedJob
from chainhub_fal._learning_limits import PATIENCE
from chainhub_fal._learning_lore import COMPANY, CROWD, SCOUTS
from chainhub_fal.learning import Learning

ENDPOINT = "any/model"
IN_QUEUE, IN_PROGRESS = "IN_QUEUE", "IN_PROGRESS"


def settled(length: float = 1.0) -> Learning:
    """Return what a hundred jobs of about this length teach."""
    learning = Learning()
    for _ in range(100):
        job = learning.begin(ENDPOINT)
        job.pending(0.95 * length, IN_PROGRESS)
        job.done(1.05 * length)
    return learning


def begun(learning: Learning, number: int) -> list[LearnedJob]:
    """Begin so many jobs and have each wait for its first look."""
    jobs = [learning.begin(ENDPOINT) for _ in range(number)]
    for job in jobs:
        job.first(0.0)
    return jobs


def sleepers(jobs: list[LearnedJob], age: float) -> list[LearnedJob]:
    return [job for job in jobs if job.put_off(age)]


def test_in_company_one_in_three_first_looks_goes_ahead_and_the_others_wait_until_it_pays() -> None:
    jobs = begun(settled(), COMPANY + 5)
    waits = [job.put_off(0.4) for job in jobs]
    assert waits.count(0.0) == len(jobs) // SCOUTS
    (until,) = {0.4 + wait for wait in waits if wait}
    assert 0.7 < until < 1.0
    late = jobs[0]
    assert late.put_off(until) == 0.0


def test_in_company_a_look_is_put_off_once_and_by_no_more_than_a_fair_wait() -> None:
    jobs = begun(settled(60.0), COMPANY + 5)
    waits = [job.put_off(PATIENCE) for job in jobs]
    assert set(waits) == {0.0, PATIENCE}
    assert not sleepers([job for job, wait in zip(jobs, waits, strict=True) if wait], 2 * PATIENCE)
    for job in jobs:
        job.pending(2 * PATIENCE, IN_PROGRESS)
        job.delay(2 * PATIENCE)
    assert not sleepers(jobs, 3 * PATIENCE)


def test_in_company_a_job_that_was_seen_is_put_off_no_more() -> None:
    learning = settled(60.0)
    jobs = [learning.begin(ENDPOINT) for _ in range(COMPANY + 5)]
    for job in jobs:  # as one that was submitted elsewhere: its first look is at once
        job.pending(0.1, IN_PROGRESS)
        job.delay(0.1)
    assert not sleepers(jobs, 0.6)


def test_who_is_nearly_alone_looks_for_itself() -> None:
    assert not sleepers(begun(settled(), COMPANY), 0.4)


def test_nobody_relies_on_others_where_nothing_is_known() -> None:
    assert not sleepers(begun(Learning(), COMPANY + 5), 0.4)


def crowd(learning: Learning) -> Iterator[tuple[float, list[LearnedJob]]]:
    """Yield the age of a crowd, and those of it that look then; the others sleep on."""
    jobs = begun(learning, 3 * CROWD)
    for age in itertools.count(0.5, 0.5):
        yield age, [job for job in jobs if not job.put_off(age)]


def test_of_a_crowd_few_look_while_nothing_ends_and_most_once_something_does() -> None:
    moments, looks = crowd(settled(10.0)), 0
    for age, looking in itertools.islice(moments, 16):
        looks += len(looking)
        for job in looking:
            job.pending(age, IN_PROGRESS)
            job.delay(age)
    assert 16 * CROWD <= looks < 1.2 * 16 * CROWD  # one in three, and each once or so by itself
    age, looking = next(moments)
    for job in looking[: CROWD // 2]:
        job.done(age)  # half of those that looked
    _, looking = next(moments)
    assert len(looking) > 2 * CROWD


def test_of_a_crowd_that_nothing_is_known_of_few_look_while_nothing_ends() -> None:
    jobs = begun(Learning(), 10 * CROWD)
    for job in jobs[: 2 * CROWD]:
        job.pending(2.0, IN_PROGRESS)
    others = jobs[2 * CROWD :]
    assert len(sleepers(others, 1.0)) >= len(others) // 2


def test_past_the_usual_length_no_look_is_put_off() -> None:
    learning = settled(10.0)
    jobs = [learning.begin(ENDPOINT) for _ in range(3 * CROWD)]
    late = jobs[:5]
    for job in late:
        job.pending(30.0, IN_PROGRESS)
        job.delay(30.0)
    assert not sleepers(late, 30.5)


@pytest.mark.parametrize(("state", "wish"), [(IN_QUEUE, None), (IN_PROGRESS, 1.0)])
def test_neither_the_queues_pace_nor_a_servers_wish_is_put_off(
    state: str, wish: float | None
) -> None:
    learning = settled(10.0)
    jobs = [learning.begin(ENDPOINT) for _ in range(3 * CROWD)]
    for job in jobs:
        job.pending(0.1, state)
        job.delay(0.1, wish)
    assert not sleepers(jobs, 1.1)


def test_what_is_put_off_wakes_scattered_and_is_never_put_off_by_a_moment() -> None:
    jobs = begun(settled(), COMPANY + 5)
    (job, *_) = sleepers(jobs, 0.4)
    assert 0 < job.spread <= 0.5
    fresh = begun(settled(), COMPANY + 5)
    assert not sleepers(fresh, 0.93)
