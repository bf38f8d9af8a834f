"""Runs flows for real: the only place that sleeps, reads a clock, opens a socket or a file.

``run`` and ``arun`` are the same loop in two colours; every decision is in the flow.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, closing
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx

from . import _disk
from ._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Flow,
    Keep,
    Load,
    Notice,
    Pause,
    Record,
    Steps,
)
from ._pace import Pacer
from ._transport import MAX_ANSWER, Sink, Wire, api_wire, file_wire
from .errors import ChainHubError, NoAnswerError
from .settings import Settings

if TYPE_CHECKING:
    from .journal import Journal

R = TypeVar("R")

CONNECTIONS = 64
"""Requests of one client that are under way at once."""
LONGEST_IDLE = 4.0
"""Seconds after which an idle connection is not used again. Common servers (uvicorn, Node) close
theirs after 5 s: a submit sent at that very moment would be lost without an answer."""

_log = logging.getLogger(__name__)


def _log_retry(notice: object) -> None:
    if isinstance(notice, ChainHubError):
        _log.info("trying again: %s", notice.problem)


def _duration(pause: Pause) -> float:
    """Draw the random share: where many clients wait, they must not wake together."""
    return pause.seconds * (1 - pause.spread * random.random())  # noqa: S311 - no secret


class Driver:
    """Carries out effects with a sync HTTP client."""

    def __init__(
        self,
        client: httpx.Client,
        settings: Settings,
        pacer: Pacer | None = None,
        *,
        borrowed: bool = True,
    ) -> None:
        self.client = client
        self.settings = settings
        self.pacer = pacer or Pacer()
        self.borrowed = borrowed

    @classmethod
    def of(cls, client: httpx.Client | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over one of its own."""
        return cls(client or httpx.Client(limits=limits()), settings, borrowed=client is not None)

    def with_settings(self, settings: Settings) -> Self:
        """Return a driver with other settings over the same connections."""
        return type(self)(self.client, settings, self.pacer, borrowed=self.borrowed)

    def on_a_loop(self) -> AsyncDriver:
        """Return a driver for an event loop: over the caller's HTTP client, if this is over one."""
        if self.borrowed:
            return BorrowingDriver(own_client(), self.settings, self.pacer, sync=self)
        return AsyncDriver(own_client(), self.settings, self.pacer)

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
                    steps.reply = self.perform(effect)
                except BaseException as failure:  # noqa: BLE001 - errors are replies, Ctrl-C too: the flow decides
                    steps.failure = failure

    def perform(self, effect: Effect) -> object:
        """Carry out one effect and return its reply, or raise what is to be thrown."""
        match effect:
            case Call():
                return self._call(effect)
            case Pause():
                time.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return self._download(effect)
            case _:
                return on_disk(effect)

    def _call(self, call: Call) -> Answer:
        time.sleep(_turn(self.pacer, call, self.settings))
        wire = api_wire(self.client, call, self.settings)
        body = bytearray()
        with wire.translated(), closing(self._send(wire)) as response:
            for chunk in response.iter_bytes():
                body += chunk
                wire.check(len(body), MAX_ANSWER)
            return wire.answer(response, bytes(body))

    def _download(self, download: Download) -> Downloaded:
        wire = file_wire(self.client, download, self.settings)
        with (
            _disk.opened(download.folder, download.part) as file,
            wire.translated(),
            closing(self._send(wire)) as response,
        ):
            sink = Sink(wire, file, download)
            if sink.begins(response):
                for chunk in response.iter_bytes():
                    sink.take(chunk)
            return sink.downloaded(response)

    def _send(self, wire: Wire) -> httpx.Response:
        # auth=None and no redirects: whatever the caller's client does by default, the key goes to
        # the base URL and nowhere else.
        return self.client.send(wire.request, stream=True, auth=None, follow_redirects=False)


