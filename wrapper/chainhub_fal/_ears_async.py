"""What one flow hears on an event loop: the stream it has open, if any."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

from ._ears import Turn, all_in_use, broken_off
from ._effects import Answer, Effect, Listen
from ._slots import Slots
from ._transport import AsyncTransport
from .errors import NoAnswerError


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
        raise broken_off("the stream has ended")

    async def _open(self, listen: Listen) -> None:
        await self.aclose()
        if not self._streams.take():
            raise all_in_use()
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
        raise broken_off(f"nothing was heard for {seconds:.3g} s") from None
