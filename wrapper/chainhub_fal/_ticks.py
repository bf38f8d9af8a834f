"""Lets those who may wake a little earlier or later wake together, on an event loop.

To wake for one look costs a loop a turn of its own and a call of the system's, nearly as much as
the look itself; a thousand jobs that wake at moments of their own pay that for each look.
"""

from __future__ import annotations

import asyncio
import random
from math import ceil, floor

from ._effects import Pause

TICK = 0.02
"""Seconds between the moments at which many may wake."""


class Ticks:
    """Carries out pauses. The moments are this object's own: two processes do not wake in step."""

    def __init__(self) -> None:
        self._phase = random.uniform(0.0, TICK)  # noqa: S311 - no secret
        self._sleepers: dict[int, list[asyncio.Future[None]]] = {}

    async def sleep(self, pause: Pause, drawn: float) -> None:
        """Wait for as long as was drawn, or for a little more or less that the pause allows."""
        loop = asyncio.get_running_loop()
        now = loop.time()
        earliest, latest = now + pause.seconds * (1 - pause.spread), now + pause.seconds
        first, last = ceil(self._ticks_at(earliest)), floor(self._ticks_at(latest))
        if first > last:
            await asyncio.sleep(drawn)
            return
        tick = min(max(first, round(self._ticks_at(now + drawn))), last)
        if tick not in self._sleepers:
            self._sleepers[tick] = []
            loop.call_at(self._phase + tick * TICK, self._wake, tick)
        sleeper = loop.create_future()
        self._sleepers[tick].append(sleeper)
        await sleeper

    def _ticks_at(self, time: float) -> float:
        return (time - self._phase) / TICK

    def _wake(self, tick: int) -> None:
        for sleeper in self._sleepers.pop(tick):
            if not sleeper.done():
                sleeper.set_result(None)
