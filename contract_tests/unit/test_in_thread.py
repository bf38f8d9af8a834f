"""Work in a thread: nobody goes on before it has ended, and a sync transport serves an event loop."""

from __future__ import annotations

import asyncio
import threading

import httpx
import pytest

from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import on_a_loop
from chainhub_fal._effects import Answer, Call, Exchange, ask
from chainhub_fal._threads import in_thread

from .running import settings_at

GET = Exchange("look", "GET", "/jobs/1")


def test_whoever_is_cancelled_waits_for_the_end_of_the_work() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        ended.set()

    async def go() -> None:
        task = asyncio.create_task(in_thread(work))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(go())


def test_an_error_of_work_that_nobody_waits_for_any_more_is_not_lost_in_silence() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(30)
        raise OSError("the disk is full")

    async def go() -> None:
        complaints: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, about: complaints.append(about))
        task = asyncio.create_task(in_thread(work))
        await asyncio.to_thread(begun.wait, 30)
        task.cancel()
        await asyncio.sleep(0)
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert complaints == []

    asyncio.run(go())


def test_a_sync_client_of_the_callers_serves_an_event_loop_and_stays_open() -> None:
    def handle(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"on": threading.current_thread().name})

    settings = settings_at(80)
    with httpx.Client(transport=httpx.MockTransport(handle)) as client:
        driver = on_a_loop(Driver.of(client, settings))

        async def go() -> Answer:
            answer = await driver.run(ask(Call(GET, 5.0, 5.0), Answer))
            await driver.transport.close()
            return answer

        assert b"MainThread" not in asyncio.run(go()).body
        assert not client.is_closed
