"""The status as a stream: what is told, when, and how it ends."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chainhub_fal_sandbox import Fault, Sandbox, Settings, create_app, streaming
from chainhub_fal_sandbox.app import SandboxApp
from chainhub_fal_sandbox.dialects.bodies import JobView
from chainhub_fal_sandbox.events import PING, Blocks
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.queue import Queue
from chainhub_fal_sandbox.settings import DialectName
from chainhub_fal_sandbox.streaming import Bell, Watch, status_blocks

from .visits import BODY, SUBMIT, Clock, Visit, ask, submit

DIALECTS: tuple[DialectName, ...] = ("gateway", "fal")
AN_AGE = 3600.0


def new_app(clock: Clock | None = None, **changes: Any) -> SandboxApp:
    usual: dict[str, Any] = {"queue_seconds": 2.0, "run_seconds": 10.0, "foreign_images": "invent"}
    return create_app(Settings(clock=clock or Clock(), **usual | changes))


def lines_of(event: dict[str, Any]) -> list[str]:
    return [line["message"] for line in event["logs"]]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_state_is_told_at_once_then_each_change_and_then_it_ends(dialect: DialectName) -> None:
    clock = Clock()
    app = new_app(clock, dialect=dialect)

    async def watch() -> None:
        status = await submit(app)
        visit = Visit(app, f"{status}/stream")
        code, headers = await visit.head()
        assert (code, headers["content-type"]) == (200, "text/event-stream")
        assert headers["cache-control"] == "no-cache"
        assert "content-length" not in headers
        assert ("x-fal-request-id" in headers) is (dialect == "fal")
        told = []
        for clock.now in (100.0, 100.7, 101.4, 102.0, 112.0):
            event = await visit.event()
            assert event == (await ask(app, status))[2]
            told.append((event["status"], event.get("queue_position"), event["logs"]))
        waiting = [("IN_QUEUE", ahead, None) for ahead in (2, 1, 0)]
        assert told == [*waiting, ("IN_PROGRESS", None, None), ("COMPLETED", None, None)]
        assert await visit.block() is None
        await visit.leave()

    asyncio.run(watch())


def test_of_the_log_an_event_holds_the_lines_that_are_new() -> None:
    clock = Clock()
    app = new_app(clock)

    async def watch() -> None:
        visit = Visit(app, f"{await submit(app)}/stream?logs=1")
        await visit.head()
        assert (await visit.event())["logs"] is None
        told = []
        for clock.now in (102.0, 103.5, 109.5, 112.0):
            told.append(lines_of(await visit.event()))
        done = [f"{tens}0 % done" for tens in range(1, 11)]
        assert told == [["started"], done[:1], done[1:7], done[7:]]
        assert await visit.block() is None

    asyncio.run(watch())


def test_who_comes_late_is_told_all_lines_and_at_the_end_nothing_but_the_end() -> None:
    clock = Clock()
    app = new_app(clock)

    async def watch() -> None:
        path = f"{await submit(app)}/stream?logs=1"
        clock.now = 110.5
        late = Visit(app, path)
        await late.head()
        assert len(lines_of(await late.event())) == 9
        clock.now = 200
        visit = Visit(app, path)
        await visit.head()
        assert len(lines_of(await visit.event())) == 11
        assert await visit.block() is None

    asyncio.run(watch())


def test_a_change_is_told_when_it_is_due_without_asking_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    pauses = []

    async def pause(_: Bell, seconds: float) -> None:
        pauses.append(seconds)
        await clock.pause(seconds)

    monkeypatch.setattr(Bell, "pause", pause)
    monkeypatch.setattr(streaming, "_LONGEST_PAUSE", AN_AGE)
    app = new_app(clock, ping_seconds=AN_AGE)

    async def watch() -> list[float]:
        visit = Visit(app, f"{await submit(app)}/stream?logs=1")
        await visit.task
        return visit.sent_at

    _, *events, _ = asyncio.run(watch())
    times = [100, 100 + 2 / 3, 100 + 4 / 3, *range(102, 113)]
    assert events == pytest.approx(times, abs=0.002)
    assert len(pauses) < 2 * len(events)


@pytest.mark.parametrize(("dialect", "last"), [("gateway", "FAILED"), ("fal", "COMPLETED")])
def test_a_cancel_is_told_at_once_though_nothing_was_due(
    dialect: DialectName, last: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_LONGEST_PAUSE", AN_AGE)
    app = new_app(dialect=dialect, queue_seconds=AN_AGE)

    async def watch() -> None:
        status = await submit(app)
        visit = Visit(app, f"{status}/stream")
        await visit.head()
        await visit.event()
        await ask(app, status.replace("/status", "/cancel"), "PUT")
        event = await visit.event()
        assert (event["status"], event["error_type"]) == (last, "client_cancelled")
        assert await visit.block() is None

    asyncio.run(watch())


def test_what_happens_while_an_event_is_sent_is_told_next() -> None:
    queue = Queue(workers=1, queue_seconds=1.0, run_seconds=1.0)
    job = queue.submit("a", "fal-ai/any/model", {}, 0.0)

    async def look(told: int) -> JobView:
        return JobView(job, queue.position(job), 0.0, "http://sandbox", 0.0, logs=True, told=told)

    def tell(view: JobView) -> bytes:
        return json.dumps([view.job.state, view.told, view.lines]).encode()

    async def watch() -> None:
        watched = Watch(look, tell, lambda _: AN_AGE, Bell().pause)
        blocks = status_blocks(watched, AN_AGE)
        assert await anext(blocks) == b'data: ["IN_QUEUE", 0, 0]\n\n'
        queue.advance(9.0)
        assert await anext(blocks) == b'data: ["COMPLETED", 0, 11]\n\n'
        assert await anext(blocks, None) is None

    asyncio.run(watch())


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_output_is_settled_before_the_end_is_told(dialect: DialectName) -> None:
    app = new_app(dialect=dialect, queue_seconds=0, run_seconds=0, foreign_images="refuse")

    async def watch() -> None:
        status = await submit(app)
        visit = Visit(app, f"{status}/stream")
        await visit.head()
        event = await visit.event()
        assert event["status"] == ("FAILED" if dialect == "gateway" else "COMPLETED")
        assert event == (await ask(app, status))[2]
        assert await visit.block() is None

    asyncio.run(watch())


def test_a_comment_shows_that_the_stream_is_alive() -> None:
    app = new_app(queue_seconds=AN_AGE, ping_seconds=0.01)

    async def watch() -> None:
        visit = Visit(app, f"{await submit(app)}/stream")
        await visit.head()
        await visit.event()
        assert [await visit.block() for _ in range(3)] == [PING] * 3
        await visit.leave()

    asyncio.run(watch())
    with pytest.raises(ValueError, match="ping_seconds"):
        Settings(ping_seconds=0)


@pytest.mark.parametrize(
    ("expected", "query", "request_of"),
    [
        (401, "", {"key": ""}),
        (401, "", {"key": "Bearer another:key"}),
        (404, "", {"path": "/fal-ai/flux-1/requests/7/status"}),
        (405, "", {"method": "HEAD"}),
        (405, "", {"method": "POST"}),
        (422, "?logs=2", {}),
        (422, "?logs=", {}),
    ],
)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_refused_is_refused_as_on_the_status_route(
    dialect: DialectName, expected: int, query: str, request_of: dict[str, str]
) -> None:
    app = new_app(dialect=dialect)

    async def watch() -> None:
        asked = {"path": await submit(app), **request_of}
        path = asked.pop("path")
        code, headers, body = await ask(app, f"{path}/stream{query}", **asked)
        as_status = await ask(app, path + query, **asked)
        assert (code, headers["content-type"]) == (expected, "application/json")
        assert (code, set(headers), set(body)) == (as_status[0], *map(set, as_status[1:]))
        assert headers.get("allow") == ("GET" if code == 405 else None)

    asyncio.run(watch())


def test_a_job_that_the_gateway_does_not_know_is_400_by_the_settings() -> None:
    app = new_app(unknown_job="task-not-exist")
    answer = asyncio.run(ask(app, "/fal-ai/flux-1/requests/7/status/stream"))
    assert (answer[0], answer[2]["code"]) == (400, "task_not_exist")


@pytest.mark.parametrize("name", [None, "stream-cut", "stream-stalled", "stream-buffered"])
def test_a_client_that_leaves_ends_the_work(name: str | None) -> None:
    app = new_app(queue_seconds=AN_AGE)
    fault = Fault.named(name) if name else Fault()
    closed = []

    async def noting(blocks: Blocks, exchange: Exchange) -> Blocks:
        assert exchange.route.kind == "stream"
        try:
            async for block in fault.events(blocks, exchange) if fault.events else blocks:
                yield block
        finally:
            closed.append(name)

    async def watch() -> None:
        visit = Visit(app, f"{await submit(app)}/stream")
        await visit.head()
        if name != "stream-buffered":
            await visit.event()
        await visit.leave()
        assert (closed, app._service._bell._heard) == ([name], set())

    app.faults.add("stream", replace(fault, events=noting))
    asyncio.run(watch())


def test_blocks_that_cannot_be_closed_will_do() -> None:
    class Once:
        def __init__(self) -> None:
            self.left = [b": hello\n\n"]

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self

        async def __anext__(self) -> bytes:
            if not self.left:
                raise StopAsyncIteration
            return self.left.pop()

    app = new_app()
    app.faults.add("any", Fault(events=lambda *_: Once()), times=None)

    async def watch() -> None:
        visit = Visit(app, f"{await submit(app)}/stream")
        await visit.head()
        assert [await visit.block(), await visit.block()] == [b": hello\n\n", None]

    asyncio.run(watch())


@pytest.mark.parametrize("name", [None, "stream-stalled", "stream-never"])
def test_stopping_ends_an_open_stream_at_once(
    name: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    sandbox = Sandbox(queue_seconds=AN_AGE, faults=(name,) if name else ()).start()
    headers = {"authorization": sandbox.authorization}
    with httpx.Client(base_url=sandbox.base_url, headers=headers, trust_env=False) as client:
        ticket = client.post(SUBMIT, json=BODY).json()
        path = f"/fal-ai/auto/requests/{ticket['request_id']}/status/stream"
        with client.stream("GET", path) as answer:
            assert answer.headers["transfer-encoding"] == "chunked"
            pieces = answer.iter_raw()
            if name != "stream-never":
                assert next(pieces).startswith(b'data: {"status":"IN_QUEUE"')
            began = time.perf_counter()
            sandbox.stop()
            assert time.perf_counter() - began < 1
            with pytest.raises(httpx.TransportError):
                next(pieces)
    assert caplog.records == []
