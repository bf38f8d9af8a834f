"""Telling how a job fares, as it happens: the blocks of a status stream."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from chainhub_fal_sandbox.dialects.bodies import JobView
from chainhub_fal_sandbox.events import PING, Blocks, event
from chainhub_fal_sandbox.queue import State

# Seconds between two looks, at most: the sandbox's clock may be a test's own, which no timer
# follows. At least: a due time may be reached and, by a rounding, not yet have come.
_LONGEST_PAUSE = 0.05
_SHORTEST_PAUSE = 0.001


@dataclass(frozen=True)
class Watch:
    """What a stream needs of the provider.

    look: the job as it is now, given how many of its log lines have been told.
    tell: the status body of such a view.
    due: when, by the sandbox's clock, the view may change next if nobody interferes.
    pause: waits so many seconds, or until somebody has interfered.
    """

    look: Callable[[int], Awaitable[JobView]]
    tell: Callable[[JobView], bytes]
    due: Callable[[JobView], float]
    pause: Callable[[float], Awaitable[None]]


async def status_blocks(watch: Watch, ping_seconds: float) -> Blocks:
    """Yield where the job stands, then each change, until it has ended; pings in between."""
    # What keeps a connection alive goes by the time of the connection, not by a test's.
    seconds = asyncio.get_running_loop().time
    ping_at = seconds() + ping_seconds
    told, lines = None, 0
    while True:
        view = await watch.look(lines)
        # Noted now: while an event is sent, other requests move the job on.
        state, written = view.job.state, view.lines
        seen = state, view.position, written if view.logs else 0
        if seen != told:
            yield event(watch.tell(view))
            if state is State.COMPLETED:
                return
            told, lines = seen, written
        elif seconds() >= ping_at:
            yield PING
            ping_at = seconds() + ping_seconds
        else:
            # Nothing was awaited since the look, so that no interference is missed.
            left = min(watch.due(view) - view.now, ping_at - seconds(), _LONGEST_PAUSE)
            await watch.pause(max(left, _SHORTEST_PAUSE))


@dataclass
class Bell:
    """Wakes the streams of one provider, when something happens that no due time foretold."""

    _heard: set[asyncio.Event] = field(default_factory=set)

    def ring(self) -> None:
        """Wake all that pause now."""
        for each in self._heard:
            each.set()

    async def pause(self, seconds: float) -> None:
        """Wait so many seconds, or until the bell rings."""
        # One for each pause: a provider may outlive the event loop that it is served by.
        heard = asyncio.Event()
        self._heard.add(heard)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await heard.wait()
        finally:
            self._heard.discard(heard)
