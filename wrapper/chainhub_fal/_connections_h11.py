"""Connections for files on an event loop, whose answers h11 reads: httpcore's own parser.

By way of httpcore every byte of a file goes through it, in small pieces and by copies, which is
most of what a download costs. Here it reads heads, and such bodies as have to be taken apart.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import cast

import h11

from ._dialling import hang_up
from ._heads import request
from ._intake import Intake
from ._places import ReadError, watcher
from ._resting import Resting

_MOST = 1024 * 1024
"""Bytes of a body that wait to be taken before the peer is made to wait."""


class FileConnection(Resting, asyncio.Protocol):
    """One connection: asks for one file after the other."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._state: h11.Connection | None = None
        self._answer: asyncio.Future[h11.Response]
        self._pieces: deque[bytes] = deque()
        self._size = 0
        self._is_whole = self._is_spoilt = self._is_gone = False
        self._broken: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None

    @property
    def peer(self) -> str:
        """The address that this leads to; empty where there is none."""
        name = self._transport.get_extra_info("peername")
        return str(name[0]) if name else ""

    def intake(self, room: bytearray, quiet: float) -> Intake:
        """Return what takes the next answer's body."""
        return Intake(self, self._transport, room, quiet)

    def ask(self, target: str, headers: Mapping[str, str]) -> None:
        """Ask for a file; raises h11's LocalProtocolError for what is no request."""
        self._state, written = request(target, headers)
        self._answer = self._loop.create_future()
        self._is_whole = False
        if self._broken is not None:
            self._answer.set_exception(self._broken)
        self._transport.write(written)

    async def answer(self) -> h11.Response:
        """Return an answer's head; raises ReadError, or h11's RemoteProtocolError."""
        return await self._answer

    async def read(self) -> bytes:
        """Return what has come of a body, nothing at its end; raises what :meth:`answer` does."""
        while not self._pieces:
            if self._is_whole:
                return b""
            if self._broken is not None:
                raise self._broken
            self._waiting = self._loop.create_future()
            await self._waiting
        come = b"".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        self._transport.resume_reading()
        return come

    def skip(self) -> None:
        """Take note that the whole body was taken elsewhere."""
        self._is_whole = True

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._has_news = watcher(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Take what has come; what nobody has asked for spoils the connection."""
        if self._is_whole or self._state is None:
            self._is_spoilt = True
        else:
            self._read(self._state, data)

    def eof_received(self) -> None:
        """Take note that nothing more will come, which is how some bodies end."""
        if self._state is not None and not self._is_whole:
            self._read(self._state, b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc
        self._is_gone = True
        self._fail(ReadError())

    def _read(self, state: h11.Connection, data: bytes) -> None:
        try:
            state.receive_data(data)
            while not self._is_whole and isinstance(event := state.next_event(), h11.Event):
                self._take(event)
        except h11.RemoteProtocolError as error:
            self._fail(error)
        if self._size > _MOST:
            self._transport.pause_reading()
        self._wake()

    def _take(self, event: h11.Event) -> None:
        if isinstance(event, h11.Response) and not self._answer.done():
            self._answer.set_result(event)
        elif isinstance(event, h11.Data):
            self._pieces.append(bytes(event.data))
            self._size += len(event.data)
        elif isinstance(event, h11.EndOfMessage):
            self._is_whole = True

    def _fail(self, error: Exception) -> None:
        self._broken = self._broken or error
        if self._state is not None and not self._answer.done():
            self._answer.set_exception(self._broken)
        self._wake()

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(None)

    # What idle connections are asked

    def is_available(self) -> bool:
        """Tell whether a file has come to its end, and another may be asked for."""
        state = self._state
        if state is None or not self._is_whole or self._pieces or self._is_spoilt:
            return False
        stays = state.our_state is h11.DONE and not state.trailing_data[0]
        return stays and not self._transport.is_closing()

    def end(self) -> None:
        """Begin to close: nothing is sent any more."""
        self._transport.close()

    async def aclose(self) -> None:
        """Close, and wait for nobody."""
        await hang_up(self._transport, lambda: self._is_gone)
