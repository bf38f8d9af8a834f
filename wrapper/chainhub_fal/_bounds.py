"""The end of what takes too long on an event loop, of many things at once."""

from __future__ import annotations

import asyncio
from typing import Protocol


class Bound(Protocol):
    """What has a time to be over, on the clock of its event loop."""

    due: float

    def give_up(self) -> None:
        """End: the time is over."""


class Bounds:
    """Ends what takes too long, with one timer for all of it.

    Of a timer for each, set and taken back a thousand times a second, the event loop keeps the
    remains for as long as they would have taken.
    """

    def __init__(self) -> None:
        self._under_way: set[Bound] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, bound: Bound, loop: asyncio.AbstractEventLoop) -> None:
        """Watch one more."""
        self._under_way.add(bound)
        if self._timer is None or bound.due < self._timer.when():
            self._set(bound.due, loop)

    def remove(self, bound: Bound) -> None:
        """Watch one no more, if it still is; the timer stays, for the next."""
        self._under_way.discard(bound)

    def _set(self, due: float, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(due, self._look, loop)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        now = loop.time()
        for late in [bound for bound in self._under_way if bound.due <= now]:
            self._under_way.remove(late)
            late.give_up()
        if self._under_way:
            self._set(min(bound.due for bound in self._under_way), loop)
