"""Runs flows for real: the only place that sleeps, reads a clock, opens a socket or a file.

``run`` and ``arun`` are the same loop in two colours; every decision is in the flow.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, closing
from typing import Any, Self, TypeVar

import httpx

from . import _disk
from ._effects import (
    Answer,
    Call,
    Discard,
    Download,
    Downloaded,
    Effect,
    Flow,
    Keep,
    Load,
    Notice,
    Pause,
    Steps,
)
from ._transport import MAX_ANSWER, Sink, Wire, api_wire, file_wire
from .errors import ChainHubError
from .settings import Settings

R = TypeVar("R")

_log = logging.getLogger(__name__)


def _log_retry(notice: object) -> None:
    if isinstance(notice, ChainHubError):
        _log.info("trying again: %s", notice.problem)


def _duration(pause: Pause) -> float:
    """Draw the random share: where many clients wait, they must not wake together."""
    return pause.seconds * (1 - pause.spread * random.random())  # noqa: S311 - no secret


class Driver:
    """Carries out effects with a sync HTTP client."""

    def __init__(self, client: httpx.Client, settings: Settings) -> None:
        self.client = client
        self.settings = settings

    @classmethod
    def of(cls, client: httpx.Client | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over one of its own."""
        return cls(client or httpx.Client(), settings)

    def with_settings(self, settings: Settings) -> Self:
        """Return a driver with other settings over the same connections."""
        return type(self)(self.client, settings)

    def run(self, flow: Flow[R]) -> R:
        """Run a flow to its end and return its result; what is tried again is logged."""
        steps = Steps(flow)
        for notice in self._walk(steps):
            _log_retry(notice)
        return steps.result

    def iterate(self, flow: Flow[object]) -> Iterator[object]:
        """Run a flow and yield its notices as they come."""
        yield from self._walk(Steps(flow))

    def _walk(self, steps: Steps[Any]) -> Iterator[object]:
        with closing(steps):
            for effect in steps:
                if isinstance(effect, Notice):
                    yield effect.value
                    continue
                try:
                    steps.reply = self._perform(effect)
                except BaseException as failure:  # noqa: BLE001 - errors are replies, Ctrl-C too: the flow decides
                    steps.failure = failure

    def _perform(self, effect: Effect) -> object:
        match effect:
            case Call():
                return self._call(effect)
            case Pause():
                time.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return self._download(effect)
            case _:
                return _on_disk(effect)

    def _call(self, call: Call) -> Answer:
        wire = api_wire(self.client, call, self.settings)
        body = bytearray()
        with wire.translated(), closing(self._send(wire)) as response:
            for chunk in response.iter_bytes():
                body += chunk
                wire.check(len(body), MAX_ANSWER)
            return wire.answer(response, bytes(body))

    def _download(self, download: Download) -> Downloaded:
        wire = file_wire(self.client, download)
        with (
            _disk.opened(download.folder) as (file, path),
            wire.translated(),
            closing(self._send(wire)) as response,
        ):
            sink = Sink(wire, file, str(path), download.limit)
            for chunk in response.iter_bytes():
                sink.take(chunk)
            return sink.downloaded(response)

    def _send(self, wire: Wire) -> httpx.Response:
        # auth=None and no redirects: whatever the caller's client does by default, the key goes to
        # the base URL and nowhere else.
        return self.client.send(wire.request, stream=True, auth=None, follow_redirects=False)


class AsyncDriver:
    """Carries out effects with an async HTTP client."""

    def __init__(self, client: httpx.AsyncClient, settings: Settings) -> None:
        self.client = client
        self.settings = settings

    @classmethod
    def of(cls, client: httpx.AsyncClient | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over one of its own."""
        return cls(client or httpx.AsyncClient(), settings)

    def with_settings(self, settings: Settings) -> Self:
        """Return a driver with other settings over the same connections."""
        return type(self)(self.client, settings)

    async def run(self, flow: Flow[R]) -> R:
        """Run a flow to its end and return its result; what is tried again is logged."""
        steps = Steps(flow)
        async with aclosing(self._walk(steps)) as notices:
            async for notice in notices:
                _log_retry(notice)
        return steps.result

    async def iterate(self, flow: Flow[object]) -> AsyncIterator[object]:
        """Run a flow and yield its notices as they come."""
        async with aclosing(self._walk(Steps(flow))) as notices:
            async for notice in notices:
                yield notice

    async def _walk(self, steps: Steps[Any]) -> AsyncGenerator[object, None]:
        with closing(steps):
            for effect in steps:
                if isinstance(effect, Notice):
                    yield effect.value
                    continue
                try:
                    steps.reply = await self._perform(effect)
                except BaseException as failure:  # noqa: BLE001 - errors are replies, cancellation too: the flow decides
                    steps.failure = failure

    async def _perform(self, effect: Effect) -> object:
        match effect:
            case Call():
                return await self._call(effect)
            case Pause():
                await asyncio.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return await self._download(effect)
            case _:
                return await asyncio.to_thread(_on_disk, effect)

    async def _call(self, call: Call) -> Answer:
        wire = api_wire(self.client, call, self.settings)
        body = bytearray()
        with wire.translated():
            async with aclosing(await self._send(wire)) as response:
                async for chunk in response.aiter_bytes():
                    body += chunk
                    wire.check(len(body), MAX_ANSWER)
                return wire.answer(response, bytes(body))

    async def _download(self, download: Download) -> Downloaded:
        wire = file_wire(self.client, download)
        with _disk.opened(download.folder) as (file, path), wire.translated():
            async with aclosing(await self._send(wire)) as response:
                sink = Sink(wire, file, str(path), download.limit)
                async for chunk in response.aiter_bytes():
                    sink.take(chunk)
                return sink.downloaded(response)

    async def _send(self, wire: Wire) -> httpx.Response:
        return await self.client.send(wire.request, stream=True, auth=None, follow_redirects=False)


def _on_disk(effect: Effect) -> object:
    match effect:
        case Load():
            return _disk.load(effect)
        case Keep():
            return _disk.keep(effect)
        case Discard():
            _disk.discard(effect)
            return None
        case _:
            raise TypeError(f"no driver carries out {type(effect).__name__}")
