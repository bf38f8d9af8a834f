"""Runs flows for real: the only place that sleeps, reads a clock, opens a socket or a file.

``run`` and ``arun`` are the same loop in two colours; every decision is in the flow.
"""

from __future__ import annotations

import asyncio
import logging
import random
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ._choosing import async_transport_for, transport_for
from ._ears import OF_EARS, AsyncEar, Ear
from ._effects import (
    SHORTEST_TIMEOUT,
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
from ._slots import Slots
from ._threads import ThreadTransport
from ._transport import CONNECTIONS, DOWNLOADS, STREAMS, AsyncTransport, Opening, Transport
from ._wires import no_turn
from .errors import ChainHubError
from .settings import Settings

if TYPE_CHECKING:
    import httpx

    from .journal import Journal

R = TypeVar("R")

_log = logging.getLogger(__name__)


def _log_retry(notice: object) -> None:
    if isinstance(notice, ChainHubError):
        _log.info("trying again: %s", notice.problem)


def _duration(pause: Pause) -> float:
    """Draw the random share: where many clients wait, they must not wake together."""
    return pause.seconds * (1 - pause.spread * random.random())  # noqa: S311 - no secret


def _end(steps: Steps[Any], ear: Ear) -> None:
    try:
        steps.close()
    finally:
        ear.close()


async def _aend(steps: Steps[Any], ear: AsyncEar) -> None:
    # No `async with`: a crowd of jobs that wait holds what it needs thousands of times.
    try:
        steps.close()
    finally:
        await ear.aclose()


class Driver:
    """Carries out effects over a sync transport."""

    def __init__(
        self,
        transport: Transport,
        settings: Settings,
        pacer: Pacer | None = None,
        *,
        borrowed: bool = False,
        streams: threading.Semaphore | None = None,
    ) -> None:
        self.transport = transport
        self.settings = settings
        self.pacer = pacer or Pacer()
        self.borrowed = borrowed
        self._streams = streams or threading.Semaphore(STREAMS)

    @classmethod
    def of(cls, client: httpx.Client | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over connections of its own."""
        return cls(transport_for(client, settings), settings, borrowed=client is not None)

    def with_settings(self, settings: Settings) -> Self:
        """Return a driver with other settings over the same connections."""
        return type(self)(
            self.transport, settings, self.pacer, borrowed=self.borrowed, streams=self._streams
        )

    def on_a_loop(self) -> AsyncDriver:
        """Return a driver for an event loop: over the caller's HTTP client, if this is over one."""
        if self.borrowed:
            return AsyncDriver(ThreadTransport(self.transport), self.settings, self.pacer)
        return AsyncDriver(async_transport_for(None, self.settings), self.settings, self.pacer)

    def run(self, flow: Flow[R]) -> R:
        """Run a flow to its end and return its result; what is tried again is logged."""
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := self._next(steps, ear)) is not None:
                _log_retry(notice.value)
            return steps.result
        finally:
            _end(steps, ear)

    def iterate(self, flow: Flow[object]) -> Iterator[object]:
        """Run a flow and yield its notices as they come."""
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := self._next(steps, ear)) is not None:
                yield notice.value
        finally:
            _end(steps, ear)

    def _ear(self) -> Ear:
        return Ear(self.transport, self._streams, self._turn)

    def _next(self, steps: Steps[Any], ear: Ear) -> Notice | None:
        """Carry out what a flow asks for, up to its next notice; None: it has ended."""
        for effect in steps:
            if isinstance(effect, Notice):
                return effect
            try:
                performer = ear if isinstance(effect, OF_EARS) else self
                steps.reply = performer.perform(effect)
            except BaseException as failure:  # noqa: BLE001 - errors are replies, Ctrl-C too: the flow decides
                steps.failure = failure
        return None

    def perform(self, effect: Effect) -> object:
        """Carry out one effect and return its reply, or raise what is to be thrown."""
        match effect:
            case Call():
                return self._call(effect)
            case Pause():
                if effect.seconds > 0:  # else it only asks for the time
                    time.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return self._download(effect)
            case _:
                return on_disk(effect)

    def _call(self, call: Call) -> Answer:
        began = time.monotonic()
        if wait := self._turn(call.patience):
            time.sleep(wait)
        return self.transport.exchange(_what_is_left(call, began))

    def _turn(self, patience: float) -> float:
        return _turn(self.pacer, patience, self.settings)

    def _download(self, download: Download) -> Downloaded:
        return self.transport.download(download, _opening(download))


