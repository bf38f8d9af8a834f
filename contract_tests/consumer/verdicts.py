"""Judges what the client made of an answer: a value that says what the answer said, or our error."""

from __future__ import annotations

import math
from collections.abc import Callable

from chainhub_fal import (
    AsyncJob,
    Cancellation,
    ChainHubError,
    ContractError,
    Job,
    Outcome,
    State,
    Status,
    Update,
)

from .feeding import VERBS, Fed, Reply
from .grammar import Json
from .shapes import CONTRACT, JOB_ID, Shape, output_of

_OWN_STATES = State.FAILURES | {State.IN_PROGRESS, State.COMPLETED}
"""States that the client may conclude from an answer that names none."""


def fault(shape: Shape, reply: Reply, fed: Fed) -> str:
    """Say what is wrong with an outcome; nothing when it is a true value or an error that helps."""
    outcome = fed.outcome
    if isinstance(outcome, ChainHubError):
        return _error_fault(shape, outcome)
    if isinstance(outcome, BaseException):
        return f"it raised {type(outcome).__name__}: {outcome}"
    return _VALUES.get(shape.operation.operation_id, _job_fault)(shape, reply, outcome)


def _error_fault(shape: Shape, error: ChainHubError) -> str:
    words = str(error)
    if isinstance(error, ContractError) and not error.problem.startswith(error.operation):
        return f"the error does not say which operation answered: {error!r}"
    if shape.operation.operation_id in VERBS:
        named = error.job is not None and error.job.request_id == JOB_ID and JOB_ID in words
        return "" if named else f"the error names no job: {error!r}"
    return "" if error.job or "submit" in words else f"the error names no operation: {error!r}"


def _job_fault(_: Shape, reply: Reply, outcome: object) -> str:
    if not isinstance(outcome, Job | AsyncJob):
        return f"it gave {outcome!r}, no job"
    said = reply.body["request_id"]
    return "" if outcome.request_id == said else f"the job is {outcome.request_id}, not {said}"


def _status_fault(_: Shape, reply: Reply, outcome: object) -> str:
    if not isinstance(outcome, Status):
        return f"it gave {outcome!r}, no status"
    body = reply.body if isinstance(reply.body, dict) else {}
    success = 200 <= reply.status < 300
    if success and isinstance(body.get("status"), str) and not outcome.failed:
        position = body.get("queue_position")
        position = position if type(position) is int else None
        true = (outcome.state, outcome.queue_position) == (body["status"], position)
        return "" if true else f"{outcome!r} is not what the answer said"
    return "" if outcome.state in _OWN_STATES else f"the state {outcome.state} was invented"


def _result_fault(shape: Shape, reply: Reply, outcome: object) -> str:
    if not isinstance(outcome, Outcome):
        return f"it gave {outcome!r}, no result"
    body = reply.body if isinstance(reply.body, dict) else {}
    sources = (body, body.get("response"), output_of(shape.endpoint))
    if not any(_same(outcome.raw, source) for source in sources):
        return f"the output {outcome.raw!r} was invented"
    return _views_fault(outcome)


def _views_fault(outcome: Outcome[object]) -> str:
    """Read the result in every way there is; only the typed one may say that it does not fit."""
    repr((outcome, outcome.receipt, outcome.files, outcome.images, outcome.seed))
    try:
        repr(outcome.output)
    except ContractError as error:
        return "" if error.job is not None else f"the error names no job: {error!r}"
    return ""


def _same(one: Json, other: Json) -> bool:
    """Compare, for once with NaN equal to itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and bool(one == other)


def _cancellation_fault(_: Shape, reply: Reply, outcome: object) -> str:
    if not isinstance(outcome, Cancellation):
        return f"it gave {outcome!r}, no cancellation"
    said = reply.body.get("status") if isinstance(reply.body, dict) else None
    if said == Cancellation.TOO_LATE:
        meant = Cancellation.TOO_LATE
    elif reply.status == 200 and said != Cancellation.REQUESTED:
        meant = Cancellation.CANCELLED
    else:  # of what code and body say, the one that promises less
        meant = Cancellation.REQUESTED
    if outcome == meant and (200 <= reply.status < 300 or outcome == Cancellation.TOO_LATE):
        return ""
    return f"{outcome.value} is not what the answer said"


def _updates_fault(shape: Shape, reply: Reply, outcome: object) -> str:
    """Hold what was told against the one event that came before the job was found finished."""
    if not isinstance(outcome, list) or not all(isinstance(told, Update) for told in outcome):
        return f"it gave {outcome!r}, no updates"
    states = [told.state for told in outcome]
    body = reply.body if isinstance(reply.body, dict) else {}
    if CONTRACT.operations[shape.operation.operation_id].answer_problems(reply.response()):
        known = (body.get("status"), *_OWN_STATES)
        invented = [state for state in states if state not in known]
        return f"the states {invented} were invented" if invented else ""
    if body["request_id"] not in {"", JOB_ID}:
        return "" if states == [State.COMPLETED] else "another job's state was told as this one's"
    true = [body["status"], *[State.COMPLETED][: body["status"] != State.COMPLETED]]
    if states != true or outcome[0].queue_position != body.get("queue_position"):
        return f"{outcome!r} is not what was said"
    return ""


_VALUES: dict[str, Callable[[Shape, Reply, object], str]] = {
    "get_status": _status_fault,
    "get_result": _result_fault,
    "cancel_request": _cancellation_fault,
    "stream_status": _updates_fault,
}
