"""How many may do something at once on an event loop, in the order in which they came."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """A number of slots: first come, first served.

    asyncio's semaphore is as fair, but to wait for it no longer than so many seconds takes a task
    or a timeout for each request, also for the many that need not wait.
    """

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Take a slot if one is free; who comes now does not overtake those who wait."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self, seconds: float) -> bool:
        """Take the next slot that is given back; False when none was in time."""
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            return self._gave_up(turn)
        except BaseException:
            if self._gave_up(turn):
                self.give_back()
            raise
        return True

    def give_back(self) -> None:
        """Give a slot to whoever has waited longest, if anybody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    @staticmethod
    def _gave_up(turn: asyncio.Future[None]) -> bool:
        """Tell whether the slot was given in the very moment that the wait ended."""
        given = turn.done() and not turn.cancelled()
        turn.cancel()
        return given
