"""How many may do something at once on an event loop, and who is next: who has waited longest."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

_REMEMBERED = 10_000
"""Names of those who gave up waiting, and may come back: as many as one batch has jobs."""


class Slots:
    """A number of slots: first come, first served.

    Who gives up waiting and comes back under the same name is served as if it had waited all the
    time. Else, when more wait than there is time for, those who gave up would queue behind those
    who were just served, again and again, and never have a turn.

    asyncio's semaphore is fair to those who stay, but to wait for it no longer than so many seconds
    takes a timeout for each request, also for the many that need not wait.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._since: dict[str, float] = {}

    def take(self) -> bool:
        """Take a slot if one is free; who comes now does not overtake those who wait."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self, seconds: float, name: str = "") -> bool:
        """Take a slot that is given back; False when none was in time."""
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[None] = loop.create_future()
        since = self._since.pop(name, loop.time())
        heapq.heappush(self._waiting, (since, next(self._numbers), turn))
        try:
            async with asyncio.timeout(seconds):
                await turn
        except TimeoutError:
            if not _was_given(turn):
                self._remember(name, since)
                return False
        except BaseException:
            if _was_given(turn):
                self.give_back()
            raise
        return True

    def give_back(self) -> None:
        """Give a slot to whoever has waited longest, if anybody waits."""
        while self._waiting:
            *_, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _remember(self, name: str, since: float) -> None:
        if name:
            self._since[name] = since
        if len(self._since) > _REMEMBERED:
            del self._since[next(iter(self._since))]


def _was_given(turn: asyncio.Future[None]) -> bool:
    """Tell whether the slot was given in the very moment that the wait ended."""
    return turn.done() and not turn.cancelled()
