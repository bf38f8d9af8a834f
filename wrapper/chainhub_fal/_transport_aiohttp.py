"""Carries requests over aiohttp, for an event loop: the extra ``aiohttp``.

Spoken to directly and not by way of httpx-aiohttp: that keeps httpx's client on top, which costs
more than aiohttp itself, and does not say whether a byte of a request has left.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from functools import partial

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
from ._letterhead import Letterhead
from ._listening import Words
from ._places import ConnectError, Place
from ._pool import Pool
from ._transport import Opening
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
        certificates = Certificates()
        self._files = AsyncFiles(settings.base_url, certificates)
        self._bounds = Bounds()
        self._pool = Pool(certificates, partial(connect, Connection))

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
            connection = await self._pool.take(self._place)
            try:
                connection.ask(request, body, trace)
                return await self._read(*await connection.answer(), wire)
            finally:
                await self._pool.put(self._place, connection)

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
            connection = await self._pool.take(self._place)
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
                await self._pool.put(self._place, connection)

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        return await self._files.download(download, opening)

    async def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        await self._pool.close()
        await self._files.close()
