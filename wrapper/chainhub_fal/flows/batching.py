"""One input of a batch, from the intent in the journal to its files: paid once, and never lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from .._effects import Flow, Record
from .._refs import JobRef
from .._rows import TO_BE_SENT, UNSETTLED, Row, RowState
from ..endpoints import Endpoint
from ..errors import ChainHubError, JobFailedError, JournalError, SubmissionUnknownError
from ..models import Outcome
from ..settings import Settings
from .deadlines import Deadline
from .seeing import Trail
from .working import Work, start

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Plan(Generic[R]):
    """What all inputs of a batch have in common.

    ``folder`` is where files go; without one they stay where they are. ``journaled`` says whether
    each step is written down before the next. ``on_job`` and ``on_end`` hear of each job.
    """

    endpoint: Endpoint[..., R]
    settings: Settings
    folder: str | None
    on_job: Callable[[JobRef], object]
    on_end: Callable[[JobRef], object]
    journaled: bool = False


class RowWork(Generic[R]):
    """The work on one input; ``row`` is always what the journal should know of it."""

    def __init__(self, plan: Plan[R], row: Row, inputs: Mapping[str, object]) -> None:
        self.row = row
        self.inputs = inputs
        self.work: Work[R] | None = None
        self._plan = plan

    @property
    def is_submitting(self) -> bool:
        """Tell whether a submit is under way, whose fate would be unknown if it were cut off."""
        return self.row.state is RowState.INTENDED

    def run(self) -> Flow[tuple[Outcome[R], tuple[str, ...]]]:
        """Bring the input to its end; raises ChainHubError after that was written down as well."""
        try:
            self.work = yield from self._begin()
            outcome = yield from self.work.wait()
            files: tuple[str, ...] = ()
            if self._plan.folder is not None:
                # Whoever holds the journal is the only one: what a killed run left is in the way.
                files = yield from self.work.save(
                    outcome, self._plan.folder, alone=self._plan.journaled
                )
            yield from self._move(RowState.DONE, files=files)
        except JournalError:
            raise
        except ChainHubError as error:
            yield from self._note(error)
            raise
        return outcome, files

    def _begin(self) -> Flow[Work[R]]:
        if self.row.state in UNSETTLED:
            raise self._unknown()
        if self.row.ref is not None and self.row.state not in TO_BE_SENT:
            return self._resumed(self.row.ref)
        plan = self._plan
        work = yield from start(
            plan.endpoint,
            self.inputs,
            settings=plan.settings,
            on_end=plan.on_end,
            before=self._intend,
        )
        plan.on_job(work.job)
        yield from self._receive(work.job)
        return work

    def _intend(self, payload: str) -> Flow[None]:
        submits = self.row.submits + 1
        yield from self._move(RowState.INTENDED, payload=payload, submits=submits, ref=None)

    def _receive(self, job: JobRef) -> Flow[None]:
        try:
            yield from self._move(RowState.QUEUED, ref=job)
        except JournalError as error:
            error.job = job
            error.hint = "The job is queued and paid, and not in the journal: keep its id"
            raise

    def _note(self, error: ChainHubError) -> Flow[None]:
        """Write down how it ended; what cost nothing and was never begun leaves no trace."""
        state = _state_after(error, self.row)
        if state is RowState.REFUSED and self.row.state is RowState.NEW:
            return
        job = error.job or self.row.ref
        yield from self._move(state, ref=job, error=type(error).__name__, problem=error.problem)

    def _move(self, state: RowState, **changes: object) -> Flow[None]:
        cleared = {"error": "", "problem": "", **changes}
        self.row = replace(self.row, state=state, **cleared)  # type: ignore[arg-type]
        if self._plan.journaled:
            yield Record(self.row)

    def _resumed(self, job: JobRef) -> Work[R]:
        if self.row.state is RowState.FAILED:
            raise JobFailedError(self.row.problem, job=job)
        plan = self._plan
        plan.on_job(job)
        return Work(
            job,
            plan.endpoint,
            settings=plan.settings,
            deadline=Deadline(plan.settings.deadline),
            # The inputs are known, unlike those of a job known by its reference: no error quotes
            # them.
            trail=Trail(plan.endpoint, plan.settings, inputs=self.inputs, job=job),
            on_end=plan.on_end,
        )

    def _unknown(self) -> SubmissionUnknownError:
        return SubmissionUnknownError(
            "an earlier run was interrupted while it submitted this input",
            phase="unknown",
            digest=self.row.payload,
            submitted_at=self.row.changed_at,
        )


def _state_after(error: ChainHubError, row: Row) -> RowState:
    """Tell what an error leaves behind: a verdict, a job to be waited for, nothing, or a doubt."""
    if isinstance(error, JobFailedError):
        return RowState.FAILED
    if isinstance(error, SubmissionUnknownError):
        return RowState.UNKNOWN
    if error.job is not None or (row.ref is not None and row.state not in TO_BE_SENT):
        return RowState.QUEUED
    return RowState.REFUSED