class AsyncDriver:
    """Carries out effects with an async HTTP client."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        settings: Settings,
        pacer: Pacer | None = None,
        *,
        slots: asyncio.Semaphore | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.client = client
        self.settings = settings
        self.pacer = pacer or Pacer()
        self.journal = journal
        self._slots = slots or asyncio.Semaphore(CONNECTIONS)
        # How to leave each batch that is under way: one that was only broken out of goes on until
        # the loop finds that nobody holds it.
        self.batches: set[Callable[[], Awaitable[None]]] = set()

    @classmethod
    def of(cls, client: httpx.AsyncClient | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over one of its own."""
        return cls(client or own_client(), settings)

    def with_settings(self, settings: Settings, journal: Journal | None = None) -> Self:
        """Return a driver with other settings, and a journal, over the same connections."""
        other = type(self)(self.client, settings, self.pacer, slots=self._slots, journal=journal)
        other.batches = self.batches
        return other

    async def leave_batches(self) -> None:
        """Leave every batch that is under way, and wait until that is done."""
        for leave in list(self.batches):
            await leave()

    async def run(self, flow: Flow[R], hear: Callable[[object], None] | None = None) -> R:
        """Run a flow to its end and return its result; what is tried again is logged.

        ``hear`` is told each notice as well.
        """
        steps = Steps(flow)
        async with aclosing(self._walk(steps)) as notices:
            async for notice in notices:
                _log_retry(notice)
                if hear is not None:
                    hear(notice)
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
                    steps.reply = await self.perform(effect)
                except BaseException as failure:  # noqa: BLE001 - errors are replies, cancellation too: the flow decides
                    steps.failure = failure

    async def perform(self, effect: Effect) -> object:
        """Carry out one effect and return its reply, or raise what is to be thrown."""
        match effect:
            case Call():
                return await self._call(effect)
            case Pause():
                await asyncio.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return await self._download(effect)
            case Record():
                assert self.journal is not None  # noqa: S101 - only a batch with one records
                await asyncio.wrap_future(self.journal.write(effect.row))
                return None
            case _:
                return await asyncio.to_thread(on_disk, effect)

    async def _call(self, call: Call) -> Answer:
        async with self._slot(call):
            await asyncio.sleep(_turn(self.pacer, call, self.settings))
            wire = api_wire(self.client, call, self.settings)
            body = bytearray()
            with wire.translated():
                async with aclosing(await self._send(wire)) as response:
                    async for chunk in response.aiter_bytes():
                        body += chunk
                        wire.check(len(body), MAX_ANSWER)
                    return wire.answer(response, bytes(body))

    @asynccontextmanager
    async def _slot(self, call: Call) -> AsyncIterator[None]:
        """Wait for a connection here: a crowd that waits in httpx's own pool halts it."""
        try:
            async with asyncio.timeout(call.timeout):
                await self._slots.acquire()
        except TimeoutError:
            raise _no_turn(call, f"all {CONNECTIONS} connections are busy") from None
        try:
            yield
        finally:
            self._slots.release()

    async def _download(self, download: Download) -> Downloaded:
        wire = file_wire(self.client, download, self.settings)
        with _disk.opened(download.folder, download.part) as file, wire.translated():
            async with aclosing(await self._send(wire)) as response:
                sink = Sink(wire, file, download)
                if sink.begins(response):
                    async for chunk in response.aiter_bytes():
                        sink.take(chunk)
                return sink.downloaded(response)

    async def _send(self, wire: Wire) -> httpx.Response:
        return await self.client.send(wire.request, stream=True, auth=None, follow_redirects=False)


class BorrowingDriver(AsyncDriver):
    """Carries out effects on an event loop with the caller's own sync HTTP client, in threads."""

    def __init__(self, *args: Any, sync: Driver, **options: Any) -> None:
        # AsyncDriver's own arguments, passed through as they are
        super().__init__(*args, **options)
        self._sync = sync

    def with_settings(self, settings: Settings, journal: Journal | None = None) -> Self:
        """Return a driver with other settings, and a journal, over the same connections."""
        sync = self._sync.with_settings(settings)
        return type(self)(self.client, settings, self.pacer, sync=sync, journal=journal)

    async def perform(self, effect: Effect) -> object:
        """Carry out one effect; what waits for a socket waits in a thread."""
        if isinstance(effect, Call | Download):
            return await asyncio.to_thread(self._sync.perform, effect)
        return await super().perform(effect)


def own_client() -> httpx.AsyncClient:
    """Make an HTTP client for an event loop."""
    return httpx.AsyncClient(limits=limits())


def limits() -> httpx.Limits:
    """Return how many connections are kept, which is all of them: to open one costs round trips."""
    return httpx.Limits(
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=LONGEST_IDLE,
    )


def _turn(pacer: Pacer, call: Call, settings: Settings) -> float:
    """Return the seconds until a request may be sent; raises NoAnswerError when it is too long."""
    wait = pacer.reserve(time.monotonic(), settings.max_rate, call.timeout)
    if wait is None:
        raise _no_turn(call, f"max_rate is {settings.max_rate:g} a second and others wait")
    return wait


def _no_turn(call: Call, why: str) -> NoAnswerError:
    return NoAnswerError(
        f"no turn came within {call.timeout:g} s: {why}",
        phase="turn",
        unsent=True,
        at=time.monotonic(),
        when=time.time(),
        bytes_written=0,
    )


def on_disk(effect: Effect) -> object:
    """Carry out what touches the disk; raises TypeError for what does not."""
    match effect:
        case Load():
            return _disk.load(effect)
        case Keep():
            return _disk.keep(effect)
        case _:
            raise TypeError(f"no driver carries out {type(effect).__name__}")
