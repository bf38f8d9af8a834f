"""Connections of our own on an event loop: opened where none is idle, and kept for the next."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Collection
from typing import Generic, Protocol, TypeVar

from ._certificates import Certificates
from ._idle import Idle
from ._places import Place
from ._transport import CONNECTIONS, LONGEST_IDLE


class Pooled(Protocol):
    """A connection as the pool knows it."""

    def is_available(self) -> bool: ...
    def has_expired(self) -> bool: ...
    def rest(self) -> None: ...
    def end(self) -> None: ...
    async def aclose(self) -> None: ...


C = TypeVar("C", bound=Pooled)


class Pool(Generic[C]):
    """Gives out connections; whoever has one uses it alone."""

    def __init__(
        self,
        certificates: Certificates,
        connect: Callable[[Place, ssl.SSLContext | None], Awaitable[C]],
    ) -> None:
        self._certificates = certificates
        self._connect = connect
        self._idle: Idle[C] = Idle(CONNECTIONS, LONGEST_IDLE)

    async def take(self, place: Place) -> C:
        """Return a connection to a place; raises ConnectError."""
        connection, spoilt = self._idle.take(place)
        await self._close(spoilt)
        if connection is not None:  # as a queue of answers, aiohttp's is false while it is empty
            return connection
        context = self._certificates.context() if place.secure else None
        return await self._connect(place, context)

    async def put(self, place: Place, connection: C) -> None:
        """Keep a connection if it can be used again, or close it."""
        connection.rest()
        await self._close(self._idle.put(place, connection))

    async def close(self) -> None:
        """Close every connection that is idle; those in use are closed when they are given back."""
        await self._close(self._idle.close())

    @staticmethod
    async def _close(connections: Collection[C]) -> None:
        for connection in connections:  # before another is opened in the place of one
            connection.end()
        for connection in connections:
            await connection.aclose()
