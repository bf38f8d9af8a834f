"""Fetches files on an event loop, whichever transport carries what is said to the API.

Nothing of the API's goes to a file's host, and nothing that an HTTP client would add: so files have
connections of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from functools import partial
from typing import TypeVar

from ._addresses import Reach
from ._bounded import Bounded
from ._bounds import Bounds
from ._certificates import Certificates
from ._connections_h11 import FileConnection
from ._dialling import connect
from ._effects import Download, Downloaded
from ._file_address import FileAddress, FileUrl
from ._heads import FAILURES
from ._intake import ROOM, Intake
from ._places import ConnectTimeout, Place, ReadTimeout
from ._pool import Pool
from ._sinks import CHUNK, PIECE, Sink
from ._threads import in_thread
from ._transport import Opening
from ._wires import Trace, Wire, read_headers
from .errors import SaveError

T = TypeVar("T")

_KEPT_ROOMS = 8
"""Pieces of memory that are kept for the files to come."""


class AsyncFiles:
    """Fetches files over connections of its own."""

    def __init__(self, base_url: str, certificates: Certificates) -> None:
        self._reach = Reach(base_url)
        self._bounds = Bounds()
        self._pool = Pool(certificates, partial(connect, FileConnection))
        self._rooms: list[bytearray] = []

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        address = FileAddress.of(download, self._reach)
        wire = Wire("GET", address.url.host, download.within, Trace(0), listens=False)
        with opening as file:
            sink = Sink(wire, file, download)
            async with Bounded(self._bounds, wire, FAILURES):
                await self._connect_and_fetch(address, sink, wire, download.timeout)
            return sink.downloaded()

    async def close(self) -> None:
        """Close every connection; those in use are closed when their file has come."""
        await self._pool.close()

    async def _connect_and_fetch(
        self, address: FileAddress, sink: Sink, wire: Wire, quiet: float
    ) -> None:
        url = address.url
        place = Place.of(url.scheme, url.host, url.port)
        connection = await _soon(self._pool.take(place), quiet, ConnectTimeout)
        room = self._rooms.pop() if self._rooms else bytearray(ROOM)
        try:
            self._judge(connection, url)
            with connection.intake(room, quiet) as intake:
                connection.ask(url.target, address.headers)
                response = await _soon(connection.answer(), quiet, ReadTimeout)
                wire.trace.receiving()
                with sink:
                    if sink.begins(response.status_code, read_headers(response.headers)):
                        await _save(connection, intake, sink, quiet)
        finally:
            if len(self._rooms) < _KEPT_ROOMS:
                self._rooms.append(room)
            await self._pool.put(place, connection)

    def _judge(self, connection: FileConnection, url: FileUrl) -> None:
        """Refuse an address that no file may come from, before a byte is sent to it.

        What is judged is the peer of the connection itself, each time it is given out, so no name
        can resolve to one address for the check and to another for the use.
        """
        if refusal := self._reach.peer_refusal(str(url), connection.peer):
            raise SaveError(refusal)


async def _save(connection: FileConnection, intake: Intake, sink: Sink, quiet: float) -> None:
    size = sink.announced()
    if size is None:
        intake.leave()
        while chunk := await _soon(connection.read(), quiet, ReadTimeout):
            if sink.take(chunk):
                await in_thread(sink.write)
        return
    intake.left = size
    while intake.left:
        is_much = size - intake.left >= PIECE
        broken = await intake.collect(PIECE if is_much else CHUNK)
        sink.take(intake.take())
        if is_much:
            await in_thread(sink.write)
        else:  # while it is in the processor's cache
            sink.write()
        if broken is not None:
            raise broken
    connection.skip()


async def _soon(awaitable: Awaitable[T], seconds: float, late: type[Exception]) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError as error:
        raise late from error
