"""Runs flows on an event loop: ``arun`` beside ``_drivers``' ``run``, in a module of its own.

So a blocking client loads no event loop, which would be a third of what it loads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ._choosing import async_transport_for
from ._drivers import Driver, duration, log_retry, on_disk, opening, turn, what_is_left
from ._ears import OF_EARS
from ._ears_async import AsyncEar
from ._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Flow,
    Notice,
    Pause,
    Record,
    Steps,
)
from ._pace import Pacer
from ._slots import Slots
from ._threads import ThreadTransport
from ._ticks import Ticks
from ._transport import CONNECTIONS, DOWNLOADS, STREAMS, AsyncTransport
from ._wires import no_turn
from .settings import Settings

if TYPE_CHECKING:
    import httpx

    from .journal import Journal

R = TypeVar("R")


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
        self._ticks = Ticks()
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
                log_retry(notice.value)
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
                    await self._ticks.sleep(effect, duration(effect))
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
            call = what_is_left(call, began)
            if wait := self._turn(call.patience):
                await asyncio.sleep(wait)
                call = what_is_left(call, began)
            return await self.transport.exchange(call)
        finally:
            calls.give_back()

    def _turn(self, patience: float) -> float:
        return turn(self.pacer, patience, self.settings)

    async def _download(self, download: Download) -> Downloaded:
        if not self._downloads.take() and not await self._downloads.wait(download.within):
            raise no_turn(download.within, f"{DOWNLOADS} other downloads are under way")
        try:
            return await self.transport.download(download, opening(download))
        finally:
            self._downloads.give_back()


async def _aend(steps: Steps[Any], ear: AsyncEar) -> None:
    # No `async with`: a crowd of jobs that wait holds what it needs thousands of times.
    try:
        steps.close()
    finally:
        await ear.aclose()


def on_a_loop(driver: Driver) -> AsyncDriver:
    """Return a driver for an event loop: over the caller's HTTP client, if that one is over it."""
    if driver.borrowed:
        transport: AsyncTransport = ThreadTransport(driver.transport)
    else:
        transport = async_transport_for(None, driver.settings)
    return AsyncDriver(transport, driver.settings, driver.pacer)
