"""The one way out of a live run: a transport that holds the cap, keeps the pace, and tells every
exchange to those who listen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import httpx

from ..harness.target import Target
from .exchanges import Exchange
from .spending import Purse, Submit

Listener = Callable[[Exchange], None]
Finish = Callable[[bytes, str], None]
_KEPT = 32 * 1024 * 1024  # bytes of an answer that are kept to look at


class Pace:
    """Spaces requests: at most ``per_second`` of them begin in a second."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap, self._clock, self._sleep = 1 / per_second, clock, sleep
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Sleep until the next request may begin."""
        with self._lock:
            now = self._clock()
            due = max(now, self._next)
            self._next = due + self._gap
        if due > now:
            self._sleep(due - now)


class Gate(httpx.BaseTransport):
    """Sends requests for every client of a run; closing a client leaves it open."""

    def __init__(self, purse: Purse, pace: Pace, inner: httpx.BaseTransport) -> None:
        self.purse = purse
        self._pace, self._inner = pace, inner
        self._listeners: list[Listener] = []

    def shut(self) -> None:
        """Close the connections."""
        self._inner.close()

    @contextmanager
    def heard_by(self, listener: Listener) -> Iterator[None]:
        """Tell a listener each exchange that ends within the block."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises CapReachedError before anything else is done with it."""
        request.read()
        submit = self.purse.open(request)
        self._pace.wait()
        started = time.monotonic()

        def finish(status: int, headers: httpx.Headers, raw: bytes, error: str) -> None:
            content, broken = _decoded(headers, raw)
            seconds = time.monotonic() - started
            whole = Exchange(request, status, headers, content, error or broken, started, seconds)
            self._finish(submit, whole)

        try:
            response = self._inner.handle_request(request)
        except BaseException as error:
            finish(0, httpx.Headers(), b"", type(error).__name__)
            raise
        kept = _Kept(
            cast("httpx.SyncByteStream", response.stream),
            lambda raw, error: finish(response.status_code, response.headers, raw, error),
        )
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=kept,
            extensions=response.extensions,
        )

    def _finish(self, submit: Submit | None, exchange: Exchange) -> None:
        if submit is not None:
            self.purse.close(submit, exchange)
        for listener in tuple(self._listeners):
            listener(exchange)


class _Kept(httpx.SyncByteStream):
    """Hands a body on and keeps it; when it is closed, tells it and what broke it off."""

    def __init__(self, stream: httpx.SyncByteStream, finish: Finish) -> None:
        self._stream, self._finish = stream, finish
        self._chunks: list[bytes] = []
        self._size = 0
        self._error = "NotReadToTheEnd"
        self._told = False

    def __iter__(self) -> Iterator[bytes]:
        try:
            for chunk in self._stream:
                self._size += len(chunk)
                if self._size <= _KEPT:
                    self._chunks.append(chunk)
                yield chunk
            self._error = "" if self._size <= _KEPT else "TooLargeToKeep"
        except httpx.HTTPError as error:
            self._error = type(error).__name__
            raise

    def close(self) -> None:
        self._stream.close()
        if not self._told:
            self._told = True
            self._finish(b"".join(self._chunks), self._error)


@dataclass(frozen=True, kw_only=True)
class GatedTarget(Target):
    """A target whose clients all go through one gate."""

    gate: Gate

    def client(self, *, authorization: str | None = "") -> httpx.Client:
        """Return an HTTP client below the base URL, as any target does, through the gate."""
        value = self.authorization if authorization == "" else authorization
        return httpx.Client(
            base_url=self.base_url,
            headers={"Authorization": value} if value is not None else {},
            timeout=self.timeout,
            trust_env=False,
            transport=self.gate,
        )


def _decoded(headers: httpx.Headers, raw: bytes) -> tuple[bytes, str]:
    """Undo the body's compression; return what it was and the name of what went wrong."""
    try:
        return httpx.Response(200, headers=headers, content=raw).content, ""
    except httpx.DecodingError as error:
        return raw, type(error).__name__
