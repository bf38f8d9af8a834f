"""Connections of our own on an event loop, whose answers aiohttp reads.

aiohttp's session makes a request, a response, a writer and two sets of headers anew for each
exchange, which is twice what sending and reading cost. Of aiohttp this takes what reads: the
protocol behind its own connections, with its parser in C. That is not of its documented surface, so
``_choosing`` knows which versions it was tried with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage

from ._dialling import hang_up
from ._places import watcher
from ._resting import Resting
from ._wires import Trace

_BUFFER = 256 * 1024  # bytes; as much as asyncio reads at a time
_LONGEST_LINE = 64 * 1024  # bytes of a header; what httpx takes is of this order, too
_FIRST_ANSWER = 200
_SWITCHES = 101


class LocalProtocolError(Exception):
    """What is to be sent would not be read as the one request that it is; named as in httpcore."""


class Connection(Resting, ResponseHandler):
    """One connection: asks one thing after the other."""

    def __init__(self) -> None:
        super().__init__(asyncio.get_running_loop())
        self.content: aiohttp.StreamReader | None = None
        self._telling: Trace | None = None
        self._gone = False

    def ask(self, request: bytes, body: bytes | None = None, trace: Trace | None = None) -> None:
        """Send a request; of one with a body ``trace`` is told what may have left, and what has."""
        self.content = None
        self.set_response_params(
            auto_decompress=False,
            read_until_eof=True,
            read_bufsize=_BUFFER,
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )
        transport = self.transport
        if transport is None:  # its loss was told: to wait for an answer raises that
            return
        if body is None or trace is None:
            transport.write(request)
            return
        trace.sending()
        self._telling = trace
        transport.writelines((request, body))
        if not transport.get_write_buffer_size():
            self._tell()

    def _tell(self) -> None:
        trace, self._telling = self._telling, None
        if trace is not None:
            trace.sent()

    def resume_writing(self) -> None:
        """Take note that nothing waits to be sent any more."""
        super().resume_writing()
        self._tell()

    async def answer(self) -> tuple[RawResponseMessage, aiohttp.StreamReader]:
        """Return an answer's head, and where its body comes; raises what aiohttp does."""
        while True:
            message, content = await self.read()
            if message.code >= _FIRST_ANSWER or message.code == _SWITCHES:
                self.content = content
                return message, content

    def data_received(self, data: bytes) -> None:
        """Take what has come; what nobody has asked for spoils the connection."""
        if self.content is None or not self.content.is_eof():
            super().data_received(data)
        elif data:
            self.force_close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport, which tells when all that was written has left."""
        super().connection_made(transport)
        cast("asyncio.Transport", transport).set_write_buffer_limits(0)
        self._has_news = watcher(transport.get_extra_info("socket"))

    def connection_lost(self, exc: BaseException | None) -> None:
        """Take note of the end."""
        self._gone = True
        super().connection_lost(exc)

    def is_available(self) -> bool:
        """Tell whether what was asked has been answered to the end, and more may be asked."""
        return self.content is not None and not self.should_close and self.is_connected()

    def end(self) -> None:
        """Begin to close: nothing is sent any more."""
        if self.transport is not None:
            self.transport.close()

    async def aclose(self) -> None:
        """Close, and wait for nobody."""
        if self.transport is not None:
            await hang_up(self.transport, lambda: self._gone)


def request_line(method: str, target: str) -> bytes:
    """Return a request's first line; raises LocalProtocolError for what is no address."""
    if " " in target:
        raise LocalProtocolError
    return _sent(f"{method} {target} HTTP/1.1")


def header_lines(headers: Mapping[str, str]) -> bytes:
    """Return headers as they are sent, to their end; raises LocalProtocolError."""
    return b"".join(_sent(f"{name}: {headers[name]}") for name in headers) + b"\r\n"


def _sent(line: str) -> bytes:
    if not (line.isascii() and line.isprintable()):
        raise LocalProtocolError
    return f"{line}\r\n".encode("ascii")
