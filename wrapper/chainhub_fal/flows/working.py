"""Everything that can be done with one job, as flows that both clients run."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from .._effects import Flow
from .._refs import JobRef
from ..endpoints import Endpoint
from ..errors import ChainHubError, JobFailedError
from ..models import File, Outcome
from ..settings import Settings
from ..status import Cancellation, Status
from . import cancelling, downloading, submitting
from .deadlines import Deadline, resume
from .polling import Watch
from .seeing import Trail

R = TypeVar("R")
T = TypeVar("T")


class Work(Generic[R]):
    """One job: what is known of it, and the flows that find out the rest.

    ``submitted`` is there where the job was submitted here, just now.
    """

    def __init__(
        self,
        job: JobRef,
        endpoint: Endpoint[..., R],
        *,
        settings: Settings,
        deadline: Deadline,
        trail: Trail,
        on_end: Callable[[JobRef], object],
        submitted: submitting.Submitted | None = None,
    ) -> None:
        self.job = job
        self.endpoint = endpoint
        self.settings = settings
        self.deadline = deadline
        self.parameters = submitted.parameters if submitted else {}
        self.unexpected = submitted.unexpected if submitted else {}
        self.outcome: Outcome[R] | None = None
        self.born = deadline.now if submitted else None  # the driver's clock at the submit
        self.gate: Callable[[], object] = lambda: None  # raises where the job may not be used
        self._on_end = on_end
        self._trail = trail
        self._is_new = submitted is not None  # so it is yet to be told of
        self._tend_span()

    def announce(self) -> Flow[None]:
        """Tell ``on_enqueue`` of a job that was submitted here, once.

        What the hook raises is the caller's own, and carries a note that names the job.
        """
        if self._is_new:
            self._is_new = False
            yield from self._watched(self._guarded(self._call_hook()), spanned=True)

    def _call_hook(self) -> Flow[None]:
        if self.settings.on_enqueue is not None:
            self.settings.on_enqueue(self.job)
        yield from ()

    def wait(self, *, logs: bool = False) -> Flow[Outcome[R]]:
        """Wait for the output; once it is known, no request is spent on it again."""
        yield from self.announce()
        if self.outcome is None:
            self._take_up()
            waiting = self._guarded(self._wait(logs=logs))
            self.outcome = yield from self._watched(waiting, spanned=True)
        return self.outcome

    def _take_up(self) -> None:
        """Have a span: the submit's own, or a new one for a job taken up again."""
        if not self._trail.span.is_open:
            about = {"endpoint": self.job.endpoint, "request_id": self.job.request_id}
            self._trail.span.begin(**about, resumed=True)
            self._tend_span()

    def _tend_span(self) -> None:
        """Have the span end with this object, if nobody waits for the job any more."""
        if self._trail.span.is_open:
            weakref.finalize(self, self._trail.span.end)

    def _watched(self, flow: Flow[T], *, spanned: bool = False) -> Flow[T]:
        self.gate()
        return self._trail.watch(flow, spanned=spanned)

    def _guarded(self, flow: Flow[T]) -> Flow[T]:
        try:
            return (
                yield from cancelling.guard(
                    flow, self.job, settings=self.settings, on_cancelled=self._end
                )
            )
        except (ChainHubError, GeneratorExit):
            raise
        except BaseException as error:
            if not getattr(error, "__notes__", ()):  # a second one, in the midst of the cancel
                error.add_note(f"Job {self.job.request_id} of {self.job.endpoint} may go on")
            raise

    def _wait(self, *, logs: bool) -> Flow[Outcome[R]]:
        yield from resume(self.deadline)
        watch = self._watch(logs=logs)
        try:
            output = yield from watch.result()
        except JobFailedError:
            self._end()
            raise
        finally:
            self._trail.retries += watch.retries
        self._end()
        receipt = self._trail.receipt(
            output,
            elapsed=self.deadline.elapsed,
            parameters=self.parameters,
            unexpected={**self.unexpected, **watch.unexpected},
        )
        return Outcome(self.endpoint, output, receipt)

    def status(self, *, logs: bool = False) -> Flow[Status]:
        """Look once; a look that is unclear is repeated."""
        status = yield from self._watched(self._status(logs=logs))
        return self._trail.masked(status)

    def _status(self, *, logs: bool) -> Flow[Status]:
        yield from resume(self.deadline)
        watch = self._watch(logs=logs)
        try:
            return (yield from watch.status())
        finally:
            self._trail.retries += watch.retries

    def cancel(self) -> Flow[Cancellation]:
        """Ask that the job be cancelled."""
        return (yield from self._watched(self._cancel()))

    def _cancel(self) -> Flow[Cancellation]:
        yield from resume(self.deadline)
        outcome = yield from cancelling.cancel(
            self.job, settings=self.settings, deadline=self.deadline
        )
        self._end()
        return outcome

    def save(
        self, outcome: Outcome[R], folder: str, *, alone: bool = False
    ) -> Flow[tuple[str, ...]]:
        """Put the output's files into a folder, within what is left of the deadline.

        ``alone`` says that no other process that saves this job is alive.
        """
        self._take_up()
        oddities = Counter[str]()
        saving = self._save(outcome.files, downloading.Place(folder, alone), oddities)
        try:
            return (yield from self._watched(saving, spanned=True))
        finally:
            for known in filter(None, (outcome, self.outcome)):
                known.note_saved(self._trail.bytes_saved, oddities)
            self._trail.finish()

    def _save(
        self, files: tuple[File, ...], place: downloading.Place, oddities: Counter[str]
    ) -> Flow[tuple[str, ...]]:
        yield from resume(self.deadline)
        return (
            yield from downloading.save(
                files,
                self.job,
                place,
                settings=self.settings,
                deadline=self.deadline,
                parameters=self.parameters,
                unexpected=oddities,
            )
        )

    def _end(self) -> None:
        """Note that nobody need settle on leaving what becomes of the job."""
        self._on_end(self.job)

    def _watch(self, *, logs: bool) -> Watch:
        return Watch(
            self.job,
            self.endpoint,
            settings=self.settings,
            deadline=self.deadline,
            logs=logs,
            born=self.born,
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
    trail = Trail(endpoint, settings, inputs=inputs)
    submit = submitting.submit(
        endpoint, inputs, settings=settings, deadline=deadline, before=before
    )
    submitted = yield from trail.watch(_within(deadline, submit), spanned=True)
    return Work(
        submitted.job,
        endpoint,
        settings=settings,
        deadline=deadline,
        trail=trail,
        on_end=on_end,
        submitted=submitted,
    )


def _within(deadline: Deadline, flow: Flow[T]) -> Flow[T]:
    yield from resume(deadline)
    return (yield from flow)


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
