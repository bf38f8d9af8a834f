"""HTTP: builds requests that carry the key to one origin only, and reads answers with evidence.

The evidence is httpcore's ``trace`` extension: it tells whether a byte of a request was written.
An exception's class cannot tell that, and a submit may be sent again only if none was.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any

import httpx

from ._addresses import Reach
from ._effects import Answer, Call, Download, Downloaded
from ._media import HEADER_SIZE, TAIL_SIZE, show_size
from ._ranges import begin, range_headers, start_of
from ._version import __version__
from .errors import NoAnswerError, SaveError
from .settings import Settings

USER_AGENT = f"chainhub-fal/{__version__}"
MAX_ANSWER = 256 * 1024 * 1024
"""Bytes of an API answer that are read at most; sync_mode puts whole pictures into it."""
_REDACTED = "[the key]"
_NO_RANGE = frozenset({206, 416})
"""What answers that the part cannot be continued; a 206 that fits has been taken before."""
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
            body = body.replace(secret.encode(), _REDACTED.encode())
            headers = {name: value.replace(secret, _REDACTED) for name, value in headers.items()}
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
    return _listening(client, Wire(request, call.timeout, settings.api_key.parts))


def file_wire(
    client: httpx.Client | httpx.AsyncClient, download: Download, settings: Settings
) -> Wire:
    """Build a request for a public file, or for what is missing of it.

    It is not built by the client, whose default headers, cookies or credentials are none of the
    file server's business. Raises SaveError where no file of this API can be.
    """
    try:
        request = httpx.Request(
            "GET",
            download.url,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"},
            extensions={"timeout": httpx.Timeout(download.timeout).as_dict()},
        )
        url = str(request.url)
        reach = Reach(settings.base_url)
        refusal = reach.refusal(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise SaveError(f"its URL cannot be read: {error}") from error
    if refusal:
        raise SaveError(refusal)
    request.headers.update(range_headers(download.part, download.url))
    wire = Wire(request, download.within, ())
    wire.trace = _FileTrace(request, reach)
    return _listening(client, wire)


class _FileTrace(Trace):
    """Ends a connection to an address that no file may come from, before a byte is sent on it.

    What is judged is the peer of the connection itself, so no name can resolve to one address for
    the check and to another for the use. A proxy's address is the caller's choice; the proxy
    resolves the name then, and can refuse what this cannot see.
    """

    def __init__(self, request: httpx.Request, reach: Reach) -> None:
        super().__init__(len(request.content))
        self._host = request.url.raw_host.decode("ascii")
        self._url = str(request.url)
        self._reach = reach
        self._connecting_to = ""

    def hear(self, event: str, info: Mapping[str, Any]) -> None:
        super().hear(event, info)
        if refusal := self._refusal(event, info):
            info["return_value"].close()
            raise SaveError(refusal)

    async def ahear(self, event: str, info: Mapping[str, Any]) -> None:
        super().hear(event, info)
        if refusal := self._refusal(event, info):
            await info["return_value"].aclose()
            raise SaveError(refusal)

    def _refusal(self, event: str, info: Mapping[str, Any]) -> str:
        if event == "connection.connect_tcp.started":
            self._connecting_to = info["host"]
        if event != "connection.connect_tcp.complete" or self._connecting_to != self._host:
            return ""
        peer = info["return_value"].get_extra_info("server_addr")
        return self._reach.peer_refusal(self._url, peer[0]) if peer else ""


def _listening(client: httpx.Client | httpx.AsyncClient, wire: Wire) -> Wire:
    hear = wire.trace.ahear if isinstance(client, httpx.AsyncClient) else wire.trace.hear
    wire.request.extensions = {**wire.request.extensions, "trace": hear}
    return wire


class Sink:
    """Takes the body of a file into its part: anew, or where the part ends."""

    def __init__(self, wire: Wire, file: IO[bytes], download: Download) -> None:
        self._wire = wire
        self._file = file
        self._download = download
        self._part = download.part

    def begins(self, response: httpx.Response) -> bool:
        """Tell whether the body is wanted; raises SaveError when it is larger than the limit."""
        part, url, headers = self._part, self._download.url, response.headers
        found = start_of(part, url, response.status_code, headers)
        if found is None:
            if response.status_code in _NO_RANGE:
                part.forget()
            return False
        if found == 0:
            begin(part, url, headers)
        self._check_size(part.total or 0)
        self._file.seek(found)
        self._file.truncate()
        return True

    def take(self, chunk: bytes) -> None:
        """Write one chunk; raises SaveError past the limit."""
        self._check_size(self._part.size + len(chunk))
        self._wire.check_time()
        self._file.write(chunk)
        self._part.size += len(chunk)

    def downloaded(self, response: httpx.Response) -> Downloaded:
        """Return what lies in the file now; raises NoAnswerError when more was announced."""
        part = self._part
        if response.is_success and part.total is not None and part.size < part.total:
            raise self._wire.no_answer("the file did not come whole")
        answer = self._wire.answer(response, b"")
        self._file.seek(0)
        head = self._file.read(HEADER_SIZE)
        self._file.seek(max(0, part.size - TAIL_SIZE))
        return Downloaded(
            answer.status,
            answer.headers,
            head=head,
            tail=self._file.read(TAIL_SIZE),
            size=part.size,
            temporary=part.path,
            at=answer.at,
        )

    def _check_size(self, size: int) -> None:
        limit = self._download.limit
        if size > limit:
            raise SaveError(f"it is larger than {show_size(limit)}", hint="Raise max_download")


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
