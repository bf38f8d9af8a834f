"""Everything that can be done with one job, as flows that both clients run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from .._effects import Flow
from .._refs import JobRef
from ..endpoints import Endpoint
from ..errors import ChainHubError, JobFailedError
from ..models import Outcome, Receipt
from ..settings import Settings
from ..status import Cancellation, Status
from . import cancelling, downloading, submitting
from .deadlines import Deadline, resume
from .polling import Watch

R = TypeVar("R")


class Work(Generic[R]):
    """One job: what is known of it, and the flows that find out the rest."""

    def __init__(
        self,
        job: JobRef,
        endpoint: Endpoint[..., R],
        *,
        settings: Settings,
        deadline: Deadline,
        parameters: Mapping[str, object],
        unexpected: Mapping[str, int],
        on_end: Callable[[JobRef], object],
    ) -> None:
        self.job = job
        self.endpoint = endpoint
        self.settings = settings
        self.deadline = deadline
        self.parameters = parameters
        self.unexpected = unexpected
        self.outcome: Outcome[R] | None = None
        self._on_end = on_end

    def wait(self, *, logs: bool = False) -> Flow[Outcome[R]]:
        """Wait for the output; once it is known, no request is spent on it again."""
        if self.outcome is None:
            waiting = self._wait(logs=logs)
            self.outcome = yield from cancelling.guard(
                waiting, self.job, settings=self.settings, on_cancelled=self._end
            )
        return self.outcome

    def _wait(self, *, logs: bool) -> Flow[Outcome[R]]:
        yield from resume(self.deadline)
        watch = self._watch(logs=logs)
        try:
            output = yield from watch.result()
        except JobFailedError:
            self._end()
            raise
        self._end()
        receipt = Receipt(
            self.job,
            elapsed=self.deadline.elapsed,
            polls=watch.polls,
            parameters=self.parameters,
            unexpected={**self.unexpected, **watch.unexpected},
        )
        return Outcome(self.endpoint, output, receipt)

    def status(self, *, logs: bool = False) -> Flow[Status]:
        """Look once; a look that is unclear is repeated."""
        yield from resume(self.deadline)
        return (yield from self._watch(logs=logs).status())

    def cancel(self) -> Flow[Cancellation]:
        """Ask that the job be cancelled."""
        yield from resume(self.deadline)
        outcome = yield from cancelling.cancel(
            self.job, settings=self.settings, deadline=self.deadline
        )
        self._end()
        return outcome

    def save(self, outcome: Outcome[R], folder: str) -> Flow[tuple[str, ...]]:
        """Put the output's files into a folder, within what is left of the deadline."""
        yield from resume(self.deadline)
        return (
            yield from downloading.save(
                outcome.files, self.job, folder, settings=self.settings, deadline=self.deadline
            )
        )

    def _end(self) -> None:
        """Note that nobody need settle on leaving what becomes of the job."""
        self._on_end(self.job)

    def _watch(self, *, logs: bool) -> Watch:
        return Watch(
            self.job, self.endpoint, settings=self.settings, deadline=self.deadline, logs=logs
        )


def start(
    endpoint: Endpoint[..., R],
    inputs: Mapping[str, object],
    *,
    settings: Settings,
    on_end: Callable[[JobRef], object],
    before: Callable[[str], Flow[None]] | None = None,
) -> Flow[Work[R]]:
    """Submit a job and return the work on it; the deadline starts here.

    ``before`` is run just before the sending, with the payload's digest.
    """
    deadline = Deadline(settings.deadline)
    yield from resume(deadline)
    submitted = yield from submitting.submit(
        endpoint, inputs, settings=settings, deadline=deadline, before=before
    )
    return Work(
        submitted.job,
        endpoint,
        settings=settings,
        deadline=deadline,
        parameters=submitted.parameters,
        unexpected=submitted.unexpected,
        on_end=on_end,
    )


def cancel_all(jobs: list[JobRef], *, settings: Settings) -> Flow[dict[JobRef, str]]:
    """Cancel jobs on leaving, all within ``abandon_timeout``; return what became of each."""
    outcomes: dict[JobRef, str] = {}
    deadline = Deadline(settings.abandon_timeout)
    yield from resume(deadline)
    for job in jobs:
        try:
            outcome = yield from cancelling.cancel(job, settings=settings, deadline=deadline)
            outcomes[job] = outcome.value
        except ChainHubError as failure:
            outcomes[job] = failure.problem
    return outcomes
