"""Carries requests over aiohttp, for an event loop: the extra ``aiohttp``.

Spoken to directly and not by way of httpx-aiohttp: that keeps httpx's client on top, which costs
more than aiohttp itself, and does not say whether a byte of a request has left.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp import hdrs
from yarl import URL

from ._addresses import Reach
from ._bodies import Body
from ._bounded import Bounded
from ._bounds import Bounds
from ._certificates import Certificates
from ._effects import Answer, Call, Download, Downloaded, Listen
from ._events import comes_in_events
from ._file_address import FileAddress
from ._letterhead import EVENTS, Letterhead, about_body
from ._listening import Words
from ._sinks import Sink
from ._threads import in_thread
from ._transport import LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .errors import SaveError
from .settings import Settings

FAILURES = (aiohttp.ClientError, TimeoutError)
_OWN = (hdrs.USER_AGENT, hdrs.ACCEPT, hdrs.ACCEPT_ENCODING, hdrs.CONTENT_TYPE)
_LONGEST_LINE = 64 * 1024  # bytes of a header; what httpx takes is of this order, too
_API_BUFFER = 64 * 1024
_FILE_BUFFER = 1024 * 1024
_UNLIMITED = aiohttp.ClientTimeout(total=None, sock_connect=None)  # the exchange has its own limit


class _RefusedError(Exception):
    """A file's host is where no file may be; SaveError is an OSError, which aiohttp would wrap."""


class _FileConnector(aiohttp.TCPConnector):
    """Gives out no connection to an address that no file may come from.

    What is judged is the peer of the connection itself, each time it is given out and before a
    byte is sent, so no name can resolve to one address for the check and to another for the use.
    """

    def __init__(self, reach: Reach, **options: Any) -> None:  # aiohttp's own, passed through
        super().__init__(**options)
        self._reach = reach

    async def connect(self, req: aiohttp.ClientRequest, *args: Any, **named: Any) -> Any:
        connection = await super().connect(req, *args, **named)
        peer = connection.transport and connection.transport.get_extra_info("peername")
        if refusal := self._reach.peer_refusal(str(req.url), peer[0] if peer else ""):
            connection.close()
            raise _RefusedError(refusal)
        return connection


class _ToldBody(aiohttp.BytesPayload):
    """Tells the trace when the whole body was written.

    aiohttp's own event for that comes before the writing, so it is no evidence.
    """

    def __init__(self, body: bytes, trace: Trace) -> None:
        super().__init__(body, content_type="application/json")
        self._trace = trace

    async def write_with_length(self, writer: Any, content_length: int | None) -> None:
        await super().write_with_length(writer, content_length)
        await writer.drain()
        self._trace.sent()


