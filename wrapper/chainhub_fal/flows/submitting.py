"""Puts a job into the queue, at most once.

A submit is sent again only with proof that no byte of it left, or when the server plainly refused
it (429, 503) and named no job. Everything else ends, because the queue honours no idempotency key
that is known of, and a second submit is a second charge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import cast

from .. import _operations
from .._effects import Answer, Exchange, Flow, Notice
from .._media import describe
from .._problems import Problem, clip, error_for, is_json, read_problem
from .._refs import JobRef
from .._tickets import has_request_id, names_a_job
from ..endpoints import Endpoint
from ..errors import ChainHubError, NoAnswerError, NotTheApiError, SubmissionUnknownError
from ..settings import Settings
from .deadlines import JITTER, RETRY_DELAYS, Deadline, call, pause
from .preparing import prepare

_TRY_AGAIN = frozenset({429, 503})
# With these a server may have taken the job before it answered, so they refuse nothing plainly:
# 408 and 499 speak of the connection, 409 of a conflict with something that exists.
_UNCLEAR = frozenset({408, 409, 499})
_LEAST = 1.0
"""Seconds that a submit must have left to be sent: one that is cut off may be charged."""
_NOTHING_SENT = "Nothing was sent and nothing was charged"


class Submitted:
    """A queued job, the inputs it was queued with, and what is odd about its ticket."""

    def __init__(
        self, job: JobRef, parameters: Mapping[str, object], ticket: Mapping[str, object]
    ) -> None:
        self.job = job
        self.parameters = {name: describe(value) for name, value in parameters.items()}
        odd = sorted(ticket.keys() - _operations.TICKET_FIELDS)
        self.unexpected = {f"field {name} of the ticket": 1 for name in odd}


def submit(
    endpoint: Endpoint[..., object],
    inputs: Mapping[str, object],
    *,
    settings: Settings,
    deadline: Deadline,
    before: Callable[[str], Flow[None]] | None = None,
) -> Flow[Submitted]:
    """Check and load the inputs, send them once, and return the job.

    ``before`` is run just before the sending, with the payload's digest. Raises
    InvalidInputError before anything is sent; StatusError when the server refused;
    SubmissionUnknownError when the job may be queued; TicketError when its ticket is not its own.
    """
    deadline.stage = "the submit"
    arguments = yield from prepare(endpoint, inputs, limit=settings.max_upload)
    exchange = _operations.submit(endpoint, arguments)
    if before is not None:
        yield from before(_digest(exchange))
    answer = yield from _send_once(exchange, settings=settings, deadline=deadline)
    ticket = _read_ticket_body(exchange, answer)
    job = _operations.job_of(endpoint, ticket, answer, base_url=settings.base_url)
    yield Notice(job)
    return Submitted(job, arguments, ticket)


def _send_once(exchange: Exchange, *, settings: Settings, deadline: Deadline) -> Flow[Answer]:
    """Return the one answer that was not a plain refusal to be tried again."""
    tries = _Tries(exchange, settings, deadline)
    while True:
        try:
            answer = yield from call(deadline, exchange, settings.submit_timeout, least=tries.least)
        except NoAnswerError as failure:
            yield from tries.after_no_answer(failure)
            continue
        except BaseException as interruption:
            interruption.add_note(_interrupted(exchange))
            raise
        problem = _refusal(answer)
        if problem is None:
            return answer
        if answer.status not in _TRY_AGAIN or problem.is_quota:
            raise error_for(problem, doing="the submit")
        yield from tries.after_refusal(problem)


class _Tries:
    """Decides whether, and when, a submit that was not taken is sent again."""

    def __init__(self, exchange: Exchange, settings: Settings, deadline: Deadline) -> None:
        self._exchange = exchange
        self._patience = settings.connect_patience
        self._deadline = deadline
        self._delays = RETRY_DELAYS()
        self._first_failed: float | None = None
        # Who asks for less than a second in all gets what there is.
        self.least = min(_LEAST, settings.submit_timeout, deadline.seconds / 2)

    def after_no_answer(self, failure: NoAnswerError) -> Flow[None]:
        """Wait, where it is proved that nothing was sent and there is patience and time for it."""
        if not failure.unsent:
            raise SubmissionUnknownError(
                f"the submit got no answer: {failure.problem}",
                phase=failure.phase,
                digest=_digest(self._exchange),
                submitted_at=failure.when,
                bytes_written=failure.bytes_written,
            ) from failure
        if failure.had_no_turn:
            failure.hint = f"{_NOTHING_SENT}; raise max_rate or the deadline"
            raise failure
        delay = next(self._delays)
        if self._first_failed is None:
            self._first_failed = self._deadline.now
        tried = self._deadline.now - self._first_failed
        if tried + delay > self._patience or delay > self._spare:
            failure.hint = f"{_NOTHING_SENT}; check the base URL and the network"
            raise failure
        yield from self._again(failure, delay, spread=JITTER)

    def after_refusal(self, problem: Problem) -> Flow[None]:
        """Wait as the server wishes, if it fits the deadline; else say at once that it does not."""
        error = error_for(problem, doing="the submit")
        wish = problem.retry_after or 0.0
        if wish and wish > self._spare:
            error.hint = (
                f"It asks to wait {wish:g} s, more than the deadline leaves; nothing was queued"
            )
            raise error
        yield from self._again(error, max(wish, next(self._delays)), spread=0.0 if wish else JITTER)

    @property
    def _spare(self) -> float:
        """Seconds that may pass and leave time for a submit."""
        return self._deadline.left - self.least

    def _again(self, error: ChainHubError, delay: float, *, spread: float) -> Flow[None]:
        self._deadline.trouble = error.problem
        self._deadline.check(delay + self.least)
        yield Notice(error)
        yield from pause(self._deadline, delay, spread=spread)


def _refusal(answer: Answer) -> Problem | None:
    """Return what the server refused, or None when the answer must be read as a ticket."""
    if answer.status < 400 or answer.status in _UNCLEAR:  # noqa: PLR2004 - success and redirects
        return None
    if names_a_job(answer.json):
        return None
    if answer.status >= 500 and answer.status not in _TRY_AGAIN:  # noqa: PLR2004 - server errors
        return None
    return read_problem(answer)


def _read_ticket_body(exchange: Exchange, answer: Answer) -> Mapping[str, object]:
    body = answer.json
    if has_request_id(body):
        return cast("Mapping[str, object]", body)
    if answer.status < 400 and not is_json(answer):  # noqa: PLR2004
        kind = answer.headers.get("content-type", "no content type").partition(";")[0]
        raise NotTheApiError(
            f"the submit was answered {answer.status} with {kind}, not by the API",
            operation=exchange.operation,
            hint="Check the base URL: a gateway shows a web page at every path it does not route",
        )
    raise _unknown(exchange, _why_no_ticket(body), answer)


def _why_no_ticket(body: object) -> str:
    request_id = body.get("request_id") if isinstance(body, dict) else None
    if request_id is None:
        return "the answer is no ticket"
    return f"the ticket's request_id, {clip(repr(request_id))}, cannot be part of an address"


def _unknown(exchange: Exchange, problem: str, answer: Answer) -> SubmissionUnknownError:
    said = read_problem(answer).text if answer.status >= 400 else ""  # noqa: PLR2004
    return SubmissionUnknownError(
        f"{exchange.operation} at /request_id: {problem}"
        f" (HTTP {answer.status}{': ' + said if said else ''})",
        phase="answered",
        digest=_digest(exchange),
        submitted_at=answer.when,
        bytes_written=len(exchange.body or b""),
        status=answer.status,
        pointer="/request_id",
    )


def _interrupted(exchange: Exchange) -> str:
    return (
        f"Interrupted while the submit was under way: the job may be queued and charged"
        f" (payload sha256 {_digest(exchange)[:12]})"
    )


def _digest(exchange: Exchange) -> str:
    return hashlib.sha256(exchange.body or b"").hexdigest()
