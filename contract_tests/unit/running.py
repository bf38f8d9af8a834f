"""Runs a flow over each of the ways that a client's requests can take, and tests on a loop."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from contextlib import closing
from dataclasses import replace
from typing import Any, TypeVar, cast

import httpx

from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import AsyncDriver
from chainhub_fal._effects import Flow
from chainhub_fal.settings import Settings, TransportName

R = TypeVar("R")

OWN = ("sync", "httpx", "aiohttp")
"""Transports of the client's own, in both colours."""
CLIENTS = ("sync client", "async client")
"""HTTP clients of the caller's."""


def looped(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Make a test of a coroutine: an event loop of its own runs it."""

    def run_it() -> None:
        asyncio.run(test())

    run_it.__name__ = test.__name__
    return run_it


def settings_at(port: int, *, scheme: str = "http", host: str = "127.0.0.1") -> Settings:
    """Return settings that lead to a server on this machine."""
    return Settings.load(api_key="canary-key", base_url=f"{scheme}://{host}:{port}")


def run(way: str, flow: Flow[R], settings: Settings) -> R:
    """Run a flow over a transport of our own, or over an HTTP client of the caller's."""
    if way == "sync client":
        with httpx.Client(trust_env=False) as client:
            return Driver.of(client, settings).run(flow)
    if way == "sync":
        driver = Driver.of(None, settings)
        with closing(driver.transport):
            return driver.run(flow)
    return asyncio.run(_run(way, flow, settings))


async def _run(way: str, flow: Flow[R], settings: Settings) -> R:
    if way == "async client":
        async with httpx.AsyncClient(trust_env=False) as client:
            return await AsyncDriver.of(client, settings).run(flow)
    over = AsyncDriver.of(None, replace(settings, transport=cast("TransportName", way)))
    try:
        return await over.run(flow)
    finally:
        await over.transport.close()


class _Idle(selectors.SelectSelector):
    """Lets time pass where a loop would wait."""

    now = 1000.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        assert ready or timeout is not None, "everybody sleeps, for ever"
        self.now += 0.0 if ready else timeout or 0.0
        return ready


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose time is its own: it waits for nothing."""

    def __init__(self) -> None:
        self._idle = _Idle()
        super().__init__(self._idle)

    def time(self) -> float:
        return self._idle.now


def in_own_time(work: Coroutine[Any, Any, R]) -> R:
    """Run a coroutine on a loop that waits for nothing: where all wait, its time goes on."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(work)
