"""Carries requests over aiohttp, for an event loop: the extra ``aiohttp``.

Spoken to directly and not by way of httpx-aiohttp: that keeps httpx's client on top, which costs
more than aiohttp itself, and does not say whether a byte of a request has left.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterable
from typing import TypeVar

import aiohttp
from aiohttp.http import HttpProcessingError, RawResponseMessage

from ._addresses import PORTS, Reach
from ._bodies import Body
from ._bounded import Bounded
from ._bounds import Bounds
from ._certificates import Certificates
from ._connections_aiohttp import (
    ConnectError,
    Connection,
    ConnectTimeout,
    LocalProtocolError,
    Place,
    connect,
    header_lines,
    request_line,
)
from ._effects import Answer, Call, Download, Downloaded, Listen
from ._events import comes_in_events
from ._file_address import FileAddress, FileUrl
from ._idle import Idle
from ._intake import CHUNK, ROOM, Intake, ReadError, ReadTimeout
from ._letterhead import Letterhead
from ._listening import Words
from ._sinks import PIECE, Sink
from ._threads import in_thread
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .errors import SaveError
from .settings import Settings

T = TypeVar("T")

FAILURES = (
    aiohttp.ClientError,
    HttpProcessingError,
    ConnectError,
    LocalProtocolError,
    ReadError,
    ReadTimeout,
)
_KEPT_ROOMS = 8
"""Pieces of memory that are kept for the files to come."""


class AiohttpTransport:
    """Carries requests over connections of our own, whose answers aiohttp reads."""

    name = "aiohttp"

    def __init__(self, settings: Settings) -> None:
        self._head = head = Letterhead.of(settings)
        self._place = _place(head.scheme, head.host, head.port)
        self._plain = header_lines(head.headers)
        self._secrets = settings.api_key.parts
        self._reach = Reach(settings.base_url)
        self._certificates = Certificates()
        self._bounds = Bounds()
        self._idle: Idle[Connection] = Idle(CONNECTIONS, LONGEST_IDLE)
        self._rooms: list[bytearray] = []

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        exchange, head, body = call.exchange, self._head, call.exchange.body
        trace = Trace(len(body or b""))
        wire = Wire(exchange.method, head.host, call.timeout, trace, listens=body is not None)
        async with Bounded(self._bounds, wire, FAILURES):
            if wire.listens:  # a read needs no proof of anything
                trace.connecting()
            lines = self._plain if body is None else header_lines(head.headers_for(exchange))
            request = request_line(exchange.method, head.target(exchange)) + lines
            connection = await self._take(self._place)
            try:
                connection.ask(request, body, trace)
                return await self._read(*await connection.answer(), wire)
            finally:
                await self._put(self._place, connection)

    async def _read(
        self, message: RawResponseMessage, content: aiohttp.StreamReader, wire: Wire
    ) -> Answer:
        wire.trace.receiving()
        headers = read_headers(message.raw_headers)
        body = Body(wire, headers)
        while chunk := await content.readany():
            body.take(chunk)
        return wire.answer(message.code, headers, body.whole(), self._secrets)

    async def listen(self, listen: Listen) -> AsyncGenerator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        exchange, head = listen.exchange, self._head
        wire = Wire(exchange.method, head.host, listen.timeout, Trace(0), listens=False)
        connection = None
        try:
            request = request_line(exchange.method, head.target(exchange))
            connection = await self._take(self._place)
            connection.ask(request + header_lines(head.headers_to_listen()))
            message, content = await connection.answer()
            headers = read_headers(message.raw_headers)
            if not comes_in_events(message.code, headers):
                yield await self._read(message, content, wire)
                return
            wire.trace.receiving()
            words = Words(wire, message.code, headers, self._secrets)
            yield words.head()
            async for chunk in content.iter_any():
                for answer in words.take(chunk):
                    yield answer
        except FAILURES as error:
            raise wire.failed(error) from error
        finally:
            if connection is not None:
                await self._put(self._place, connection)

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        address = FileAddress.of(download, self._reach)
        url, quiet = address.url, download.timeout
        place = _place(url.scheme, url.host, url.port)
        wire = Wire("GET", url.host, download.within, Trace(0), listens=False)
        with opening as file:
            sink = Sink(wire, file, download)
            async with Bounded(self._bounds, wire, FAILURES):
                request = request_line("GET", url.target) + header_lines(address.headers)
                connection = await _soon(self._take(place), quiet, ConnectTimeout)
                try:
                    self._judge(connection, url)
                    await self._fetch(request, connection, sink, wire, quiet)
                finally:
                    await self._put(place, connection)
            return sink.downloaded()

    def _judge(self, connection: Connection, url: FileUrl) -> None:
        """Refuse an address that no file may come from, before a byte is sent to it.

        What is judged is the peer of the connection itself, each time it is given out, so no name
        can resolve to one address for the check and to another for the use.
        """
        if refusal := self._reach.peer_refusal(str(url), connection.peer):
            raise SaveError(refusal)

    async def _fetch(
        self, request: bytes, connection: Connection, sink: Sink, wire: Wire, quiet: float
    ) -> None:
        room = self._rooms.pop() if self._rooms else bytearray(ROOM)
        try:
            with connection.intake(room, quiet) as intake:
                connection.ask(request)
                message, content = await _soon(connection.answer(), quiet, ReadTimeout)
                wire.trace.receiving()
                with sink:
                    if sink.begins(message.code, read_headers(message.raw_headers)):
                        await _save(content, intake, sink, quiet)
        finally:
            if len(self._rooms) < _KEPT_ROOMS:
                self._rooms.append(room)

    async def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        await self._close(self._idle.close())

    async def _take(self, place: Place) -> Connection:
        connection, spoilt = self._idle.take(place)
        await self._close(spoilt)
        if connection is not None:  # as a queue of answers it is false while there are none
            return connection
        return await connect(place, self._certificates.context() if place.secure else None)

    async def _put(self, place: Place, connection: Connection) -> None:
        connection.rest()
        await self._close(self._idle.put(place, connection))

    @staticmethod
    async def _close(connections: Iterable[Connection]) -> None:
        for connection in connections:
            await connection.aclose()


def _place(scheme: str, host: str, port: int | None) -> Place:
    return Place(host, port or PORTS[scheme], secure=scheme == "https")


async def _save(content: aiohttp.StreamReader, intake: Intake, sink: Sink, quiet: float) -> None:
    size = sink.announced()
    if size is None:
        intake.leave()
        while chunk := await _soon(content.readany(), quiet, ReadTimeout):
            if sink.take(chunk):
                await in_thread(sink.write)
        return
    intake.left = size
    while intake.left:
        is_much = size - intake.left >= PIECE
        broken = await intake.collect(PIECE if is_much else CHUNK)
        sink.take(intake.take())
        if is_much:
            await in_thread(sink.write)
        else:  # while it is in the processor's cache
            sink.write()
        if broken is not None:
            raise broken
    if not content.is_eof():
        content.feed_eof()  # what has come was not its parser's to see


async def _soon(awaitable: Awaitable[T], seconds: float, late: type[Exception]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError as error:
        raise late from error
