"""Lies that streams tell: each event keeps its schema, and what they say together is not so."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from functools import partial

from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.events import Blocks, data_of, edited, event
from chainhub_fal_sandbox.exchange import Exchange

from .conftest import IN_STEPS
from .lies import Json, Lie, edits, growing

_LINE = {"timestamp": "2026-01-02T03:04:05.000001", "message": "loading", "level": "INFO"}


async def _told_again(blocks: Blocks, _: Exchange) -> Blocks:
    """Tell twice what is no end and has no lines, which says nothing wrong."""
    async for block in blocks:
        yield block
        value = json.loads(data_of(block) or b"{}")
        if value.get("status") in ("IN_QUEUE", "IN_PROGRESS") and not value["logs"]:
            yield block


async def _open_ended(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block
    yield await asyncio.Future[bytes]()


async def _behind(blocks: Blocks, _: Exchange) -> Blocks:
    """Tell of the queue, and of nothing that comes after it."""
    async for block in blocks:
        if b"IN_QUEUE" in block:
            yield block
    yield await asyncio.Future[bytes]()


async def _back(blocks: Blocks, _: Exchange) -> Blocks:
    """Put the job back into the queue as soon as it runs."""
    async for block in blocks:
        yield block
        if b"IN_PROGRESS" in block:
            yield edited(block, lambda value: value.update(status="IN_QUEUE"))


async def _reopened(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block
    yield event(b'{"status":"COMPLETED","request_id":"%s"}' % b"another")


async def _one(text: bytes) -> Blocks:
    yield event(text)


def _unknown_as_told() -> Fault:
    def alter(answer: Answer, exchange: Exchange) -> Answer:
        state = json.dumps({"status": "COMPLETED", "request_id": exchange.route.name})
        return Answer.stream(_one(state.encode())) if answer.status == 404 else answer

    return Fault(alter=alter)


def _unlocked() -> Fault:
    return Fault(bend=lambda rules: replace(rules, authorised=lambda _: True))


def _fails_in_the_end(value: Json) -> None:
    if value["status"] == "COMPLETED":
        value.update(status="FAILED", error="lost")


def _ended_in_queue() -> Fault:
    """Say of a job that was cancelled that it waits, and end: nobody has taken it out."""

    async def blocks_of(blocks: Blocks, _: Exchange) -> Blocks:
        async for block in blocks:
            yield edited(block, lambda value: value.update(status="IN_QUEUE"))

    return Fault(events=blocks_of)


STREAM_LIES: dict[str, Lie] = {
    "stream-position-below-zero": Lie(
        "stream", partial(Fault.fields, queue_position=-1), "position_is_sane"
    ),
    "stream-position-grows": Lie("stream", growing, "position_is_sane", IN_STEPS),
    "stream-other-header": Lie(
        "stream",
        lambda: Fault(alter=lambda answer, _: answer.with_headers({"x-fal-request-id": "a"})),
        "one_id_in_the_header",
    ),
    "stream-abroad": Lie(
        "stream", partial(Fault.foreign_urls, "https://fal.example"), "origins_are_expected"
    ),
    "stream-seconds-below-zero": Lie(
        "stream", partial(Fault.fields, metrics={"inference_time": -1}), "seconds_are_not_negative"
    ),
    "stream-two-outcomes": Lie("stream", partial(edits, _fails_in_the_end), "one_outcome"),
    "stream-back-in-the-queue": Lie(
        "stream",
        partial(Fault, events=_back),
        "states_move_forward",
        {"queue_seconds": 0.1, "run_seconds": 0.1},
    ),
    "stream-of-a-job-that-waits": Lie("stream", _ended_in_queue, "states_move_forward"),
    "stream-lines-unasked": Lie(
        "stream", partial(Fault.fields, logs=[_LINE]), "logs_only_when_asked"
    ),
    "stream-lines-withheld": Lie(
        "stream", partial(Fault.fields, logs=None), "stream_tells_lines_when_asked"
    ),
    "stream-lines-told-again": Lie(
        "stream",
        partial(edits, lambda value: value["logs"] and value.update(logs=[_LINE])),
        "stream_tells_each_line_once",
        {"queue_seconds": 0.1, "run_seconds": 0.7},
    ),
    "stream-open-ended": Lie(
        "stream", partial(Fault, events=_open_ended), "stream_ends_with_the_job"
    ),
    "stream-behind": Lie(
        "stream",
        partial(Fault, events=_behind),
        "stream_keeps_up",
        {"queue_seconds": 0.2, "run_seconds": 0.2},
    ),
    "stream-reopened": Lie(
        "stream", partial(Fault, events=_reopened), "stream_says_nothing_after_the_end"
    ),
    "stream-unknown-told": Lie("stream", _unknown_as_told, "unknown_is_404"),
    "stream-unlocked": Lie("stream", _unlocked, "key_is_needed"),
}


def told_again() -> Fault:
    """Repeat the events of a job that goes on."""
    return Fault(events=_told_again)
