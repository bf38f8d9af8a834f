"""What an answer means in the words of the queue; pure, and independent of the client's reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from http import HTTPStatus

from ..events import is_event_stream
from .exchange import Seen

# How far a job is in each state; a job may skip a state, and never goes back.
RANKS: Mapping[str, int] = {"IN_QUEUE": 0, "IN_PROGRESS": 1, "COMPLETED": 2, "FAILED": 2}
ENDED = 2

# fal's words for a result that is not ready; its code alone is also that of a refusal.
_NOT_READY = "Request is still in progress"
_NO_SUCH_TASK = "task_not_exist"  # the gateway's task relay says so with 400
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS)


class Word(StrEnum):
    """What an answer says about a job."""

    PENDING = "pending"
    OUTPUT = "an output"
    FAILED = "failed"
    ACCEPTED = "accepted"
    TOO_LATE = "too late"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    BROKEN = "unreadable"


# Which codes and words of the cancel route belong together.
_CANCELS: Mapping[tuple[int, object], Word] = {
    (HTTPStatus.OK, "OK"): Word.ACCEPTED,
    (HTTPStatus.ACCEPTED, "CANCELLATION_REQUESTED"): Word.ACCEPTED,
    (HTTPStatus.BAD_REQUEST, "ALREADY_COMPLETED"): Word.TOO_LATE,
}


def is_unknown(seen: Seen) -> bool:
    """Tell whether an answer says that there is no such job."""
    relayed = seen.status == HTTPStatus.BAD_REQUEST and seen.fields.get("code") == _NO_SUCH_TASK
    return relayed or (seen.status == HTTPStatus.NOT_FOUND and bool(seen.fields))


def read_state(seen: Seen) -> Word:
    """Read an answer of the status route."""
    if not seen.fields:
        return Word.BROKEN
    if is_unknown(seen):
        return Word.UNKNOWN
    if not 200 <= seen.status < 300:
        return Word.REFUSED
    rank = RANKS.get(str(seen.fields.get("status")))
    if rank is None:
        return Word.BROKEN
    if rank < ENDED:
        return Word.PENDING
    failed = seen.fields["status"] == "FAILED" or seen.fields.get("error") is not None
    return Word.FAILED if failed else Word.OUTPUT


def read_result(seen: Seen) -> Word:
    """Read an answer of the result route; an output is only told by not being a status."""
    if not seen.fields:
        return Word.BROKEN
    if is_unknown(seen):
        return Word.UNKNOWN
    if seen.status in _REFUSED or 300 <= seen.status < 400:
        return Word.REFUSED
    if seen.status >= 400:
        return Word.PENDING if seen.fields.get("detail") == _NOT_READY else Word.FAILED
    if {"status", "request_id"} <= set(seen.fields):
        word = read_state(seen)
        return Word.BROKEN if word is Word.OUTPUT else word
    return Word.OUTPUT


def read_cancel(seen: Seen) -> Word:
    """Read an answer of the cancel route, its code and its word together."""
    if is_unknown(seen):
        return Word.UNKNOWN
    return _CANCELS.get((seen.status, seen.fields.get("status")), Word.BROKEN)


def read_stream(seen: Seen) -> Word:
    """Read one event of a stream, or the answer that came in place of a stream."""
    is_stream = is_event_stream(seen.headers.get("content-type", ""))
    return Word.BROKEN if 200 <= seen.status < 300 and not is_stream else read_state(seen)


READ: Mapping[str, Callable[[Seen], Word]] = {
    "status": read_state,
    "stream": read_stream,
    "result": read_result,
    "cancel": read_cancel,
}
"""How to read an answer about a job, by its kind."""


def read_ticket(seen: Seen) -> Word:
    """Read the answer to a submit."""
    if 400 <= seen.status < 500 and seen.fields:
        return Word.REFUSED
    request_id = seen.fields.get("request_id")
    named = isinstance(request_id, str) and request_id != ""
    known = seen.fields.get("status", "IN_QUEUE") in RANKS
    return Word.PENDING if seen.status == HTTPStatus.OK and named and known else Word.BROKEN
