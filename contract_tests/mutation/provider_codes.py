"""Mutants in the status codes: the right work under the wrong number, or now and then a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Alteration, Fault

from .provider_edits import JOB_ROUTES, alters, error, every, from_read, only, recodes, replaces
from .provider_mutant import Mutant, mutant

_DETAIL = {"detail": "Internal Server Error"}


def status_mutants() -> Iterator[Mutant]:
    """Yield the mutants of the status code."""
    for name, operation, old, new, why in _RECODED:
        yield mutant("status", name, why, recodes(operation, old, new))
    for operation in ("submit", *JOB_ROUTES):
        crash = replaces(operation, 401, Answer.json(500, _DETAIL))
        yield mutant("status", f"{operation}-401-crash", "a missing key crashes it", crash)
    for operation in JOB_ROUTES:
        crash = replaces(operation, 404, Answer.json(500, _DETAIL))
        yield mutant("status", f"{operation}-404-crash", "an unknown id crashes it", crash)
    yield from _refusals()
    yield from _moods()
    yield from _dead_ends()


_RECODED = (
    (
        "submit-201",
        "submit",
        200,
        201,
        "an undocumented status: clients that compare with 200 fail",
    ),
    ("submit-202", "submit", 200, 202, "an undocumented status for a ticket"),
    ("submit-299", "submit", 200, 299, "a status of no standard"),
    ("status-203", "status", 200, 203, "an undocumented status for a state"),
    ("status-206", "status", 200, 206, "a whole answer announced as a part"),
    ("result-201", "result", 200, 201, "an undocumented status for a result"),
    ("result-203", "result", 200, 203, "an undocumented status for a result"),
    ("result-418", "result", 200, 418, "a result under an error's number"),
    ("result-500-body", "result", 200, 500, "a good result announced as a crash"),
    ("cancel-409", "cancel", 400, 409, "an undocumented refusal"),
    ("cancel-200-refusal", "cancel", 400, 200, "a refusal announced as success"),
    ("status-404-410", "status", 404, 410, "an undocumented word for an unknown job"),
    (
        "result-404-400",
        "result",
        404,
        400,
        "an unknown job looks like one not ready: polled for ever",
    ),
    ("status-401-403", "status", 401, 403, "a wrong key looks like an empty account"),
    ("submit-401-400", "submit", 401, 400, "a wrong key looks like a bad request"),
    ("submit-422-406", "submit", 422, 406, "an undocumented refusal of a bad value"),
    ("submit-422-200", "submit", 422, 200, "a refusal announced as a ticket"),
)


def _refusals() -> Iterator[Mutant]:
    crash = Answer.json(500, _DETAIL)
    bad_value = replaces("submit", 422, crash)
    yield mutant("status", "submit-422-crash", "a bad value crashes it", bad_value)
    unreadable = alters("submit", only((400,), error(500)))
    yield mutant(
        "status", "submit-unreadable-crash", "a body that is no JSON crashes it", unreadable
    )
    logs = alters("status", _when(lambda exchange: "logs=1" in exchange.query, error(500)))
    yield mutant("status", "status-logs-crash", "asking for logs crashes it", logs)
    bad_logs = replaces("status", 422, crash)
    yield mutant("status", "status-bad-logs-crash", "a bad query crashes it", bad_logs)


def _when(asked: Callable[[Exchange], bool], alter: Alteration) -> Alteration:
    return lambda answer, exchange: (
        alter(answer, exchange) if asked(exchange) and answer.status < 400 else answer
    )


def _moods() -> Iterator[Mutant]:
    for name, operation, number, code, why in _MOODS:
        yield Mutant(name, "status", why, _moody(operation, number, code))
    yield Mutant(
        "cancel-twice-crash",
        "status",
        "cancelling again crashes it: a retry after a lost answer does just that",
        _second_cancel,
        waiting=True,
    )


def _moody(operation: str, number: int, code: int) -> Callable[[], tuple[Fault, ...]]:
    return lambda: (alters(operation, every(number, error(code))),)


_MOODS = (
    ("submit-every-9th-500", "submit", 9, 500, "crashes now and then"),
    ("submit-every-7th-429", "submit", 7, 429, "refuses now and then, without a load"),
    ("status-every-5th-503", "status", 5, 503, "the status route is down now and then"),
    ("result-every-4th-502", "result", 4, 502, "the result breaks off now and then"),
    ("status-every-6th-401", "status", 6, 401, "the right key is refused now and then"),
)


def _second_cancel() -> tuple[Fault, ...]:
    seen: set[str] = set()

    def alter(answer: Answer, exchange: Exchange) -> Answer:
        again = exchange.route.name in seen
        if answer.status in (200, 202):
            seen.add(exchange.route.name)
        return Answer.json(500, _DETAIL) if again else answer

    return (alters("cancel", alter),)


def _dead_ends() -> Iterator[Mutant]:
    for code, why in (
        (401, "nobody is let in, and the run may take that for strictness"),
        (403, "every account is locked"),
        (404, "every endpoint is unknown"),
        (422, "every input is refused"),
    ):
        refused = alters("submit", only((200,), error(code)))
        yield mutant("status", f"submit-always-{code}", why, refused)
    yield Mutant(
        "status-second-crash",
        "status",
        "asking a second time crashes it",
        lambda: (alters("status", from_read(2, error(500))),),
    )
