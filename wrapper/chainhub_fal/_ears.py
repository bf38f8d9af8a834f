"""What one flow hears: the stream it has open, if any. Both ears are the same in two colours."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import suppress
from typing import TypeAlias

from ._effects import Answer, Effect, Hush, Listen
from ._slots import Slots
from ._transport import STREAMS, AsyncTransport, Transport
from ._wires import no_turn
from .errors import NoAnswerError

OF_EARS = (Listen, Hush)
"""The effects that an ear carries out, and not the driver whose walk it belongs to."""
Turn: TypeAlias = Callable[[float], float]
"""Given the seconds that may be waited, returns those until a request may be sent; or raises."""


class Ear:
    """Hears one stream at a time over a sync transport."""

    __slots__ = ("_answers", "_streams", "_transport", "_turn")

    def __init__(self, transport: Transport, streams: threading.Semaphore, turn: Turn) -> None:
        self._transport = transport
        self._streams = streams
        self._turn = turn
        self._answers: Generator[Answer] | None = None

    def perform(self, effect: Effect) -> Answer | None:
        """Carry out one effect of an ear's and return its reply."""
        if isinstance(effect, Listen):
            return self.hear(effect)
        self.close()
        return None

    def hear(self, listen: Listen) -> Answer:
        """Return what comes next; raises NoAnswerError, and then nothing is open any more."""
        if listen.opens:
            self._open(listen)
        try:
            with suppress(StopIteration):
                if self._answers is not None:
                    return next(self._answers)
        except BaseException:
            self.close()
            raise
        self.close()
        raise _broken_off("the stream has ended")

    def _open(self, listen: Listen) -> None:
        self.close()
        if not self._streams.acquire(blocking=False):
            raise _all_in_use()
        try:
            time.sleep(self._turn(listen.timeout))
            self._answers = self._transport.listen(listen)
        except BaseException:
            self._streams.release()
            raise

    def close(self) -> None:
        """Hear no more."""
        answers, self._answers = self._answers, None
        if answers is not None:
            try:
                with suppress(NoAnswerError):  # it broke while it was closed: so it is closed
                    answers.close()
            finally:
                self._streams.release()


class AsyncEar:
    """Hears one stream at a time over a transport for an event loop, and bounds its silence."""

    __slots__ = ("_answers", "_streams", "_transport", "_turn")

    def __init__(self, transport: AsyncTransport, streams: Slots, turn: Turn) -> None:
        self._transport = transport
        self._streams = streams
        self._turn = turn
        self._answers: AsyncGenerator[Answer] | None = None

    async def perform(self, effect: Effect) -> Answer | None:
        """Carry out one effect of an ear's and return its reply."""
        if isinstance(effect, Listen):
            return await self.hear(effect)
        await self.aclose()
        return None

    async def hear(self, listen: Listen) -> Answer:
        """Return what comes next; raises NoAnswerError, and then nothing is open any more."""
        if listen.opens:
            await self._open(listen)
        try:
            with suppress(StopAsyncIteration):
                if self._answers is not None:
                    return await _in_time(self._answers, listen.timeout)
        except BaseException:
            await self.aclose()
            raise
        await self.aclose()
        raise _broken_off("the stream has ended")

    async def _open(self, listen: Listen) -> None:
        await self.aclose()
        if not self._streams.take():
            raise _all_in_use()
        try:
            await asyncio.sleep(self._turn(listen.timeout))
            self._answers = self._transport.listen(listen)
        except BaseException:
            self._streams.give_back()
            raise

    async def aclose(self) -> None:
        """Hear no more."""
        answers, self._answers = self._answers, None
        if answers is not None:
            try:
                with suppress(NoAnswerError):  # it broke while it was closed: so it is closed
                    await answers.aclose()
            finally:
                self._streams.give_back()


async def _in_time(answers: AsyncGenerator[Answer], seconds: float) -> Answer:
    try:
        async with asyncio.timeout(seconds):
            return await anext(answers)
    except TimeoutError:
        raise _broken_off(f"nothing was heard for {seconds:.3g} s") from None


def _all_in_use() -> NoAnswerError:
    return no_turn(0, f"all {STREAMS} streams are in use")


def _broken_off(problem: str) -> NoAnswerError:
    now, when = time.monotonic(), time.time()
    return NoAnswerError(problem, phase="receive", unsent=False, at=now, when=when)
