"""A file's answer, read from its connection straight into memory that is used again.

A file of a megabyte comes in pieces of some hundred kilobytes. To make an object of each, to copy
it out of a parser and to wake a reader costs more than to receive it. Here a connection's protocol
reads the head alone; the body comes to where the file is written from.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

from ._places import ReadError, ReadTimeout
from ._sinks import CHUNK

_LONGEST_HEAD = 128 * 1024
"""Bytes in which a head must have ended; the protocol refuses what is longer."""
_INTERIM = b"1"  # how the status of a head begins that is followed by another
ROOM = _LONGEST_HEAD + 5 * CHUNK
"""Bytes of the memory that is lent: for a head, four pieces, and one that comes too soon."""


class Intake(asyncio.BufferedProtocol):
    """Stands in for a connection's protocol, its owner, while one answer comes.

    ``room`` is the memory it comes to, of the size :data:`ROOM`. ``quiet`` is how many seconds
    without a byte end a body.
    """

    def __init__(
        self,
        owner: asyncio.Protocol,
        transport: asyncio.Transport,
        room: bytearray,
        quiet: float,
    ) -> None:
        self._owner = owner
        self._transport = transport
        self._room, self._view = room, memoryview(room)
        self._quiet = quiet
        self._loop = asyncio.get_running_loop()
        self._in_head = True
        self._begin = self._end = 0  # where what has come and was not taken lies
        self._wanted = CHUNK
        self._heard_at = 0.0
        self._waiting: asyncio.Future[None] | None = None
        self._broken: Exception | None = None
        self.left = 0
        """Bytes of the body that were not taken; whoever has read the head sets it."""

    def __enter__(self) -> Self:
        """Have what comes from now on come here."""
        self._transport.set_protocol(self)
        self._timer = self._loop.call_later(self._quiet, self._look)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the connection back."""
        self.leave()

    def leave(self) -> None:
        """Give the connection back: its owner gets what was not taken, and what will come."""
        self._timer.cancel()
        self._transport.set_protocol(self._owner)
        rest = bytes(self._view[self._begin : self._end])
        self._begin = self._end
        if rest:
            self._owner.data_received(rest)
        self._transport.resume_reading()

    async def collect(self, most: int) -> Exception | None:
        """Wait for so many bytes, or for what is left; return what ended that too soon.

        What has come until then can be taken in any case.
        """
        self._wanted = min(most, self.left)
        if self._is_short() and self._broken is None:
            self._heard_at = self._loop.time()
            waiting = self._waiting = self._loop.create_future()
            self._transport.resume_reading()
            await waiting
        self._transport.pause_reading()
        return self._broken if self._is_short() else None

    def take(self) -> memoryview:
        """Return what has come of the body, which stands there until more is collected."""
        size = min(self._end - self._begin, self.left)
        taken = self._view[self._begin : self._begin + size]
        self.left -= size
        self._begin += size
        if self._begin == self._end:
            self._begin = self._end = 0
        return taken

    def _is_short(self) -> bool:
        return self._end - self._begin < self._wanted

    # What the loop tells

    def get_buffer(self, sizehint: int) -> memoryview:
        """Return where to put what comes; there is room for more than is waited for."""
        del sizehint
        return self._view[self._end : self._end + CHUNK]

    def buffer_updated(self, nbytes: int) -> None:
        """Take note of what has come."""
        self._end += nbytes
        self._heard_at = self._loop.time()
        if self._in_head:
            self._read_head()
        if not self._is_short():
            self._transport.pause_reading()
            self._wake()

    def eof_received(self) -> bool | None:
        """Let the owner decide what becomes of a connection whose other end will say no more."""
        return self._owner.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end, and tell the owner."""
        self._fail(ReadError())
        self._owner.connection_lost(exc)

    def _read_head(self) -> None:
        """Give heads to the owner, until there is one that no other follows."""
        while self._in_head and (size := self._head_size()):
            head = bytes(self._view[self._begin : self._begin + size])
            self._begin += size
            self._in_head = head.partition(b" ")[2].startswith(_INTERIM)
            self._owner.data_received(head)

    def _head_size(self) -> int:
        """Return how long the head is; what never ends is given to the owner, which refuses it."""
        last = min(self._end, self._begin + _LONGEST_HEAD)
        found = self._room.find(b"\n\r\n", self._begin, last)
        bare = self._room.find(b"\n\n", self._begin, last if found < 0 else found + 1)
        if bare >= 0:
            return bare + 2 - self._begin
        if found >= 0:
            return found + 3 - self._begin
        return _LONGEST_HEAD if last - self._begin == _LONGEST_HEAD else 0

    def _look(self) -> None:
        """End what was quiet for too long; while nobody waits, nothing is expected."""
        now = self._loop.time()
        due = (now if self._waiting is None else self._heard_at) + self._quiet
        if due <= now:
            self._fail(ReadTimeout())
        else:
            self._timer = self._loop.call_at(due, self._look)

    def _fail(self, error: Exception) -> None:
        self._broken = self._broken or error
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
