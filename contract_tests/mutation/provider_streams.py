"""Mutants of streams: what their events hold, in which order they come, and when they end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.events import PING, Blocks, data_of, edited, event
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Alteration, Fault

from .provider_edits import (
    GOOD,
    Body,
    Edit,
    alters,
    drops,
    edits,
    error,
    every,
    from_read,
    missing,
    only,
    recodes,
    replaces,
    sets,
    types,
)
from .provider_mutant import Group, Make, Mutant, mutant

Told = Callable[[int, Body, bytes], Iterable[bytes]]
"""What is sent in the place of an event: its number, what it holds, and its block."""

_STREAM = "stream"
_OTHER_ID = "11111111-2222-4333-8444-555555555555"
_LINE = {"timestamp": "2026-01-02T03:04:05.000001", "message": "loading", "level": "INFO"}
_PAUSE = 0.05  # seconds between two comments of a stream that has nothing else to say


def stream_mutants() -> Iterator[Mutant]:
    """Yield the mutants of streams, each in the group of what it gets wrong."""
    for name, why, edit in _FIELDS:
        yield mutant("schema", f"stream-{name}", why, edits(_STREAM, edit))
    for name, why, media_type in _TYPES:
        yield mutant("media type", f"stream-{name}", why, types(_STREAM, media_type))
    for name, group, why, told in _TOLD:
        yield mutant(group, f"stream-{name}", why, _tells(told), waiting=True)
    yield from _answers()
    yield from _logs()
    yield from _ends()


def _lower(body: Body) -> None:
    body["status"] = str(body["status"]).lower()


_FIELDS: tuple[tuple[str, str, Edit], ...] = (
    ("no-state", "an event that does not say where the job stands", drops("status")),
    ("state-lower-case", "completed is no state: it is waited for for ever", _lower),
    ("state-unknown", "a client does not know what to do next", sets("status", "PAUSED")),
    ("no-id", "an event about nobody's job", drops("request_id")),
    ("id-number", "an id as a number loses digits", sets("request_id", 7)),
    ("position-text", "queue_position as text", sets("queue_position", "1")),
    ("position-negative", "-1 jobs ahead", sets("queue_position", -1)),
    ("logs-text", "log lines as one text", sets("logs", "loading")),
    ("metrics-list", "a list where an object is promised", sets("metrics", [])),
)
_TYPES = (
    ("as-text", "announced as text: nobody listens for events", "text/plain"),
    ("as-json", "announced as JSON: a reader waits for its end", "application/json"),
    ("as-lines", "announced as lines of JSON", "application/x-ndjson"),
    ("without-type", "announced as nothing", ""),
)


def _is_end(value: Body) -> bool:
    return value.get("status") in ("COMPLETED", "FAILED")


def _changed(block: bytes, **fields: object) -> bytes:
    return edited(block, lambda value: value.update(fields))


def _in_the_end(edit: Callable[[bytes], Iterable[bytes]]) -> Told:
    """Change the event that tells the end."""
    return lambda _, value, block: edit(block) if _is_end(value) else [block]


def _place_grows(number: int, value: Body, block: bytes) -> Iterable[bytes]:
    waits = value.get("status") == "IN_QUEUE"
    yield _changed(block, queue_position=number) if waits else block


def _second_is_nobodys(number: int, value: Body, block: bytes) -> Iterable[bytes]:
    nobodys = {name: each for name, each in value.items() if name != "request_id"}
    yield event(json.dumps(nobodys).encode()) if number == 2 else block


_TOLD: tuple[tuple[str, Group, str, Told], ...] = (
    ("second-no-id", "schema", "only the first event names the job", _second_is_nobodys),
    (
        "misspelt-end",
        "schema",
        "the end stands in a field that no reader knows: it never comes",
        _in_the_end(lambda block: [block.replace(b"data", b"date", 1)]),
    ),
    (
        "without-blank-lines",
        "schema",
        "events run into each other: none of them is ever heard",
        lambda _, __, block: [block.rstrip(b"\n") + b"\n"],
    ),
    (
        "latin-1",
        "schema",
        "bytes that are no UTF-8: who decodes strictly breaks off",
        _in_the_end(lambda block: [b": termin\xe9\n\n", block]),
    ),
    (
        "bare-lines",
        "schema",
        "lines of JSON under the name of events",
        lambda _, __, block: [(data_of(block) or b"") + b"\n"],
    ),
    (
        "end-unsaid",
        "sequence",
        "it ends, and has not said that the job has",
        _in_the_end(lambda _: []),
    ),
    (
        "end-twice",
        "sequence",
        "the end is told twice: who counts ends counts two jobs",
        _in_the_end(lambda block: [block, block]),
    ),
    (
        "goes-on-after-the-end",
        "sequence",
        "running again after its end",
        _in_the_end(lambda block: [block, _changed(block, status="IN_PROGRESS")]),
    ),
    (
        "fails-in-the-end",
        "sequence",
        "failed, says the stream, done, say the others: paid, and thrown away",
        _in_the_end(lambda block: [_changed(block, status="FAILED", error="lost")]),
    ),
    (
        "done-at-once",
        "sequence",
        "done, says the stream, while the job waits",
        lambda number, _, block: [_changed(block, status="COMPLETED")] if number == 1 else [],
    ),
    ("place-grows", "sequence", "the place in the queue gets worse", _place_grows),
    (
        "end-of-another",
        "identity",
        "the end of another job: who believes it reads too early",
        _in_the_end(lambda block: [_changed(block, request_id=_OTHER_ID)]),
    ),
    (
        "urls-foreign",
        "identity",
        "an event that sends the key to another host",
        _in_the_end(lambda block: [_changed(block, status_url="https://fal.example/status")]),
    ),
)


def _tells(told: Told) -> Fault:
    """Send something else in the place of each event; comments pass."""

    async def rework(blocks: Blocks, _: Exchange) -> Blocks:
        number = 0
        async for block in blocks:
            data = data_of(block)
            number += data is not None
            for each in [block] if data is None else told(number, json.loads(data), block):
                yield each

    return Fault(operation=_STREAM, events=rework)


def _answers() -> Iterator[Mutant]:
    for old, new, why in (
        (200, 202, "202 for a job that waits: the contract's word is 200"),
        (200, 206, "a whole answer announced as a part"),
        (404, 410, "an undocumented word for an unknown job"),
        (401, 403, "a wrong key looks like an empty account"),
    ):
        yield mutant("status", f"stream-{old}-{new}", why, recodes(_STREAM, old, new))
    nothing = alters(_STREAM, only((404,), _told_of_nobody))
    why = "an unknown id is told of as if it had ended"
    yield mutant("identity", "stream-of-nobody", why, nothing)
    bad = replaces(_STREAM, 422, Answer.json(500, {"detail": "Internal Server Error"}))
    yield mutant("status", "stream-bad-logs-crash", "a bad query crashes it", bad)
    late = Fault(operation=_STREAM, seconds=30)
    yield mutant("time", "stream-slow", "its head comes after half a minute", late)
    moody, why = _fresh(lambda: every(4, error(503))), "down now and then"
    yield Mutant("stream-every-4th-503", "status", why, moody)
    once, why = _fresh(lambda: from_read(2, missing())), "heard once: a broken line is not mended"
    yield Mutant("stream-once", "sequence", why, once)


def _fresh(alter: Callable[[], Alteration]) -> Make:
    """Make an alteration that remembers what it saw, anew for each run."""
    return lambda: (alters(_STREAM, alter()),)


def _told_of_nobody(_: Answer, exchange: Exchange) -> Answer:
    async def blocks() -> Blocks:
        state = {"status": "COMPLETED", "request_id": exchange.route.name}
        yield event(json.dumps(state).encode())

    return Answer.stream(blocks())


def _logs() -> Iterator[Mutant]:
    again = edits(_STREAM, lambda body: body["logs"] is not None and body.update(logs=[_LINE]))
    why = "each event holds the same line again: who collects them has it many times"
    yield mutant("sequence", "stream-lines-again", why, again, waiting=True)
    silent = edits(_STREAM, sets("logs", None))
    yield mutant("sequence", "stream-lines-never", "log lines are asked for and never come", silent)
    chatty = edits(_STREAM, sets("logs", [_LINE]))
    yield mutant("sequence", "stream-lines-unasked", "log lines that nobody asked for", chatty)
    negative = edits(_STREAM, sets("metrics", {"inference_time": -1.5}))
    yield mutant("time", "stream-negative-seconds", "a job that ran less than no time", negative)


def _ends() -> Iterator[Mutant]:
    for name, why, rework in (
        ("stream-left-open", "told everything, and never ends", _left_open),
        ("stream-only-pings", "alive for ever, and says nothing of the end", _only_pings),
        ("stream-behind", "it never learns that the job has begun", _behind),
    ):
        fault = Fault(operation=_STREAM, events=rework)
        yield mutant("time", name, why, fault, waiting=True)
    why = "a proxy that ends every stream after a while, as if all were told"
    cut = Fault(operation=_STREAM, events=_proxied)
    yield mutant("sequence", "stream-proxied", why, cut, waiting=True)
    why = "the stream of a cancelled job never ends: it is waited for for ever"
    yield Mutant("stream-cancelled-goes-on", "sequence", why, _after_cancel, waiting=True)


async def _left_open(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block
    yield await asyncio.Future[bytes]()


async def _only_pings(blocks: Blocks, _: Exchange) -> Blocks:
    yield await anext(blocks)
    while True:
        yield PING
        await asyncio.sleep(_PAUSE)


async def _behind(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        if b"IN_QUEUE" in block:
            yield block
    yield await asyncio.Future[bytes]()


async def _proxied(blocks: Blocks, _: Exchange) -> Blocks:
    yield await anext(blocks)


def _after_cancel() -> tuple[Fault, ...]:
    cancelled: set[str] = set()

    def note(answer: Answer, exchange: Exchange) -> Answer:
        if answer.status in GOOD:
            cancelled.add(exchange.route.name)
        return answer

    async def rework(blocks: Blocks, exchange: Exchange) -> Blocks:
        async for block in blocks:
            gone = exchange.route.name in cancelled
            yield _changed(block, status="IN_PROGRESS") if gone else block
        if exchange.route.name in cancelled:
            yield await asyncio.Future[bytes]()

    return alters("cancel", note), Fault(operation=_STREAM, events=rework)