class AiohttpTransport:
    """Carries requests over aiohttp, in a session for reads, one for submits, and one for files."""

    name = "aiohttp"

    def __init__(self, settings: Settings) -> None:
        self._head = Letterhead.of(settings)
        self._origin = self._head.origin
        self._secrets = settings.api_key.parts
        self._reach = Reach(settings.base_url)
        self._certificates = Certificates()
        self._bounds = Bounds()
        self._sessions: tuple[aiohttp.ClientSession, ...] = ()

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        exchange, head = call.exchange, self._head
        body = exchange.body
        trace = Trace(len(body or b""))
        wire = Wire(exchange.method, head.host, call.timeout, trace, listens=body is not None)
        reads, submits, _ = self._sessions or self._open()
        async with Bounded(self._bounds, wire, FAILURES):
            response = await (reads if body is None else submits).request(
                exchange.method,
                URL(self._origin + head.target(exchange), encoded=True),
                data=None if body is None else _ToldBody(body, trace),
                headers=about_body(exchange),  # the others are the session's
                allow_redirects=False,
                timeout=_UNLIMITED,
                trace_request_ctx=trace,
            )
            return await self._answer(response, wire)

    async def _answer(self, response: aiohttp.ClientResponse, wire: Wire) -> Answer:
        try:
            return await self._read(response, wire)
        finally:
            _leave(response)

    async def _read(self, response: aiohttp.ClientResponse, wire: Wire) -> Answer:
        wire.trace.receiving()
        headers = read_headers(response.raw_headers)
        body = Body(wire, headers)
        while chunk := await response.content.readany():
            body.take(chunk)
        return wire.answer(response.status, headers, body.whole(), self._secrets)

    async def listen(self, listen: Listen) -> AsyncGenerator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        exchange, head = listen.exchange, self._head
        wire = Wire(exchange.method, head.host, listen.timeout, Trace(0), listens=False)
        reads, *_ = self._sessions or self._open()
        try:
            response = await reads.request(
                exchange.method,
                URL(self._origin + head.target(exchange), encoded=True),
                headers=EVENTS,
                allow_redirects=False,
                timeout=_UNLIMITED,
            )
            try:
                headers = read_headers(response.raw_headers)
                if not comes_in_events(response.status, headers):
                    yield await self._read(response, wire)
                    return
                wire.trace.receiving()
                words = Words(wire, response.status, headers, self._secrets)
                yield words.head()
                async for chunk in response.content.iter_any():
                    for answer in words.take(chunk):
                        yield answer
            finally:
                _leave(response)
        except FAILURES as error:
            raise wire.failed(error) from error

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        address = FileAddress.of(download, self._reach)
        wire = Wire("GET", address.url.host, download.within, Trace(0), listens=False)
        *_, files = self._sessions or self._open()
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=download.timeout, sock_read=download.timeout
        )
        secure = address.url.scheme == "https"
        believed = self._certificates.context() if secure else True
        url = URL(str(address.url), encoded=True)
        with opening as file:
            sink = Sink(wire, file, download)
            try:
                async with Bounded(self._bounds, wire, FAILURES):
                    response = await files.request(
                        "GET",
                        url,
                        headers=address.headers,
                        allow_redirects=False,
                        timeout=timeout,
                        ssl=believed,
                    )
                    await _save(response, sink, wire)
            except _RefusedError as refusal:
                raise SaveError(str(refusal)) from None
            return sink.downloaded()

    async def close(self) -> None:
        """Close every connection."""
        sessions, self._sessions = self._sessions, ()
        for session in sessions:
            await session.close()

    def _open(self) -> tuple[aiohttp.ClientSession, ...]:
        """Open the sessions on the loop that is running, which is known with the first call."""
        secure = self._head.scheme == "https"
        context = self._certificates.context() if secure else True
        api = aiohttp.TCPConnector(ssl=context, limit=0, keepalive_timeout=LONGEST_IDLE)
        files = _FileConnector(self._reach, limit=0, keepalive_timeout=LONGEST_IDLE)
        self._sessions = (
            _session(api, _API_BUFFER, headers=self._head.headers),
            _session(api, _API_BUFFER, headers=self._head.headers, trace_configs=[_proof()]),
            # What a file's request does not say itself is not said for it.
            _session(files, _FILE_BUFFER, skip_auto_headers=_OWN),
        )
        return self._sessions


def _session(
    connector: aiohttp.TCPConnector,
    buffer: int,
    **options: Any,  # aiohttp's own, passed through
) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,  # it would look up passwords for a file's host, too
        read_bufsize=buffer,
        max_line_size=_LONGEST_LINE,
        max_field_size=_LONGEST_LINE,
        **options,
    )


def _proof() -> aiohttp.TraceConfig:
    """Have a submit's trace told of its connection: before one is given out, no byte can leave."""
    config = aiohttp.TraceConfig()

    async def begun(_session: object, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.connecting()

    async def connected(_session: object, context: SimpleNamespace, _params: object) -> None:
        context.trace_request_ctx.sending()

    config.on_request_start.append(begun)
    config.on_connection_create_end.append(connected)
    config.on_connection_reuseconn.append(connected)
    return config


async def _save(response: aiohttp.ClientResponse, sink: Sink, wire: Wire) -> None:
    try:
        wire.trace.receiving()
        with sink:
            if sink.begins(response.status, read_headers(response.raw_headers)):
                async for chunk, _ in response.content.iter_chunks():  # as read, not joined
                    if sink.take(chunk):
                        await in_thread(sink.write)
    finally:
        _leave(response)


def _leave(response: aiohttp.ClientResponse) -> None:
    """Keep the connection of an answer that was read to its end, and close any other."""
    if response.content.at_eof():
        response.release()
    else:
        response.close()
