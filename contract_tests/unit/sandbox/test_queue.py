"""The queue's state machine, with the time fed by hand."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest

from chainhub_fal_sandbox.queue import Cancellation, Failure, Job, Queue, State

ORDER = [State.IN_QUEUE, State.IN_PROGRESS, State.COMPLETED]


def new_queue(workers: int = 1, others_ahead: int = 0) -> Queue:
    return Queue(workers=workers, queue_seconds=2.0, run_seconds=3.0, others_ahead=others_ahead)


def submit(queue: Queue, name: str, now: float) -> Job:
    return queue.submit(name, "fal-ai/any/model", {}, now)


def test_a_job_waits_runs_and_completes_at_the_exact_times() -> None:
    queue = new_queue()
    job = submit(queue, "a", 10.0)
    seen = []
    for now in (10.0, 11.9, 12.0, 14.9, 15.0, 99.0):
        queue.find("a", now)
        seen.append(job.state)
    waiting, running, completed = ORDER
    assert seen == [waiting, waiting, running, running, completed, completed]
    assert job.ran_seconds == 3.0


def test_one_worker_takes_jobs_one_after_the_other_even_when_nobody_looks() -> None:
    queue = new_queue()
    jobs = [submit(queue, name, 0.0) for name in "abc"]
    queue.find("a", 100.0)
    assert [(job.started_at, job.ended_at) for job in jobs] == [(2, 5), (5, 8), (8, 11)]


def test_two_workers_take_two_jobs_at_once() -> None:
    queue = new_queue(workers=2)
    jobs = [submit(queue, name, 0.0) for name in "abc"]
    queue.find("a", 100.0)
    assert [job.started_at for job in jobs] == [2, 2, 5]


def test_the_position_counts_jobs_ahead_and_never_grows() -> None:
    queue = new_queue(others_ahead=2)
    submit(queue, "a", 0.0)
    job = submit(queue, "b", 0.0)
    positions = []
    for tenth in range(60):
        queue.find("b", tenth / 10)
        positions.append(queue.position(job))
    assert positions[0] == 3
    assert positions[-1] == 0
    assert all(later <= earlier for earlier, later in pairwise(positions))


def test_a_clock_that_goes_back_moves_no_state_back() -> None:
    queue = new_queue()
    queue.others_ahead = 9
    job = submit(queue, "a", 0.0)
    queue.find("a", 1.5)
    position = queue.position(job)
    queue.find("a", 0.5)
    assert queue.position(job) == position
    queue.find("a", 6.0)
    queue.find("a", 1.0)
    assert job.state is State.COMPLETED


def test_a_cancel_before_the_start_removes_the_job_and_moves_the_next_one_up() -> None:
    queue = new_queue()
    first, second = submit(queue, "a", 0.0), submit(queue, "b", 0.0)
    assert queue.cancel(first, 1.0) is Cancellation.REMOVED
    queue.find("b", 2.0)
    assert (first.state, second.state) == (State.COMPLETED, State.IN_PROGRESS)
    assert first.failure is not None
    assert first.ran_seconds is None


def test_a_cancel_stops_a_running_job_and_frees_its_worker() -> None:
    queue = new_queue()
    first, second = submit(queue, "a", 0.0), submit(queue, "b", 0.0)
    queue.find("a", 3.0)
    assert queue.cancel(first, 3.0) is Cancellation.REQUESTED
    queue.find("b", 3.5)
    assert second.started_at == 3.0


def test_a_cancel_can_come_too_late_for_a_running_job() -> None:
    queue = new_queue()
    job = submit(queue, "a", 0.0)
    queue.find("a", 3.0)
    assert queue.cancel(job, 3.0, stop_running=False) is Cancellation.REQUESTED
    queue.find("a", 5.0)
    assert job.failure is None


def test_cancelling_an_ended_job_changes_nothing() -> None:
    queue = new_queue()
    job = submit(queue, "a", 0.0)
    assert queue.cancel(job, 5.0) is Cancellation.TOO_LATE
    assert job.failure is None
    cancelled = submit(queue, "b", 5.0)
    queue.cancel(cancelled, 5.0)
    assert queue.cancel(cancelled, 5.0) is Cancellation.TOO_LATE


def test_run_time_can_depend_on_the_input_and_failure_is_known_beforehand() -> None:
    queue = Queue(workers=1, queue_seconds=0.0, run_seconds=lambda body: len(str(body)) * 1.0)
    failure = Failure(422, "no")
    job = queue.submit("a", "fal-ai/any/model", {"n": 1}, 0.0, failure)
    queue.find("a", 8.0)
    assert (job.ended_at, job.failure) == (8.0, failure)


def test_an_id_that_was_never_given_out_is_not_found() -> None:
    queue = new_queue()
    submit(queue, "a", 0.0)
    assert queue.find("b", 1.0) is None


def test_the_next_change_is_known_beforehand() -> None:
    queue = new_queue(others_ahead=1)
    first, second = submit(queue, "a", 0.0), submit(queue, "b", 0.0)
    seen = []
    now = 0.0
    while now < inf:
        queue.advance(now)
        seen.append((now, second.state, queue.position(second)))
        now = queue.next_change(second, now)
    waiting, running, completed = ORDER
    queued = [(0.0, waiting, 2), (1.0, waiting, 1), (2.0, waiting, 0)]
    assert seen == [*queued, (5.0, running, 0), (8.0, completed, 0)]
    assert queue.next_change(first, 9.0) == inf


def test_a_cancel_brings_the_next_change_forward() -> None:
    queue = new_queue()
    first, second = submit(queue, "a", 0.0), submit(queue, "b", 0.0)
    assert queue.next_change(second, 3.0) == 5.0
    queue.cancel(first, 4.0)
    queue.advance(4.0)
    assert (second.state, queue.next_change(second, 4.0)) == (State.IN_PROGRESS, 7.0)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_states_only_move_forward_for_every_job_of_a_crowd(workers: int) -> None:
    queue = new_queue(workers)
    jobs = [submit(queue, str(number), number * 0.7) for number in range(9)]
    before = {job.request_id: 0 for job in jobs}
    for tenth in range(63, 500):
        for job in jobs:
            queue.find(job.request_id, tenth / 10)
            rank = ORDER.index(job.state)
            assert rank >= before[job.request_id]
            before[job.request_id] = rank
    assert set(before.values()) == {2}
