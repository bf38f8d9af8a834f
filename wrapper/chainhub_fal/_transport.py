"""HTTP: builds requests that carry the key to one origin only, and reads answers with evidence.

The evidence is httpcore's ``trace`` extension: it tells whether a byte of a request was written.
An exception's class cannot tell that, and a submit may be sent again only if none was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO

import httpx

from ._effects import Answer, Call, Download, Downloaded
from ._media import HEAD_SIZE, TAIL_SIZE, show_size
from ._version import __version__
from .errors import NoAnswerError, SaveError
from .settings import Settings

USER_AGENT = f"chainhub-fal/{__version__}"
MAX_ANSWER = 256 * 1024 * 1024
"""Bytes of an API answer that are read at most; sync_mode puts whole pictures into it."""
_REDACTED = b"[the key]"
_SCHEMES = {"gateway": "Bearer", "fal": "Key"}  # upstream facts, table 0


class Trace:
    """Listens to httpcore and remembers how far a request came."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heard = False
        self._sending = False
        self._sent = False
        self._receiving = False

    def hear(self, event: str, _: Mapping[str, object]) -> None:
        """Take one event; its name ends alike in HTTP/1.1 and HTTP/2."""
        self._heard = True
        self._sending = self._sending or event.endswith("send_request_headers.started")
        self._sent = self._sent or event.endswith("send_request_body.complete")
        self._receiving = self._receiving or event.endswith("receive_response_headers.complete")

    async def ahear(self, event: str, info: Mapping[str, object]) -> None:
        """Take one event from the async transport."""
        self.hear(event, info)

    @property
    def unsent(self) -> bool:
        """Tell whether it is proven that no byte of the request left: silence is no proof."""
        return self._heard and not self._sending

    @property
    def phase(self) -> str:
        """Name the phase that the exchange ended in."""
        if self._receiving:
            return "receive"
        if self._sent:
            return "wait for the answer"
        if self._sending:
            return "send"
        return "connect" if self._heard else "unknown"

    @property
    def bytes_written(self) -> int | None:
        """Bytes of the body known to have been written; None while that is not known."""
        if self.unsent:
            return 0
        return self._size if self._sent else None


class Wire:
    """One HTTP exchange: its request, its clock and its trace."""

    def __init__(self, request: httpx.Request, timeout: float, secrets: tuple[str, ...]) -> None:
        self.request = request
        self.secrets = secrets
        self.timeout = timeout
        self.trace = Trace(len(request.content))
        self.started = time.monotonic()
        self.when = time.time()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what httpx raises into NoAnswerError with the evidence; the key is in neither."""
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise self.no_answer(_words(error)) from error

    def no_answer(self, problem: str) -> NoAnswerError:
        """Return the error of an exchange that ended here."""
        return NoAnswerError(
            f"{problem} ({self.request.method} {self.request.url.host}, during {self.trace.phase})",
            phase=self.trace.phase,
            unsent=self.trace.unsent,
            at=time.monotonic(),
            when=self.when,
            bytes_written=self.trace.bytes_written,
        )

    def check(self, size: int, limit: int) -> None:
        """End an answer that is too large, or that takes too long."""
        if size > limit:
            raise self.no_answer(f"the answer is larger than {show_size(limit)}")
        self.check_time()

    def check_time(self) -> None:
        """End an answer that drips: each read was in time, the whole was not."""
        if time.monotonic() - self.started > self.timeout:
            raise self.no_answer(f"the answer was not whole after {self.timeout:g} s")

    def answer(self, response: httpx.Response, body: bytes) -> Answer:
        """Return the answer in the flow's own words, without the key that a server may repeat."""
        headers = {name.lower(): value for name, value in response.headers.items()}
        for secret in self.secrets:
            body = body.replace(secret.encode(), _REDACTED)
        return Answer(response.status_code, headers, body, time.monotonic(), self.when)


