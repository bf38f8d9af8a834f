"""Carries requests over an httpx client: the caller's own, or ours for proxies and HTTP/2."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import aclosing, closing

import httpx

from ._addresses import Reach
from ._bodies import Body
from ._effects import Answer, Call, Download, Downloaded, Exchange, Listen
from ._events import comes_in_events
from ._file_address import FileAddress
from ._letterhead import EVENTS, own_headers
from ._listening import Words
from ._peers import FileTrace
from ._sinks import Sink
from ._threads import in_thread
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire
from .settings import Settings

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


def own_client(settings: Settings) -> httpx.Client:
    """Make a client of our own, which heeds proxies and certificates of the environment."""
    return httpx.Client(limits=_limits(), http2=settings.http2)


def own_async_client(settings: Settings) -> httpx.AsyncClient:
    """Make a client of our own for an event loop."""
    return httpx.AsyncClient(limits=_limits(), http2=settings.http2)


def own_name(settings: Settings) -> str:
    """Name the transport that a client of our own is."""
    return "httpx with HTTP/2" if settings.http2 else "httpx by a proxy"


def _limits() -> httpx.Limits:
    """Return how many connections are kept, which is all of them: to open one costs round trips."""
    return httpx.Limits(
        max_connections=CONNECTIONS,
        max_keepalive_connections=CONNECTIONS,
        keepalive_expiry=LONGEST_IDLE,
    )


class _OverClient:
    """What both colours share: how a request is built from a caller's client, or against it."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._base_url = settings.base_url
        self._secrets = settings.api_key.parts
        self._headers = own_headers(settings)
        self._reach = Reach(settings.base_url)

    def _api_request(self, call: Call, defaults: httpx.Headers) -> tuple[httpx.Request, Wire]:
        submits = call.exchange.body is not None
        own = {"Content-Type": "application/json"} if submits else {}
        return self._request(call.exchange, call.timeout, defaults, own)

    def _events_request(
        self, listen: Listen, defaults: httpx.Headers
    ) -> tuple[httpx.Request, Wire]:
        return self._request(listen.exchange, listen.timeout, defaults, EVENTS)

    def _request(
        self, exchange: Exchange, timeout: float, defaults: httpx.Headers, own: Mapping[str, str]
    ) -> tuple[httpx.Request, Wire]:
        headers = httpx.Headers(defaults)  # of the client's defaults these alone are taken over
        headers.update({**self._headers, **own})
        request = httpx.Request(
            exchange.method,
            httpx.URL(self._base_url + exchange.path, params=exchange.query or None),
            content=exchange.body,
            headers=headers,
            extensions={"timeout": httpx.Timeout(timeout).as_dict()},
        )
        trace = Trace(len(exchange.body or b""))
        return request, Wire(exchange.method, request.url.host, timeout, trace)

    def _words(self, response: httpx.Response, wire: Wire) -> Words:
        status, headers = response.status_code, _headers(response)
        return Words(wire, status, headers, self._secrets, packed=False)

    def _file_request(self, download: Download) -> tuple[httpx.Request, Wire]:
        file = FileAddress.of(download, self._reach)
        timeout = httpx.Timeout(download.timeout).as_dict()
        request = httpx.Request(
            "GET", str(file.url), headers=dict(file.headers), extensions={"timeout": timeout}
        )
        trace = FileTrace(file.url, self._reach)
        return request, Wire("GET", file.url.host, download.within, trace)


class ClientTransport(_OverClient):
    """Carries requests over an httpx.Client."""

    def __init__(
        self, client: httpx.Client, settings: Settings, *, name: str = "your http_client"
    ) -> None:
        super().__init__(settings, name)
        self.client = client

    def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call, self.client.headers)
        try:
            with closing(self._send(request, wire)) as response:
                return self._read(response, wire)
        except FAILURES as error:
            raise wire.failed(error) from error

    def _read(self, response: httpx.Response, wire: Wire) -> Answer:
        body = Body(wire, {})
        for chunk in response.iter_bytes():
            body.take(chunk)
        headers = _headers(response)
        return wire.answer(response.status_code, headers, body.whole(), self._secrets)

    def listen(self, listen: Listen) -> Generator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        request, wire = self._events_request(listen, self.client.headers)
        try:
            with closing(self._send(request, wire)) as response:
                if not comes_in_events(response.status_code, response.headers):
                    yield self._read(response, wire)
                    return
                request.extensions["timeout"]["read"] = listen.quiet  # looked up with the body
                words = self._words(response, wire)
                yield words.head()
                for chunk in response.iter_bytes():
                    yield from words.take(chunk)
        except FAILURES as error:
            raise wire.failed(error) from error

    def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        request, wire = self._file_request(download)
        with opening as file:
            sink = Sink(wire, file, download, packed=False)
            try:
                with closing(self._send(request, wire)) as response, sink:
                    if sink.begins(response.status_code, _headers(response)):
                        for chunk in response.iter_bytes():
                            if sink.take(chunk):
                                sink.write()
            except FAILURES as error:
                raise wire.failed(error) from error
            return sink.downloaded()

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def _send(self, request: httpx.Request, wire: Wire) -> httpx.Response:
        # auth=None and no redirects: whatever the caller's client does by default, the key goes to
        # the base URL and nowhere else.
        request.extensions["trace"] = wire.trace.hear
        return self.client.send(request, stream=True, auth=None, follow_redirects=False)


class AsyncClientTransport(_OverClient):
    """Carries requests over an httpx.AsyncClient."""

    def __init__(
        self, client: httpx.AsyncClient, settings: Settings, *, name: str = "your http_client"
    ) -> None:
        super().__init__(settings, name)
        self.client = client

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call, self.client.headers)
        try:
            async with aclosing(await self._send(request, wire)) as response:
                return await self._read(response, wire)
        except FAILURES as error:
            raise wire.failed(error) from error

    async def _read(self, response: httpx.Response, wire: Wire) -> Answer:
        body = Body(wire, {})
        async for chunk in response.aiter_bytes():
            body.take(chunk)
        headers = _headers(response)
        return wire.answer(response.status_code, headers, body.whole(), self._secrets)

    async def listen(self, listen: Listen) -> AsyncGenerator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        request, wire = self._events_request(listen, self.client.headers)
        try:
            async with aclosing(await self._send(request, wire)) as response:
                if not comes_in_events(response.status_code, response.headers):
                    yield await self._read(response, wire)
                    return
                request.extensions["timeout"]["read"] = listen.quiet  # looked up with the body
                words = self._words(response, wire)
                yield words.head()
                async for chunk in response.aiter_bytes():
                    for answer in words.take(chunk):
                        yield answer
        except FAILURES as error:
            raise wire.failed(error) from error

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        request, wire = self._file_request(download)
        with opening as file:
            sink = Sink(wire, file, download, packed=False)
            try:
                async with aclosing(await self._send(request, wire)) as response:
                    with sink:
                        if sink.begins(response.status_code, _headers(response)):
                            async for chunk in response.aiter_bytes():
                                if sink.take(chunk):
                                    await in_thread(sink.write)
            except FAILURES as error:
                raise wire.failed(error) from error
            return sink.downloaded()

    async def close(self) -> None:
        """Close every connection."""
        await self.client.aclose()

    async def _send(self, request: httpx.Request, wire: Wire) -> httpx.Response:
        request.extensions["trace"] = wire.trace.ahear
        return await self.client.send(request, stream=True, auth=None, follow_redirects=False)


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
