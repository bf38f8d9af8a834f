"""What was done for a job is let go of when the job is: a crowd that is left must not linger."""

from __future__ import annotations

import asyncio
import gc
import itertools
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient
from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import AsyncDriver
from chainhub_fal._effects import Answer, Call, Exchange, Flow, ask
from chainhub_fal.errors import NoAnswerError
from chainhub_fal.flows.seeing import Trail
from chainhub_fal.settings import Settings

SETTINGS = Settings.load(api_key="canary-key", base_url="https://gateway.test")
GET = Exchange("look", "GET", "/jobs/1")


@pytest.fixture(autouse=True)
def _without_collections() -> Iterator[None]:
    """Have nothing freed but what nobody holds."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody is there", request=request)


NOBODY = httpx.MockTransport(unreachable)


def run(flow: Flow[object]) -> None:
    with suppress(NoAnswerError), httpx.Client(transport=NOBODY) as http:
        Driver.of(http, SETTINGS).run(flow)


def arun(flow: Flow[object]) -> None:
    async def main() -> None:  # what leaves a task is held by its loop
        async with httpx.AsyncClient(transport=NOBODY) as http:
            with suppress(NoAnswerError):
                await AsyncDriver.of(http, SETTINGS).run(flow)

    asyncio.run(main())


def trails() -> list[Trail]:
    return [each for each in gc.get_objects() if isinstance(each, Trail)]


@pytest.mark.parametrize("drive", [run, arun])
def test_a_failure_that_nobody_keeps_is_freed_at_once(
    drive: Callable[[Flow[object]], None],
) -> None:
    seen = []

    def flow() -> Flow[object]:
        try:
            return (yield from ask(Call(GET, 1.0, 1.0), Answer))
        except NoAnswerError as failure:
            seen.append(weakref.ref(failure))
            raise

    drive(flow())
    assert [reference() for reference in seen] == [None]


def test_a_crowd_that_is_left_is_let_go_of_while_its_last_job_is_waited_for() -> None:
    ids = itertools.count()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"request_id": f"job-{next(ids)}"})
        return httpx.Response(202, json={"status": "IN_QUEUE", "queue_position": 1})

    async def leave() -> list[Trail]:
        before = trails()  # which other tests may have left behind
        transport = httpx.MockTransport(answer)
        jobs = set(range(5))
        all_queued = asyncio.Event()

        def queued(_: object) -> None:
            jobs.pop()
            if not jobs:
                all_queued.set()

        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncClient(
                api_key="canary-key",
                base_url="https://gateway.test",
                http_client=http,
                schedule=lambda: itertools.repeat(60.0),
                on_enqueue=queued,
            ) as client,
        ):
            items = client.map(REDUX, [{"image_url": "https://pictures.test/cat.jpg"}] * 5)
            waiting = asyncio.ensure_future(anext(items))
            await all_queued.wait()
            held = asyncio.all_tasks()  # as whoever waits for all of them holds each
            waiting.cancel()
            await asyncio.wait([waiting])
            await client.close()
            assert all(task.done() for task in held - {asyncio.current_task()})
            return [trail for trail in trails() if trail not in before]

    assert asyncio.run(leave()) == []