def api_wire(client: httpx.Client | httpx.AsyncClient, call: Call, settings: Settings) -> Wire:
    """Build a request below the base URL, with the key: the only place that writes it."""
    exchange = call.exchange
    headers = httpx.Headers(client.headers)  # of the client's defaults these alone are taken over
    headers["Authorization"] = f"{_SCHEMES[settings.dialect]} {settings.api_key.reveal()}"
    headers["Accept"] = "application/json"
    headers["User-Agent"] = USER_AGENT
    if exchange.body is not None:
        headers["Content-Type"] = "application/json"
    request = httpx.Request(
        exchange.method,
        httpx.URL(settings.base_url + exchange.path, params=exchange.query or None),
        content=exchange.body,
        headers=headers,
        extensions={"timeout": httpx.Timeout(call.timeout).as_dict()},
    )
    return _traced(client, request, call.timeout, settings.api_key.parts)


def file_wire(client: httpx.Client | httpx.AsyncClient, download: Download) -> Wire:
    """Build a request for a public file.

    It is not built by the client, whose default headers, cookies or credentials are none of the
    file server's business.
    """
    try:
        request = httpx.Request(
            "GET",
            download.url,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*"},
            extensions={"timeout": httpx.Timeout(download.timeout).as_dict()},
        )
    except (httpx.InvalidURL, UnicodeError) as error:
        raise SaveError(f"its URL cannot be read: {error}") from error
    return _traced(client, request, download.within, ())


def _traced(
    client: httpx.Client | httpx.AsyncClient,
    request: httpx.Request,
    timeout: float,
    secrets: tuple[str, ...],
) -> Wire:
    wire = Wire(request, timeout, secrets)
    hear = wire.trace.ahear if isinstance(client, httpx.AsyncClient) else wire.trace.hear
    request.extensions = {**request.extensions, "trace": hear}
    return wire


class Sink:
    """Takes the chunks of a file: counts them, keeps the head, writes the rest."""

    def __init__(self, wire: Wire, file: IO[bytes], path: str, limit: int) -> None:
        self._wire = wire
        self._file = file
        self._path = path
        self._limit = limit
        self._head = b""
        self._tail = b""
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Write one chunk; raises SaveError past the limit."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise SaveError(
                f"it is larger than {show_size(self._limit)}", hint="Raise max_download"
            )
        self._wire.check_time()
        if len(self._head) < HEAD_SIZE:
            self._head = (self._head + chunk)[:HEAD_SIZE]
        self._tail = (
            chunk[-TAIL_SIZE:] if len(chunk) >= TAIL_SIZE else (self._tail + chunk)[-TAIL_SIZE:]
        )
        self._file.write(chunk)

    def downloaded(self, response: httpx.Response) -> Downloaded:
        """Return what lies in the file now."""
        answer = self._wire.answer(response, b"")
        return Downloaded(
            answer.status,
            answer.headers,
            head=self._head,
            tail=self._tail,
            size=self._size,
            temporary=self._path,
            at=answer.at,
        )


def _words(error: Exception) -> str:
    """Say what went wrong without repeating a URL or a header."""
    known = _WORDS.get(type(error))
    return known or f"the exchange failed: {type(error).__name__}"


_WORDS: dict[type[Exception], str] = {
    httpx.ConnectError: "no connection could be made",
    httpx.ConnectTimeout: "no connection could be made in time",
    httpx.PoolTimeout: "no connection was free in time",
    httpx.ReadTimeout: "no answer came in time",
    httpx.WriteTimeout: "the request could not be sent in time",
    httpx.ReadError: "the connection broke while the answer was awaited",
    httpx.WriteError: "the connection broke while the request was sent",
    httpx.RemoteProtocolError: "the server hung up or did not speak HTTP",
    httpx.DecodingError: "the answer's compression is broken",
    httpx.UnsupportedProtocol: "the URL is not http(s)",
    httpx.ProxyError: "the proxy refused",
}
