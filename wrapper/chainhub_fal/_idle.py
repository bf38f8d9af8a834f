"""Connections that nobody uses for now, by the origin they lead to."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Generic, Protocol, TypeVar


class Connection(Protocol):
    """The part of httpcore's connections, of either colour, that says how they are."""

    def is_available(self) -> bool: ...
    def has_expired(self) -> bool: ...


C = TypeVar("C", bound=Connection)


class Idle(Generic[C]):
    """Keeps idle connections for any number of threads; opens and closes none itself.

    The last one used is the first one taken: so no more are kept warm than are needed.
    """

    def __init__(self, most: int, sweep_after: float) -> None:
        self._most = most
        self._sweep_after = sweep_after
        self._lock = threading.Lock()
        self._kept: dict[object, deque[C]] = {}
        self._count = 0
        self._swept_at = 0.0
        self._closed = False

    def take(self, origin: object) -> tuple[C | None, list[C]]:
        """Return a connection that can be used, if there is one, and those to be closed."""
        spoilt: list[C] = []
        with self._lock:
            kept = self._kept.get(origin)
            while kept:
                connection = kept.pop()
                self._count -= 1
                if connection.is_available() and not connection.has_expired():
                    return connection, spoilt
                spoilt.append(connection)
        return None, spoilt

    def put(self, origin: object, connection: C) -> list[C]:
        """Keep a connection if it can be used again; return those to be closed."""
        with self._lock:
            spoilt = self._sweep(time.monotonic())
            if self._closed or not connection.is_available() or self._count >= self._most:
                return [*spoilt, connection]
            self._kept.setdefault(origin, deque()).append(connection)
            self._count += 1
        return spoilt

    def close(self) -> list[C]:
        """Keep none from now on; return those to be closed."""
        with self._lock:
            self._closed = True
            kept = [connection for each in self._kept.values() for connection in each]
            self._kept.clear()
            self._count = 0
        return kept

    def _sweep(self, now: float) -> list[C]:
        """Give up what nobody came back for; the oldest of an origin lie at its left."""
        if now - self._swept_at < self._sweep_after:
            return []
        self._swept_at = now
        spoilt: list[C] = []
        for origin, kept in list(self._kept.items()):
            while kept and kept[0].has_expired():
                spoilt.append(kept.popleft())
            if not kept:
                del self._kept[origin]
        self._count -= len(spoilt)
        return spoilt
