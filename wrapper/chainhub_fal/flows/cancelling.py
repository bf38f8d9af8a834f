"""Asks that a job be cancelled, and decides what becomes of one whose wait is given up."""

from __future__ import annotations

from collections.abc import Callable

from .. import _operations
from .._effects import Answer, Exchange, Flow, R
from .._problems import error_for, is_json, read_problem, read_retry_after
from .._refs import JobRef
from ..errors import ChainHubError, DeadlineExceededError, NoAnswerError, NotTheApiError
from ..settings import Settings
from ..status import Cancellation
from .deadlines import JITTER, RETRY_DELAYS, Deadline, call, pause, resume

_BLIPS = frozenset({408, 429, 500, 502, 503, 504})
_BY_STATUS = {200: Cancellation.CANCELLED, 202: Cancellation.REQUESTED}


def cancel(job: JobRef, *, settings: Settings, deadline: Deadline) -> Flow[Cancellation]:
    """Ask until the answer is clear; asking twice does no harm (fal's queue API, section 4).

    Raises NotFoundError for an unknown job, and NotTheApiError where the route is not served: no
    gateway documents it.
    """
    deadline.job = job
    deadline.stage = "the cancel"
    delays = RETRY_DELAYS()
    exchange = _operations.cancel(job)
    while True:
        wish = None
        try:
            answer = yield from call(deadline, exchange, settings.timeout)
        except NoAnswerError as failure:
            deadline.trouble = failure.problem
        else:
            if answer.status not in _BLIPS:
                return _read(answer, exchange, job)
            deadline.trouble = f"HTTP {answer.status}"
            wish = read_retry_after(answer)
        yield from pause(deadline, max(next(delays), wish or 0.0), spread=0.0 if wish else JITTER)


def _read(answer: Answer, exchange: Exchange, job: JobRef) -> Cancellation:
    body = answer.json
    said = body.get("status") if isinstance(body, dict) else None
    if said == Cancellation.TOO_LATE:
        return Cancellation.TOO_LATE
    problem = read_problem(answer)
    if not 200 <= answer.status < 300 or problem.is_missing:  # noqa: PLR2004 - no success
        raise error_for(problem, doing="the cancel", job=job)
    if not is_json(answer) and answer.body.strip():
        raise NotTheApiError(
            "the cancel was answered with a page, not by the API",
            operation=exchange.operation,
            hint="This gateway does not serve cancel; the job goes on",
            job=job,
        )
    if said == Cancellation.REQUESTED:
        return Cancellation.REQUESTED
    return _BY_STATUS.get(answer.status, Cancellation.REQUESTED)


def guard(
    flow: Flow[R], job: JobRef, *, settings: Settings, on_cancelled: Callable[[], object]
) -> Flow[R]:
    """Run a wait; when it is given up, cancel the job or leave it, and say which and whose.

    Given up means: the deadline, Ctrl-C, a cancelled task, an exception in the caller's callback.
    A job that ended, well or not, has not been given up.
    """
    try:
        return (yield from flow)
    except GeneratorExit:
        raise
    except BaseException as reason:
        if isinstance(reason, ChainHubError) and not isinstance(reason, DeadlineExceededError):
            raise
        if settings.on_abandon == "cancel":
            reason.add_note((yield from _abandon(job, settings, on_cancelled)))
        elif not isinstance(reason, ChainHubError):  # one of ours names the job itself
            reason.add_note(f"Job {job.request_id} of {job.endpoint} goes on; fetch it by its id")
        raise


def _abandon(job: JobRef, settings: Settings, on_cancelled: Callable[[], object]) -> Flow[str]:
    about = f"Job {job.request_id} of {job.endpoint}"
    try:
        deadline = Deadline(settings.abandon_timeout)
        yield from resume(deadline)
        outcome = yield from cancel(job, settings=settings, deadline=deadline)
    except ChainHubError as failure:
        return f"{about} could not be cancelled ({failure.problem}) and may go on"
    on_cancelled()
    return f"{about} was cancelled on leaving: {outcome.value}"
