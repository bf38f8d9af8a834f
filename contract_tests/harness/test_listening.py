"""Streams as they come: waited out in their silences, left when enough was heard, never for ever."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import httpx
import pytest

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.events import PING, Blocks
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Delivery

from ..events import EVENT_STREAM, events_so_far
from ..suite.worlds import CONTRACT
from . import listening
from .listening import QUIET, Heard, hear
from .target import Target

CLIENTS_OWN = 0.2  # seconds that the client itself waits
SUBMIT = next(each for each in CONTRACT.operations.values() if each.method == "POST")


def heard_of(server: Sandbox, **options: float) -> Heard:
    """Submit a job, and hear its stream."""
    body = next(iter(SUBMIT.body.examples.values()))
    target = Target(server.base_url, server.key, timeout=CLIENTS_OWN)
    with target.client() as client:
        name = client.post(SUBMIT.template, json=body, timeout=10.0).json()["request_id"]
        path = f"/fal-ai/flux-1/requests/{name}/status/stream"
        answer = client.send(client.build_request("GET", path), stream=True)
        return hear(answer, streams=True, **{"seconds": 10.0, **options})


def sandbox(run_seconds: float, **faults: Fault) -> Sandbox:
    server = Sandbox(foreign_images="invent", queue_seconds=0, run_seconds=run_seconds)
    for operation, fault in faults.items():
        server.faults.add(operation, fault, times=None)
    return server


@pytest.fixture
def endless() -> Iterator[Sandbox]:
    with sandbox(3600.0) as server:
        yield server


def test_a_silence_that_the_client_would_not_bear_is_waited_out() -> None:
    with sandbox(CLIENTS_OWN * 3) as server:
        heard = heard_of(server)
    first, *_, last = events_so_far(heard.response.content)
    assert not heard.left
    assert "IN_PROGRESS" in first
    assert "COMPLETED" in last


def test_what_goes_on_is_left_as_soon_as_it_is_quiet(endless: Sandbox) -> None:
    began = time.monotonic()
    heard = heard_of(endless, quiet=QUIET)
    assert time.monotonic() - began < 5
    (event,) = events_so_far(heard.response.content)
    assert heard.left
    assert "IN_PROGRESS" in event
    assert heard.response.elapsed.total_seconds() < 5


def test_without_that_it_is_heard_for_as_long_as_is_said(endless: Sandbox) -> None:
    began = time.monotonic()
    assert heard_of(endless, seconds=0.3).left
    assert 0.3 <= time.monotonic() - began < 5


def test_of_a_stream_that_breaks_off_there_is_no_answer() -> None:
    with (
        sandbox(0.0, stream=Fault.drop(Delivery.HALF)) as server,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        heard_of(server)


async def flooding(_: Blocks, __: Exchange) -> Blocks:
    while True:
        yield PING * 100
        await asyncio.sleep(0)  # so that the sandbox can see that the client has left


@pytest.mark.parametrize("media_type", [EVENT_STREAM, "text/plain"])
def test_a_flood_is_left_before_it_fills_the_memory(
    media_type: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "MOST", 10_000)
    announced = {"content-type": media_type}
    flood = Fault(alter=lambda answer, _: answer.with_headers(announced), events=flooding)
    began = time.monotonic()
    with sandbox(0.0, stream=flood) as server:
        heard = heard_of(server)
    assert heard.left
    assert time.monotonic() - began < 5
    assert 10_000 < len(heard.response.content) < 1_000_000


async def breaking(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block + block[:20]
        await asyncio.Event().wait()


def test_what_is_left_within_an_event_is_cut_before_it() -> None:
    with sandbox(0.0, stream=Fault(events=breaking)) as server:
        heard = heard_of(server, seconds=0.3)
    assert heard.left
    assert heard.response.content.endswith(b"\n\n")
    assert len(events_so_far(heard.response.content)) == 1


def test_an_answer_that_is_no_stream_is_whole_even_where_one_may_come() -> None:
    with sandbox(0.0, stream=Fault.status(503)) as server:
        heard = heard_of(server)
    assert (heard.left, heard.response.status_code) == (False, 503)
    assert heard.response.json()
