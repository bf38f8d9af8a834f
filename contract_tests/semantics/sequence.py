"""Rules about order: what may follow what in the answers about one job."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from ..harness.target import Target
from .endpoints import node
from .jobs import Event, Job
from .readings import Word, read_state

_ENDS = (Word.OUTPUT, Word.FAILED)


def states_move_forward(job: Job, event: Event) -> Iterator[str]:
    """A client that saw the end stops looking: a job that goes back is lost to it."""
    if event.kind != "ticket" and event.word is Word.PENDING and job.ended:
        yield f"pending ({event.seen.summary}) after its end: {job.trail}"
    elif event.tells_state and event.word is Word.PENDING and event.rank < job.rank:
        yield f"{event.seen.fields['status']} after a later state: {job.trail}"


def ticket_is_no_failure(job: Job, event: Event) -> Iterator[str]:
    """Who reads of a failure submits again, and pays for both jobs."""
    if event.kind == "ticket" and job.order.valid and read_state(event.seen) is Word.FAILED:
        yield f"the ticket says that the job has failed: {event.seen.summary}"


def seconds_are_not_negative(_: Job, event: Event) -> Iterator[str]:
    """Times are added up and averaged: one below zero spoils every sum it goes into."""
    for name in ("metrics", "timings"):
        for part, value in node(event.seen.fields.get(name)).items():
            if isinstance(value, (int, float)) and value < 0:
                yield f"{part} of {name} is {value} s"


def one_outcome(job: Job, event: Event) -> Iterator[str]:
    """Success and failure are told once: a caller must not read both of one job."""
    if event.word not in _ENDS:
        return
    for earlier in job.of("status", "stream", "result"):
        # fal calls a job COMPLETED that its model failed: only the result route tells.
        told_late = _status_of(earlier, event) is Word.OUTPUT
        if earlier.word in _ENDS and earlier.word is not event.word and not told_late:
            yield f"{event.kind} says {event.word}, {earlier.kind} said {earlier.word}"
            return


def _status_of(one: Event, other: Event) -> Word | None:
    """Return what the state of two answers says, if the other one is a result."""
    state, result = (one, other) if one.tells_state else (other, one)
    return state.word if state.tells_state and not result.tells_state else None


def position_is_sane(job: Job, event: Event) -> Iterator[str]:
    """People watch this number fall; waits are estimated from it."""
    position = event.seen.fields.get("queue_position")
    if not isinstance(position, int) or event.is_output:
        return
    if position < 0:
        yield f"the queue position is {position}"
    seen = (
        earlier.seen.fields.get("queue_position")
        for earlier in job.of("ticket", "status", "stream")
    )
    last = next((value for value in reversed(list(seen)) if isinstance(value, int)), position)
    if position > last:
        yield f"the queue position grew from {last} to {position}"


def code_tells_the_end(_: Job, event: Event, target: Target) -> Iterator[str]:
    """fal's own clients take 200 for the end and 202 for not yet; the gateway promises nothing."""
    if target.dialect != "fal" or event.kind != "status":
        return
    expected = HTTPStatus.ACCEPTED if event.word is Word.PENDING else HTTPStatus.OK
    if event.word in (Word.PENDING, *_ENDS) and event.seen.status != expected:
        yield f"{event.seen.summary}: 200 is for an end, 202 for a job that goes on"


def logs_only_when_asked(_: Job, event: Event) -> Iterator[str]:
    """Log lines cost traffic at every poll, and may quote the input."""
    if event.tells_state and not event.logs and event.seen.fields.get("logs"):
        yield "log lines came without being asked for"


def logs_when_asked(_: Job, event: Event) -> Iterator[str]:
    """Without lines nobody sees why a job takes long; one that waits has none yet."""
    asked = event.kind == "status" and event.logs and event.word in (Word.PENDING, Word.OUTPUT)
    if asked and not event.in_queue and not isinstance(event.seen.fields.get("logs"), list):
        yield f"no log lines came, though logs=1: {event.seen.summary}"


def too_late_is_refused(job: Job, event: Event) -> Iterator[str]:
    """An accepted wish says that nothing will be charged: after the end that is a lie."""
    if event.kind == "cancel" and event.word is Word.ACCEPTED and job.ended:
        yield f"a cancel was accepted after the end: {job.trail}"


def cancel_shows(job: Job, event: Event) -> Iterator[str]:
    """Who took a job out of the queue pays for no pictures."""
    if event.is_output and job.removed:
        yield f"an output came of a job that was cancelled while it waited: {job.trail}"
    running = event.tells_state and event.seen.fields.get("status") == "IN_PROGRESS"
    if running and job.removed:
        yield f"a job runs that was cancelled while it waited: {job.trail}"


def valid_input_succeeds(job: Job, event: Event) -> Iterator[str]:
    """A job that nobody cancelled and whose input is valid has no reason to fail."""
    if event.word is Word.FAILED and job.order.certain and not job.wished_away:
        yield f"a job of a valid input failed: {event.seen.summary}"


def invalid_input_fails(job: Job, event: Event) -> Iterator[str]:
    """A field that is left out and not missed was never looked at: what was paid for then?"""
    if event.is_output and not job.order.valid:
        yield "an output came of an input that the contract refuses"
