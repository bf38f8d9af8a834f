"""How many may do something at once on an event loop, and who is next: who has waited longest.

But who says that it is urgent goes before all who do not.
"""

from __future__ import annotations

import asyncio
from collections import deque

from ._bounds import Bounds


class Slots:
    """A number of slots: first come, first served, the urgent before all others.

    asyncio's semaphore is fair too, but to wait for it no longer than so many seconds takes a
    timeout for each request, also for the many that need not wait.
    """

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._urgent: deque[_Turn] = deque()
        self._waiting: deque[_Turn] = deque()
        self._bounds = Bounds()

    def take(self) -> bool:
        """Take a slot if one is free; who comes now does not overtake those who wait."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self, seconds: float, *, urgent: bool = False) -> bool:
        """Take a slot that is given back; False when none was in time."""
        loop = asyncio.get_running_loop()
        turn = _Turn(loop.create_future(), loop.time() + seconds)
        (self._urgent if urgent else self._waiting).append(turn)
        self._bounds.add(turn, loop)
        try:
            return await turn.given
        except BaseException:
            if turn.given.done() and not turn.given.cancelled() and turn.given.result():
                self.give_back()
            raise
        finally:
            self._bounds.remove(turn)

    def give_back(self) -> None:
        """Give a slot to whoever is next, if anybody waits."""
        while waiting := self._urgent or self._waiting:
            turn = waiting.popleft()
            if not turn.given.done():
                turn.given.set_result(True)
                return
        self._free += 1


class _Turn:
    """Somebody's turn: given in time, or not at all."""

    __slots__ = ("due", "given")

    def __init__(self, given: asyncio.Future[bool], due: float) -> None:
        self.given = given
        self.due = due

    def give_up(self) -> None:
        if not self.given.done():
            self.given.set_result(False)
