"""Carries requests over aiohttp, for an event loop: the extra ``aiohttp``.

Spoken to directly and not by way of httpx-aiohttp: that keeps httpx's client on top, which costs
more than aiohttp itself, and does not say whether a byte of a request has left.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection

import aiohttp
from aiohttp.http import HttpProcessingError, RawResponseMessage

from ._bodies import Body
from ._bounded import Bounded
from ._bounds import Bounds
from ._certificates import Certificates
from ._connections_aiohttp import Connection, LocalProtocolError, header_lines, request_line
from ._dialling import connect
from ._effects import Answer, Call, Download, Downloaded, Listen
from ._events import comes_in_events
from ._files_async import AsyncFiles
from ._idle import Idle
from ._letterhead import Letterhead
from ._listening import Words
from ._places import ConnectError, Place
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .settings import Settings

FAILURES = (
    aiohttp.ClientError,
    HttpProcessingError,
    ConnectError,
    LocalProtocolError,
)


class AiohttpTransport:
    """Carries requests over connections of our own, whose answers aiohttp reads."""

    name = "aiohttp"

    def __init__(self, settings: Settings) -> None:
        self._head = head = Letterhead.of(settings)
        self._place = Place.of(head.scheme, head.host, head.port)
        self._plain = header_lines(head.headers)
        self._secrets = settings.api_key.parts
        self._certificates = Certificates()
        self._files = AsyncFiles(settings.base_url, self._certificates)
        self._bounds = Bounds()
        self._idle: Idle[Connection] = Idle(CONNECTIONS, LONGEST_IDLE)

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
        return await self._files.download(download, opening)

    async def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        await self._close(self._idle.close())
        await self._files.close()

    async def _take(self, place: Place) -> Connection:
        connection, spoilt = self._idle.take(place)
        await self._close(spoilt)
        if connection is not None:  # as a queue of answers it is false while there are none
            return connection
        context = self._certificates.context() if place.secure else None
        return await connect(place, context, Connection)

    async def _put(self, place: Place, connection: Connection) -> None:
        connection.rest()
        await self._close(self._idle.put(place, connection))

    @staticmethod
    async def _close(connections: Collection[Connection]) -> None:
        for connection in connections:  # before another is opened in the place of one
            connection.end()
        for connection in connections:
            await connection.aclose()
