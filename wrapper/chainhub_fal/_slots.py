"""How many may do something at once on an event loop, and who is next: who has waited longest.

But who says that it is urgent goes before all who do not.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """A number of slots: first come, first served, the urgent before all others.

    asyncio's semaphore is fair too, but to wait for it no longer than so many seconds takes a
    timeout for each request, also for the many that need not wait.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Take a slot if one is free; who comes now does not overtake those who wait."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self, seconds: float, *, urgent: bool = False) -> bool:
        """Take a slot that is given back; False when none was in time."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        (self._urgent if urgent else self._waiting).append(turn)
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            return _was_given(turn)
        except BaseException:
            if _was_given(turn):
                self.give_back()
            raise
        return True

    def give_back(self) -> None:
        """Give a slot to whoever is next, if anybody waits."""
        while waiting := self._urgent or self._waiting:
            turn = waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1


def _was_given(turn: asyncio.Future[None]) -> bool:
    """Tell whether the slot was given in the very moment that the wait ended."""
    return turn.done() and not turn.cancelled()
