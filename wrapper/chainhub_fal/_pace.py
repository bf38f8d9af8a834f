"""How fast and how many: pure rules, told the time, that never wait themselves."""

from __future__ import annotations

import threading

_SLOW_ONCE_IN = 1.0  # seconds: a storm of refusals is one refusal


class Pacer:
    """Spaces requests so that there are at most so many a second; for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._free_at = 0.0

    def reserve(self, now: float, rate: float, patience: float) -> float | None:
        """Return how long to wait for a turn, in seconds; None when it would exceed the patience.

        ``rate`` is in requests a second, 0 for no cap; ``now`` is any monotonic clock.
        """
        if rate <= 0:
            return 0.0
        with self._lock:
            turn = max(self._free_at, now)
            if turn - now > patience:
                return None
            self._free_at = turn + 1 / rate
            return turn - now


class Gate:
    """How many jobs a batch may have in flight: fewer after each refusal, slowly more again.

    Half as many after a refusal and one more for each round of successes (additive increase,
    multiplicative decrease): what lets many clients share a limit that none of them knows.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._limit = float(most)
        self._slowed_at = float("-inf")

    @property
    def limit(self) -> int:
        """Jobs that may be in flight now; at least one."""
        return max(1, int(self._limit))

    def refused(self, now: float) -> None:
        """Take note of a 429: halve the limit, once in a second at most."""
        if now - self._slowed_at >= _SLOW_ONCE_IN:
            self._slowed_at = now
            self._limit = max(1.0, self._limit / 2)

    def accepted(self) -> None:
        """Take note of a job that was queued."""
        self._limit = min(float(self.most), self._limit + 1 / self._limit)
