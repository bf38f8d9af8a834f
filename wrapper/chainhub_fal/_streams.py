"""Sockets for httpcore on asyncio itself.

httpcore comes with sockets by anyio, which serves other event loops too: there each read and write
opens a scope of cancellation, and reads are small. Here what the loop has read is handed on as it
came, and the exchange's own timeout is the only one.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from typing import Any, cast

import httpcore

from ._dialling import dial, hang_up
from ._places import watcher

_MOST = 1024 * 1024
"""Bytes that wait to be read before the peer is made to wait."""


class LoopBackend(httpcore.AsyncNetworkBackend):
    """Opens connections on the running event loop."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> LoopStream:
        """Connect; raises httpcore's ConnectError or ConnectTimeout."""
        del local_address, socket_options  # the transport sets neither
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                _, stream = await loop.create_connection(LoopStream, sock=await dial(host, port))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return stream


class LoopStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection: what the loop reads waits here until httpcore asks for it."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._ended = self._lost = False
        self._error: Exception | None = None
        self._reading: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None

    # What the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast("asyncio.Transport", transport)
        self._has_news = watcher(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Keep what has come; too much makes the peer wait."""
        self._chunks.append(data)
        self._size += len(data)
        if self._size > _MOST:
            self._transport.pause_reading()
        _wake(self._reading)

    def eof_received(self) -> None:
        """Take note that nothing more will come."""
        self._ended = True
        _wake(self._reading)

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end, and let nobody wait for more."""
        self._ended = self._lost = True
        self._error = exc
        _wake(self._reading)
        _wake(self._writing)

    def pause_writing(self) -> None:
        """Let writers wait: the peer is slower than they are."""
        self._writing = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let writers go on."""
        _wake(self._writing)
        self._writing = None

    # What httpcore asks for

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Return a chunk as it has come, even if it is longer: httpcore's parser takes any size.

        Nothing means that the peer has ended. Raises httpcore's ReadError or ReadTimeout.
        """
        if not self._chunks and not self._ended:
            self._reading = self._loop.create_future()
            try:
                await _in_time(self._reading, timeout)
            except TimeoutError as error:
                raise httpcore.ReadTimeout(str(error)) from error
            finally:
                self._reading = None
        if self._chunks:
            return self._take()
        if self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        return b""

    def _take(self) -> bytes:
        chunk = self._chunks.popleft()
        was_full = self._size > _MOST
        self._size -= len(chunk)
        if was_full and self._size <= _MOST and not self._ended:
            self._transport.resume_reading()
        return chunk

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Write all of it; raises httpcore's WriteError or WriteTimeout."""
        if not buffer:
            return
        if self._ended or self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed") from self._error
        self._transport.write(buffer)
        if self._writing is not None:
            try:
                await _in_time(self._writing, timeout)
            except TimeoutError as error:
                raise httpcore.WriteTimeout(str(error)) from error
            if self._ended:
                raise httpcore.WriteError("the connection broke") from self._error

    async def aclose(self) -> None:
        """Close, and wait for nobody: what is not sent yet is not sent any more."""
        await hang_up(self._transport, lambda: self._lost)

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> LoopStream:
        """Encrypt from here on; raises httpcore's ConnectError or ConnectTimeout."""
        stream = LoopStream()
        try:
            async with asyncio.timeout(timeout):
                secure = await self._loop.start_tls(
                    self._transport, stream, ssl_context, server_hostname=server_hostname
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except (OSError, ssl.SSLError) as error:
            raise httpcore.ConnectError(str(error)) from error
        if secure is None:  # the peer was gone before it began
            raise httpcore.ConnectError("the connection broke")
        stream.connection_made(secure)
        return stream

    def get_extra_info(self, info: str) -> Any:  # whatever httpcore asks for by name
        """Tell of the connection, by httpcore's names."""
        if info == "is_readable":
            return self._ended or bool(self._chunks) or self._has_news()
        return self._transport.get_extra_info({"server_addr": "peername"}.get(info, info))


async def _in_time(turn: asyncio.Future[None], timeout: float | None) -> None:  # noqa: ASYNC109
    """Wait for a turn; raises TimeoutError. A timer for each read of a file must cost little."""
    if timeout is None:
        return await turn
    timer = turn.get_loop().call_later(timeout, _give_up, turn)
    try:
        await turn
    finally:
        timer.cancel()


def _give_up(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_exception(TimeoutError())


def _wake(waiting: asyncio.Future[None] | None) -> None:
    if waiting is not None and not waiting.done():
        waiting.set_result(None)
