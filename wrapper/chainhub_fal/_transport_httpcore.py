"""Carries requests over connections of our own, on httpcore: what httpx itself runs on.

httpx's client and httpcore's pool are most of what a poll costs: the one merges headers, cookies
and hooks that are the same for every request, the other walks all of its connections and all that
wait for one, twice for each request, which halts a crowd. The driver lets so many requests in at a
time as there are connections, so nothing ever waits for one here.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

import httpcore

from ._addresses import Reach
from ._bodies import Body
from ._bounded import Bounded
from ._certificates import Certificates
from ._effects import Answer, Call, Download, Downloaded
from ._idle import Idle
from ._letterhead import FileAddress, Letterhead
from ._peers import FileTrace
from ._sinks import Sink
from ._streams import LoopBackend
from ._threads import in_thread
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .settings import Settings

T = TypeVar("T")

FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)
Pairs = list[tuple[bytes, bytes]]
_TLS = b"https"


class _Requests:
    """What both colours share: how requests are written, and who is believed."""

    name = "httpx"

    def __init__(self, settings: Settings) -> None:
        self._head = head = Letterhead.of(settings)
        self._secrets = settings.api_key.parts
        self._reach = Reach(settings.base_url)
        self._scheme, self._host = head.scheme.encode(), head.host.encode()
        self._plain = _pairs(head.headers)
        self._certificates = Certificates()

    def _api_request(self, call: Call) -> tuple[httpcore.Request, Wire]:
        exchange, head = call.exchange, self._head
        body = exchange.body
        trace = Trace(len(body or b""))
        target = head.target(exchange).encode("ascii")
        request = httpcore.Request(
            exchange.method,
            httpcore.URL(scheme=self._scheme, host=self._host, port=head.port, target=target),
            headers=self._plain if body is None else _pairs(head.headers_for(exchange)),
            content=body,
        )
        submits = body is not None
        return request, Wire(exchange.method, head.host, call.timeout, trace, listens=submits)

    def _file_request(self, download: Download) -> tuple[httpcore.Request, Wire]:
        file = FileAddress.of(download, self._reach)
        url = file.url
        request = httpcore.Request(
            "GET",
            httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=_pairs(file.headers),
            extensions={"timeout": _timeouts(download.timeout)},
        )
        return request, Wire("GET", url.host, download.within, FileTrace(url, self._reach))

    def _context(self, origin: httpcore.Origin) -> ssl.SSLContext | None:
        return self._certificates.context() if origin.scheme == _TLS else None


class CoreTransport(_Requests):
    """Carries requests over httpcore's sync connections."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._idle: Idle[httpcore.HTTPConnection] = Idle(CONNECTIONS, LONGEST_IDLE)

    def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call)
        request.extensions = {"timeout": _timeouts(call.timeout)}
        if wire.listens:  # a read needs no proof of anything
            request.extensions["trace"] = wire.trace.hear

        def read(response: httpcore.Response) -> Answer:
            wire.trace.receiving()
            headers = read_headers(response.headers)
            body = Body(wire, headers)
            for chunk in response.iter_stream():
                body.take(chunk)
            return wire.answer(response.status, headers, body.whole(), self._secrets)

        return self._send(request, wire, read)

    def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        request, wire = self._file_request(download)
        request.extensions["trace"] = wire.trace.hear

        def read(response: httpcore.Response) -> None:
            with sink:
                if sink.begins(response.status, read_headers(response.headers)):
                    for chunk in response.iter_stream():
                        if sink.take(chunk):
                            sink.write()

        with opening as file:
            sink = Sink(wire, file, download)
            self._send(request, wire, read)
            return sink.downloaded()

    def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        self._close(self._idle.close())

    def _send(
        self, request: httpcore.Request, wire: Wire, read: Callable[[httpcore.Response], T]
    ) -> T:
        place = _place(request.url)
        connection, spoilt = self._idle.take(place)
        self._close(spoilt)
        if connection is None:
            origin = request.url.origin
            connection = httpcore.HTTPConnection(
                origin, self._context(origin), keepalive_expiry=LONGEST_IDLE
            )
        try:
            response = connection.handle_request(request)
            try:
                return read(response)
            finally:
                response.close()
        except FAILURES as error:
            raise wire.failed(error) from error
        finally:
            self._close(self._idle.put(place, connection))

    @staticmethod
    def _close(connections: Iterable[httpcore.HTTPConnection]) -> None:
        for connection in connections:
            connection.close()


class AsyncCoreTransport(_Requests):
    """Carries requests over httpcore's async connections."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._backend = LoopBackend()
        self._idle: Idle[httpcore.AsyncHTTPConnection] = Idle(CONNECTIONS, LONGEST_IDLE)

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call)
        if wire.listens:
            request.extensions = {"trace": wire.trace.ahear}

        async def read(response: httpcore.Response) -> Answer:
            wire.trace.receiving()
            headers = read_headers(response.headers)
            body = Body(wire, headers)
            async for chunk in response.aiter_stream():
                body.take(chunk)
            return wire.answer(response.status, headers, body.whole(), self._secrets)

        return await self._send(request, wire, read)

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        request, wire = self._file_request(download)
        request.extensions["trace"] = wire.trace.ahear

        async def read(response: httpcore.Response) -> None:
            with sink:
                if sink.begins(response.status, read_headers(response.headers)):
                    async for chunk in response.aiter_stream():
                        if sink.take(chunk):
                            await in_thread(sink.write)

        with opening as file:
            sink = Sink(wire, file, download)
            await self._send(request, wire, read)
            return sink.downloaded()

    async def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        await self._close(self._idle.close())

    async def _send(
        self,
        request: httpcore.Request,
        wire: Wire,
        read: Callable[[httpcore.Response], Awaitable[T]],
    ) -> T:
        place = _place(request.url)
        connection, spoilt = self._idle.take(place)
        await self._close(spoilt)
        if connection is None:
            origin = request.url.origin
            connection = httpcore.AsyncHTTPConnection(
                origin,
                self._context(origin),
                keepalive_expiry=LONGEST_IDLE,
                network_backend=LoopBackend(),
            )
        try:
            async with Bounded(wire, FAILURES):
                response = await connection.handle_async_request(request)
                try:
                    return await read(response)
                finally:
                    await response.aclose()
        finally:
            await self._close(self._idle.put(place, connection))

    @staticmethod
    async def _close(connections: Iterable[httpcore.AsyncHTTPConnection]) -> None:
        for connection in connections:
            await connection.aclose()


def _place(url: httpcore.URL) -> tuple[bytes, bytes, int | None]:
    return url.scheme, url.host, url.port


def _pairs(headers: Mapping[str, str]) -> Pairs:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _timeouts(seconds: float) -> dict[str, float]:
    return dict.fromkeys(("connect", "read", "write"), seconds)
