"""Carries requests over connections of our own, on httpcore: what httpx itself runs on.

httpx's client and httpcore's pool are most of what a poll costs: the one merges headers, cookies
and hooks that are the same for every request, the other walks all of its connections and all that
wait for one, twice for each request, which halts a crowd. The driver lets so many requests in at a
time as there are connections, so nothing ever waits for one here.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Generator, Iterable, Mapping
from contextlib import closing
from typing import TYPE_CHECKING

import httpcore

from ._bodies import Body
from ._certificates import Certificates
from ._effects import Answer, Call, Download, Downloaded, Exchange, Listen
from ._events import comes_in_events
from ._idle import Idle
from ._letterhead import Letterhead
from ._listening import Words
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .settings import Settings

if TYPE_CHECKING:
    from ._files import Files

FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)
Pairs = list[tuple[bytes, bytes]]
_TLS = b"https"


class Requests:
    """What both colours share: how requests are written, and who is believed."""

    name = "httpx"

    def __init__(self, settings: Settings) -> None:
        self._head = head = Letterhead.of(settings)
        self._secrets = settings.api_key.parts
        self._base_url = settings.base_url
        self._scheme, self._host = head.scheme.encode(), head.host.encode()
        self._plain = _pairs(head.headers)
        self._certificates = Certificates()

    def _api_request(self, call: Call) -> tuple[httpcore.Request, Wire]:
        exchange, head = call.exchange, self._head
        body = exchange.body
        headers = self._plain if body is None else _pairs(head.headers_for(exchange))
        request = httpcore.Request(
            exchange.method, self._url(exchange), headers=headers, content=body
        )
        submits = body is not None
        trace = Trace(len(body or b""))
        return request, Wire(exchange.method, head.host, call.timeout, trace, listens=submits)

    def _events_request(self, listen: Listen) -> tuple[httpcore.Request, Wire]:
        exchange, head = listen.exchange, self._head
        headers = _pairs(head.headers_to_listen())
        request = httpcore.Request(exchange.method, self._url(exchange), headers=headers)
        return request, Wire(exchange.method, head.host, listen.timeout, Trace(0), listens=False)

    def _url(self, exchange: Exchange) -> httpcore.URL:
        target = self._head.target(exchange).encode("ascii")
        return httpcore.URL(
            scheme=self._scheme, host=self._host, port=self._head.port, target=target
        )

    def _context(self, origin: httpcore.Origin) -> ssl.SSLContext | None:
        return self._certificates.context() if origin.scheme == _TLS else None


class CoreTransport(Requests):
    """Carries requests over httpcore's sync connections."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._idle: Idle[httpcore.HTTPConnection] = Idle(CONNECTIONS, LONGEST_IDLE)
        self._lock = threading.Lock()
        self._files: Files | None = None

    def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call)
        request.extensions = {"timeout": _timeouts(call.timeout)}
        if wire.listens:  # a read needs no proof of anything
            request.extensions["trace"] = wire.trace.hear
        connection = self._take(request.url)
        try:
            with closing(connection.handle_request(request)) as response:
                return self._read(response, wire)
        except FAILURES as error:
            raise wire.failed(error) from error
        finally:
            self._put(request.url, connection)

    def _read(self, response: httpcore.Response, wire: Wire) -> Answer:
        wire.trace.receiving()
        headers = read_headers(response.headers)
        body = Body(wire, headers)
        for chunk in response.iter_stream():
            body.take(chunk)
        return wire.answer(response.status, headers, body.whole(), self._secrets)

    def listen(self, listen: Listen) -> Generator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        request, wire = self._events_request(listen)
        timeouts = _timeouts(listen.timeout)
        request.extensions = {"timeout": timeouts}
        connection = self._take(request.url)
        try:
            with closing(connection.handle_request(request)) as response:
                headers = read_headers(response.headers)
                if not comes_in_events(response.status, headers):
                    yield self._read(response, wire)
                    return
                timeouts["read"] = listen.quiet  # httpcore looks it up when the body is begun
                wire.trace.receiving()
                words = Words(wire, response.status, headers, self._secrets)
                yield words.head()
                for chunk in response.iter_stream():
                    yield from words.take(chunk)
        except FAILURES as error:
            raise wire.failed(error) from error
        finally:
            self._put(request.url, connection)

    def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        return self._fetching().download(download, opening)

    def _fetching(self) -> Files:
        with self._lock:
            if self._files is None:
                from ._files import Files  # noqa: PLC0415 - loaded with the first file

                self._files = Files(self._base_url, self._certificates)
            return self._files

    def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        self._close(self._idle.close())
        if self._files is not None:
            self._files.close()

    def _take(self, url: httpcore.URL) -> httpcore.HTTPConnection:
        connection, spoilt = self._idle.take(place(url))
        self._close(spoilt)
        return connection or httpcore.HTTPConnection(
            url.origin, self._context(url.origin), keepalive_expiry=LONGEST_IDLE
        )

    def _put(self, url: httpcore.URL, connection: httpcore.HTTPConnection) -> None:
        spoilt = is_ahead(connection)
        self._close([connection] if spoilt else self._idle.put(place(url), connection))

    @staticmethod
    def _close(connections: Iterable[httpcore.HTTPConnection]) -> None:
        for connection in connections:
            connection.close()


def place(url: httpcore.URL) -> tuple[bytes, bytes, int | None]:
    """Return what connections are kept by: each serves one place."""
    return url.scheme, url.host, url.port


def is_ahead(connection: httpcore.HTTPConnection | httpcore.AsyncHTTPConnection) -> bool:
    """Tell whether more has come than the answer: httpcore would take it for the next one."""
    state = getattr(getattr(connection, "_connection", None), "_h11_state", None)
    return state is not None and bool(state.trailing_data[0])


def _pairs(headers: Mapping[str, str]) -> Pairs:
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]


def _timeouts(seconds: float) -> dict[str, float]:
    return dict.fromkeys(("connect", "read", "write"), seconds)
