"""Carries requests over connections of our own on an event loop: the async colour of httpcore's.

In a module of its own, so that a blocking client loads no event loop.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import TYPE_CHECKING

import httpcore

from ._bodies import Body
from ._bounded import Bounded
from ._bounds import Bounds
from ._effects import Answer, Call, Download, Downloaded, Listen
from ._events import comes_in_events
from ._idle import Idle
from ._listening import Words
from ._streams import LoopBackend
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._transport_httpcore import FAILURES, Requests, is_ahead, place
from ._wires import Wire, read_headers
from .settings import Settings

if TYPE_CHECKING:
    from ._files_async import AsyncFiles


class AsyncCoreTransport(Requests):
    """Carries requests over httpcore's async connections."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._backend = LoopBackend()
        self._bounds = Bounds()
        self._files: AsyncFiles | None = None
        self._idle: Idle[httpcore.AsyncHTTPConnection] = Idle(CONNECTIONS, LONGEST_IDLE)

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        request, wire = self._api_request(call)
        if wire.listens:
            request.extensions = {"trace": wire.trace.ahear}
        connection = await self._take(request.url)
        try:
            async with (
                Bounded(self._bounds, wire, FAILURES),
                aclosing(await connection.handle_async_request(request)) as response,
            ):
                return await self._read(response, wire)
        finally:
            await self._put(request.url, connection)

    async def _read(self, response: httpcore.Response, wire: Wire) -> Answer:
        wire.trace.receiving()
        headers = read_headers(response.headers)
        body = Body(wire, headers)
        async for chunk in response.aiter_stream():
            body.take(chunk)
        return wire.answer(response.status, headers, body.whole(), self._secrets)

    async def listen(self, listen: Listen) -> AsyncGenerator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError."""
        request, wire = self._events_request(listen)
        connection = await self._take(request.url)
        try:
            async with aclosing(await connection.handle_async_request(request)) as response:
                headers = read_headers(response.headers)
                if not comes_in_events(response.status, headers):
                    yield await self._read(response, wire)
                    return
                wire.trace.receiving()
                words = Words(wire, response.status, headers, self._secrets)
                yield words.head()
                async for chunk in response.aiter_stream():
                    for answer in words.take(chunk):
                        yield answer
        except FAILURES as error:
            raise wire.failed(error) from error
        finally:
            await self._put(request.url, connection)

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        if self._files is None:
            from ._files_async import AsyncFiles  # noqa: PLC0415 - loaded with the first file

            self._files = AsyncFiles(self._base_url, self._certificates)
        return await self._files.download(download, opening)

    async def close(self) -> None:
        """Close every connection; those in use are closed when their answer is read."""
        await self._close(self._idle.close())
        if self._files is not None:
            await self._files.close()

    async def _take(self, url: httpcore.URL) -> httpcore.AsyncHTTPConnection:
        connection, spoilt = self._idle.take(place(url))
        await self._close(spoilt)
        return connection or httpcore.AsyncHTTPConnection(
            url.origin,
            self._context(url.origin),
            keepalive_expiry=LONGEST_IDLE,
            network_backend=self._backend,
        )

    async def _put(self, url: httpcore.URL, connection: httpcore.AsyncHTTPConnection) -> None:
        spoilt = is_ahead(connection)
        await self._close([connection] if spoilt else self._idle.put(place(url), connection))

    @staticmethod
    async def _close(connections: Iterable[httpcore.AsyncHTTPConnection]) -> None:
        for connection in connections:
            await connection.aclose()