class AsyncDriver:
    """Carries out effects over a transport for an event loop."""

    def __init__(
        self,
        transport: AsyncTransport,
        settings: Settings,
        pacer: Pacer | None = None,
        *,
        slots: tuple[Slots, Slots, Slots] | None = None,
        journal: Journal | None = None,
    ) -> None:
        self.transport = transport
        self.settings = settings
        self.pacer = pacer or Pacer()
        self.journal = journal
        slots = slots or (Slots(CONNECTIONS), Slots(DOWNLOADS), Slots(STREAMS))
        self._calls, self._downloads, self._streams = slots
        # How to leave each batch that is under way: one that was only broken out of goes on until
        # the loop finds that nobody holds it.
        self.batches: set[Callable[[], Awaitable[None]]] = set()

    @classmethod
    def of(cls, client: httpx.AsyncClient | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over connections of its own."""
        return cls(async_transport_for(client, settings), settings)

    def with_settings(self, settings: Settings, journal: Journal | None = None) -> Self:
        """Return a driver with other settings, and a journal, over the same connections."""
        slots = self._calls, self._downloads, self._streams
        other = type(self)(self.transport, settings, self.pacer, slots=slots, journal=journal)
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
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := await self._next(steps, ear)) is not None:
                _log_retry(notice.value)
                if hear is not None:
                    hear(notice.value)
            return steps.result
        finally:
            await _aend(steps, ear)

    async def iterate(self, flow: Flow[object]) -> AsyncIterator[object]:
        """Run a flow and yield its notices as they come."""
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := await self._next(steps, ear)) is not None:
                yield notice.value
        finally:
            await _aend(steps, ear)

    def _ear(self) -> AsyncEar:
        return AsyncEar(self.transport, self._streams, self._turn)

    async def _next(self, steps: Steps[Any], ear: AsyncEar) -> Notice | None:
        """Carry out what a flow asks for, up to its next notice; None: it has ended."""
        for effect in steps:
            if isinstance(effect, Notice):
                return effect
            try:
                performer = ear if isinstance(effect, OF_EARS) else self
                steps.reply = await performer.perform(effect)
            except BaseException as failure:  # noqa: BLE001 - errors are replies, cancellation too: the flow decides
                steps.failure = failure
        return None

    async def perform(self, effect: Effect) -> object:
        """Carry out one effect and return its reply, or raise what is to be thrown."""
        match effect:
            case Call():
                return await self._call(effect)
            case Pause():
                if effect.seconds > 0:
                    await asyncio.sleep(_duration(effect))
                return time.monotonic()
            case Download():
                return await self._download(effect)
            case Record():
                assert self.journal is not None  # noqa: S101 - only a batch with one records
                await self.journal.record(effect.row)
                return None
            case _:
                return await asyncio.to_thread(on_disk, effect)

    async def _call(self, call: Call) -> Answer:
        began = time.monotonic()
        calls = self._calls
        if not calls.take() and not await calls.wait(call.patience, urgent=call.urgent):
            raise no_turn(call.patience, f"all {CONNECTIONS} connections are busy")
        try:
            call = _what_is_left(call, began)
            if wait := self._turn(call.patience):
                await asyncio.sleep(wait)
                call = _what_is_left(call, began)
            return await self.transport.exchange(call)
        finally:
            self._calls.give_back()

    def _turn(self, patience: float) -> float:
        return _turn(self.pacer, patience, self.settings)

    async def _download(self, download: Download) -> Downloaded:
        if not self._downloads.take() and not await self._downloads.wait(download.within):
            raise no_turn(download.within, f"{DOWNLOADS} other downloads are under way")
        try:
            return await self.transport.download(download, _opening(download))
        finally:
            self._downloads.give_back()


def _what_is_left(call: Call, began: float) -> Call:
    """Return a call that has waited for its turn since then, so that it still ends in time.

    Raises NoAnswerError when its turn came too late: a busy machine may wake it long afterwards.
    """
    left = call.within - (time.monotonic() - began)
    if left < call.least:
        raise no_turn(call.patience, "its turn came too late")
    if left >= call.timeout:
        return call
    return replace(call, timeout=max(SHORTEST_TIMEOUT, left), within=left)


def _turn(pacer: Pacer, patience: float, settings: Settings) -> float:
    """Return the seconds until a request may be sent; raises NoAnswerError when it is too long."""
    wait = pacer.reserve(time.monotonic(), settings.max_rate, patience)
    if wait is None:
        raise no_turn(patience, f"max_rate is {settings.max_rate:g} a second and others wait")
    return wait


def _opening(download: Download) -> Opening:
    from ._disk import opened  # noqa: PLC0415 - loaded with the first file

    return opened(download.folder, download.part)


def on_disk(effect: Effect) -> object:
    """Carry out what touches the disk; raises TypeError for what does not."""
    from . import _disk  # noqa: PLC0415 - loaded with the first file

    match effect:
        case Load():
            return _disk.load(effect)
        case Keep():
            return _disk.keep(effect)
        case _:
            raise TypeError(f"no driver carries out {type(effect).__name__}")
