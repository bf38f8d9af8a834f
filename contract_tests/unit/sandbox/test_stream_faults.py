"""What faults make of a status stream, one by one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chainhub_fal_sandbox import Fault, Settings, create_app
from chainhub_fal_sandbox.app import SandboxApp
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.delivery import _torn
from chainhub_fal_sandbox.events import PING, closing, edited, event
from chainhub_fal_sandbox.faults import Delivery
from chainhub_fal_sandbox.streaming import Bell

from .visits import Clock, CutOffError, Visit, ask, submit

STATES = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


@dataclass
class Seen:
    """What a client saw of a stream: ``at`` is when each block came, ``end`` how it ended."""

    head: tuple[int, str]
    blocks: list[bytes]
    at: list[float]
    end: str
    job: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(block.removeprefix(b"data: ")) for block in self.blocks]

    @property
    def states(self) -> list[str]:
        return [event["status"] for event in self.events]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(Bell, "pause", lambda _, seconds: clock.pause(seconds))
    return clock


def new_app(clock: Clock, **changes: Any) -> SandboxApp:
    usual: dict[str, Any] = {"queue_seconds": 1.0, "run_seconds": 1.0, "others_ahead": 0}
    return create_app(Settings(clock=clock, foreign_images="invent", **usual | changes))


def see(app: SandboxApp, fault: Fault | None, operation: str = "stream") -> Seen:
    return asyncio.run(_see(app, fault, operation))


async def _see(app: SandboxApp, fault: Fault | None, operation: str) -> Seen:
    status = await submit(app)
    if fault:
        app.faults.add(operation, fault)
    visit = Visit(app, f"{status}/stream")
    blocks: list[bytes] = []
    code, headers = await visit.head()
    try:
        while (block := await visit.block()) is not None:
            blocks.append(block)
        end = "end"
    except CutOffError:
        end = "cut"
    job = status.split("/")[-2]
    return Seen((code, headers["content-type"]), blocks, visit.sent_at[1:], end, job)


def torn(seen: Seen) -> bool:
    first, second = seen.blocks
    whole = json.loads(first.removeprefix(b"data: "))["status"] == "IN_QUEUE"
    return whole and second.startswith(b'data: {"status":"IN_PROGRESS"') and b"}" not in second


def is_no_json(seen: Seen) -> bool:
    with pytest.raises(ValueError, match="property name"):
        _ = seen.events
    return len(seen.blocks) == 3


def repeats(seen: Seen) -> bool:
    return seen.blocks[::2] == seen.blocks[1::2] and seen.states[::2] == STATES


def is_one_status(seen: Seen) -> bool:
    (event,) = seen.events
    return (event["status"], event["request_id"]) == ("IN_QUEUE", seen.job)


EVENTS, JSON = (200, "text/event-stream"), "application/json"
EXPECTED: dict[str, tuple[tuple[int, str], str, Callable[[Seen], bool]]] = {
    "stream-cut": (EVENTS, "cut", torn),
    "stream-ends-early": (EVENTS, "end", lambda seen: seen.states == STATES[:1]),
    "stream-nonsense": (EVENTS, "end", is_no_json),
    "stream-repeats": (EVENTS, "end", repeats),
    "stream-backwards": (EVENTS, "end", lambda seen: seen.states == [*STATES[:2], STATES[0], STATES[2], STATES[0]]),
    "stream-of-another": (EVENTS, "end", lambda seen: seen.states == STATES and not any(event["request_id"] == seen.job for event in seen.events)),
    "stream-page": ((200, "text/html; charset=utf-8"), "end", lambda seen: b"<title>" in seen.blocks[0]),
    "stream-404": ((404, JSON), "end", lambda _: True),
    "stream-buffered": (EVENTS, "end", lambda seen: seen.states == STATES and min(seen.at) >= 102),
    "stream-not-events": ((200, JSON), "end", is_one_status),
}  # fmt: skip
SILENT = {"stream-stalled": 1, "stream-never": 0}


def test_without_a_fault_each_state_comes_when_it_begins(clock: Clock) -> None:
    seen = see(new_app(clock), None)
    assert (seen.head, seen.end, seen.states) == (EVENTS, "end", STATES)
    assert seen.at == pytest.approx([100, 101, 102, 102], abs=0.002)


@pytest.mark.parametrize(
    "name", [n for n, fault in CATALOGUE.items() if fault.operation == "stream"]
)
def test_each_named_fault_does_what_it_says(name: str, clock: Clock) -> None:
    if name in SILENT:
        assert silence_after(new_app(clock, ping_seconds=0.001), name) == SILENT[name]
        return
    head, end, holds = EXPECTED[name]
    seen = see(new_app(clock), Fault.named(name))
    assert (seen.head, seen.end) == (head, end)
    assert holds(seen)


def silence_after(app: SandboxApp, name: str) -> int:
    """Return how many blocks come before nothing does, not even a comment."""

    async def listen() -> int:
        path = f"{await submit(app)}/stream"
        app.faults.add("stream", Fault.named(name))
        visit = Visit(app, path)
        await visit.head()
        blocks = 0
        try:
            async with asyncio.timeout(0.1):
                while await visit.block() not in (None, PING):
                    blocks += 1
        except TimeoutError:
            await visit.leave()
            return blocks
        raise AssertionError("it was not silent")

    return asyncio.run(listen())


@pytest.mark.parametrize(
    ("name", "end", "blocks"), [("stream-cut", "cut", 1), ("stream-ends-early", "end", 0)]
)
def test_of_a_job_that_has_ended_there_is_one_event_to_spoil(
    name: str, end: str, blocks: int, clock: Clock
) -> None:
    seen = see(new_app(clock, queue_seconds=0, run_seconds=0), Fault.named(name))
    assert (seen.end, len(seen.blocks)) == (end, blocks)
    assert not any(block.endswith(b"\n\n") for block in seen.blocks)


@pytest.mark.parametrize("operation", ["stream", "stream_status", "any"])
def test_what_edits_an_answer_edits_each_event(operation: str, clock: Clock) -> None:
    app = new_app(clock)
    seen = see(app, Fault.fields(status="PAUSED", queue_position=7), operation)
    assert seen.states == ["PAUSED"] * 3
    moved = see(app, Fault.foreign_urls("https://foreign.example"), operation)
    assert all(
        event["status_url"].startswith("https://foreign.example/fal-ai/") for event in moved.events
    )


@pytest.mark.parametrize("block", [PING, event(b"[1]")])
def test_a_comment_and_a_list_have_no_fields_to_edit(block: bytes) -> None:
    assert edited(block, lambda value: value.clear()) == block


def test_a_stream_can_be_closed_after_its_head(clock: Clock) -> None:
    seen = see(new_app(clock), Fault.drop(Delivery.HEADERS))
    assert (seen.head, seen.end, seen.blocks) == (EVENTS, "cut", [])


def test_a_stream_to_be_cut_can_be_closed_before_it_is() -> None:
    async def endless() -> AsyncGenerator[bytes, None]:
        yield PING
        await asyncio.Event().wait()

    async def leave() -> None:
        blocks = endless()
        async with closing(_torn(blocks)) as cut:
            assert await anext(cut) == PING
        await blocks.aclose()  # raises if somebody is still reading it

    asyncio.run(leave())


def test_an_answer_of_another_form_can_stall_too(clock: Clock) -> None:
    app = new_app(clock)

    async def listen() -> None:
        status = await submit(app)
        whole = len(json.dumps((await ask(app, status))[2], separators=(",", ":")))
        app.faults.add("status", Fault(delivery=Delivery.STALLED))
        visit = Visit(app, status)
        _, headers = await visit.head()
        assert headers["content-length"] == str(whole)
        assert len(await visit.block() or b"") == whole // 2
        assert not visit.task.done()
        await visit.leave()

    asyncio.run(listen())


def test_a_refusal_is_no_stream_and_is_left_alone(clock: Clock) -> None:
    app = new_app(clock, faults=("stream-not-events", "stream-repeats"))
    code, headers, body = asyncio.run(ask(app, "/fal-ai/auto/requests/7/status/stream"))
    assert (code, headers["content-type"], body) == (404, JSON, {"status": "NOT_FOUND"})
