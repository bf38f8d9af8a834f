"""The queue as a pure state machine: time is an argument, and states only move forward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, inf


class State(StrEnum):
    """The states a job goes through, in this order; a job that failed is COMPLETED too."""

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"


class Cancellation(StrEnum):
    """What a cancel did: words of fal's cancel route."""

    REMOVED = "OK"
    REQUESTED = "CANCELLATION_REQUESTED"
    TOO_LATE = "ALREADY_COMPLETED"


@dataclass(frozen=True)
class Failure:
    """Why a job ended without a result.

    `detail` is what the result route answers with `status_code`. A failure of the request (a
    timeout, a cancel) has an `error_type` and shows in the status; one of the model has none.
    """

    status_code: int
    detail: str | list[dict[str, object]]
    error_type: str | None = None


# What the result of a cancelled job is, no page says: fal's error list knows the type.
CANCELLED = Failure(400, "Request was cancelled by the client", "client_cancelled")


@dataclass(eq=False)
class Job:
    """One accepted request; the times are readings of the clock, in seconds."""

    request_id: str
    endpoint_id: str
    input: Mapping[str, object]
    submitted_at: float
    ready_at: float
    run_seconds: float
    failure: Failure | None = None
    started_at: float | None = None
    ended_at: float | None = None

    @property
    def state(self) -> State:
        """Where the job is, as of the queue's last advance."""
        if self.ended_at is not None:
            return State.COMPLETED
        return State.IN_QUEUE if self.started_at is None else State.IN_PROGRESS

    @property
    def ran_seconds(self) -> float | None:
        """Seconds of work, once the job has ended; None before and if it never started."""
        if self.started_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.started_at


@dataclass
class Queue:
    """First in, first out, over a fixed number of workers.

    A job starts when `queue_seconds` have passed since its submit, a worker is free and every
    job before it has started. All methods take `now` in seconds; a reading earlier than one
    already seen counts as that one, so nothing ever moves back.
    """

    workers: int
    queue_seconds: float
    run_seconds: float | Callable[[object], float]
    others_ahead: int = 0
    _jobs: dict[str, Job] = field(default_factory=dict)
    _waiting: list[Job] = field(default_factory=list)
    _running: list[Job] = field(default_factory=list)
    _now: float = float("-inf")
    _freed_at: float = float("-inf")

    def submit(
        self,
        request_id: str,
        endpoint_id: str,
        body: Mapping[str, object],
        now: float,
        failure: Failure | None = None,
    ) -> Job:
        """Accept a job; `failure` says beforehand how it will end, None that it will succeed."""
        now = self.advance(now)
        run = self.run_seconds(body) if callable(self.run_seconds) else self.run_seconds
        job = Job(request_id, endpoint_id, body, now, now + self.queue_seconds, run, failure)
        self._jobs[request_id] = job
        self._waiting.append(job)
        return job

    def find(self, request_id: str, now: float) -> Job | None:
        """Return the job as it is at `now`, or None if no such id was ever given out."""
        self.advance(now)
        return self._jobs.get(request_id)

    def position(self, job: Job) -> int:
        """How many jobs, ours and other callers', stand before this one; 0 is next."""
        if job.state is not State.IN_QUEUE:
            return 0
        return self._waiting.index(job) + self._others_before(job)

    def next_change(self, job: Job, now: float) -> float:
        """When state or position of a job may change next, if nobody is cancelled till then.

        A job that has ended never changes: infinity.
        """
        self.advance(now)
        if job.state is State.COMPLETED:
            return inf
        if job.state is State.IN_PROGRESS:
            return self._end_of(job)
        due = [self._end_of(running) for running in self._running]
        if len(self._running) < self.workers:
            due.append(self._start_of_head())
        if others := self._others_before(job):
            due.append(job.ready_at - others * self.queue_seconds / (self.others_ahead + 1))
        return min(due)

    def cancel(self, job: Job, now: float, *, stop_running: bool = True) -> Cancellation:
        """Cancel a job; a running one stops at once, or runs on if `stop_running` is false."""
        now = self.advance(now)
        state = job.state
        if state is State.COMPLETED:
            return Cancellation.TOO_LATE
        if state is State.IN_PROGRESS and not stop_running:
            return Cancellation.REQUESTED
        job.failure = CANCELLED
        job.ended_at = now
        if state is State.IN_QUEUE:
            self._waiting.remove(job)
            return Cancellation.REMOVED
        self._running.remove(job)
        self._freed_at = now
        return Cancellation.REQUESTED

    def advance(self, now: float) -> float:
        """Play every start and end up to `now`, in their order; returns the time it is by then."""
        self._now = max(self._now, now)
        while self._start_next() or self._end_next():
            pass
        return self._now

    def _start_next(self) -> bool:
        """Start the job at the head, if a worker is free for it by now."""
        if not self._waiting or len(self._running) >= self.workers:
            return False
        start = self._start_of_head()
        if start > self._now:
            return False
        job = self._waiting.pop(0)
        job.started_at = start
        self._running.append(job)
        return True

    def _end_next(self) -> bool:
        """End the running job that is due first, if it is due by now."""
        job = min(self._running, key=self._end_of, default=None)
        if job is None or self._end_of(job) > self._now:
            return False
        self._running.remove(job)
        job.ended_at = self._freed_at = self._end_of(job)
        return True

    def _start_of_head(self) -> float:
        """When the first job that waits starts, given a free worker."""
        return max(self._waiting[0].ready_at, self._freed_at)

    def _others_before(self, job: Job) -> int:
        """How many jobs of other callers still stand before a job that waits."""
        left = job.ready_at - self._now
        share = left / self.queue_seconds if self.queue_seconds > 0 else 0.0
        return max(0, ceil((self.others_ahead + 1) * share) - 1)

    @staticmethod
    def _end_of(job: Job) -> float:
        return (job.started_at or 0.0) + job.run_seconds
