"""How long a connection of our own may be idle, and whether something has come meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable

from ._transport import LONGEST_IDLE


class Resting:
    """A connection that nobody uses for now; ``_has_news`` says whether there is something to read.

    What there is to read of an idle one is its end, or an answer that nobody asked for.
    """

    _has_news: Callable[[], bool]
    _idle_since = 0.0

    def rest(self) -> None:
        """Be idle from now on."""
        self._idle_since = time.monotonic()

    def has_expired(self) -> bool:
        """Tell whether it was idle for too long, or something has come that was not asked for."""
        return time.monotonic() - self._idle_since > LONGEST_IDLE or self._has_news()
