"""Between a wait and its schedule: how old the job is, how long to rest, what was found."""

from __future__ import annotations

from collections.abc import Mapping

from .._effects import Answer, Flow
from .._refs import JobRef
from ..errors import ConfigurationError
from ..learning import JobSchedule, SteppedJob
from ..settings import Backoff, Settings
from ..status import Status
from .deadlines import Deadline, pause


class Looks:
    """One job's looks. Ages are in seconds since its submit, as far as that is known.

    ``born`` is the driver's clock at the submit, None for a job that was submitted elsewhere: the
    first answer tells its age, if its reference says when it was submitted.
    """

    def __init__(
        self, job: JobRef, *, settings: Settings, deadline: Deadline, born: float | None
    ) -> None:
        self._job = job
        self._settings = settings
        self._deadline = deadline
        self._born = born
        # Of what is looked at once, or is of unknown age, nothing can be learned.
        delays = Backoff() if settings.schedule is None else settings.schedule
        self._schedule: JobSchedule = SteppedJob(delays())
        self._age = 0.0

    def begin(self) -> None:
        """Take the schedule of a job that is waited for."""
        if self._born is not None or self._job.submitted_at > 0:
            self._schedule = self._settings.schedules.begin(self._job.endpoint)

    def first(self) -> Flow[None]:
        """Wait until the first look pays; a job from elsewhere may have ended long ago."""
        if self._born is not None:
            yield from self._sleep(self._schedule.first(self._now()))

    def saw(self, answer: Answer) -> None:
        """Take the job's age from an answer."""
        if self._born is None:
            self._born = self._deadline.now - max(0.0, answer.when - self._job.submitted_at)

    def pending(self, status: Status) -> None:
        """Tell the schedule that the job has not ended."""
        self._schedule.pending(self._now(), status.state, status.queue_position)

    def done(self, metrics: Mapping[str, object]) -> None:
        """Tell the schedule that the job has ended well."""
        self._schedule.done(self._now(), metrics)

    def end(self) -> None:
        """Tell the schedule that nobody looks any more, however the wait ended."""
        self._schedule.abandoned(self._now())

    def rest(self, wish: float | None) -> Flow[None]:
        """Wait as long as pays, or as the server wishes; raises what the deadline does."""
        try:
            wait = self._schedule.delay(self._now(), wish)
        except ConfigurationError as error:
            error.job = self._job
            raise
        yield from self._sleep(wait)

    def _sleep(self, wait: float) -> Flow[None]:
        while wait:
            yield from pause(self._deadline, wait, spread=self._schedule.spread)
            wait = self._schedule.put_off(self._now())

    def _now(self) -> float:
        """Return the job's age by the last reply; it does not grow younger with the clock."""
        if self._born is not None:
            self._age = max(self._age, self._deadline.now - self._born)
        return self._age
