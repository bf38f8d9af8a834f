"""Fetches files for a client that blocks, on connections of their own.

Nothing of the API's goes to a file's host, and nothing that an HTTP client would add.
"""

from __future__ import annotations

from collections.abc import Iterable

from ._addresses import Reach
from ._certificates import Certificates
from ._connections_blocking import BlockingConnection
from ._effects import Download, Downloaded
from ._file_address import FileAddress
from ._heads import FAILURES
from ._idle import Idle
from ._places import Place
from ._sinks import CHUNK, Sink
from ._transport import CONNECTIONS, LONGEST_IDLE, Opening
from ._wires import Trace, Wire, read_headers
from .errors import SaveError


class Files:
    """Fetches files, for any number of threads."""

    def __init__(self, base_url: str, certificates: Certificates) -> None:
        self._reach = Reach(base_url)
        self._certificates = certificates
        self._idle: Idle[BlockingConnection] = Idle(CONNECTIONS, LONGEST_IDLE)

    def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        address = FileAddress.of(download, self._reach)
        wire = Wire("GET", address.url.host, download.within, Trace(0), listens=False)
        with opening as file:
            sink = Sink(wire, file, download)
            try:
                self._fetch(address, sink, wire, download.timeout)
            except FAILURES as error:
                raise wire.failed(error) from error
            return sink.downloaded()

    def close(self) -> None:
        """Close every connection; those in use are closed when their file has come."""
        self._close(self._idle.close())

    def _fetch(self, address: FileAddress, sink: Sink, wire: Wire, quiet: float) -> None:
        url = address.url
        place = Place.of(url.scheme, url.host, url.port)
        connection = self._take(place, quiet)
        try:
            # The peer of the connection itself, each time it is given out: no name can resolve to
            # one address for the check and to another for the use.
            if refusal := self._reach.peer_refusal(str(url), connection.peer):
                raise SaveError(refusal)
            response = connection.ask(url.target, address.headers, quiet)
            wire.trace.receiving()
            with sink:
                if sink.begins(response.status_code, read_headers(response.headers)):
                    _save(connection, sink)
        finally:
            connection.rest()
            self._close(self._idle.put(place, connection))

    def _take(self, place: Place, timeout: float) -> BlockingConnection:
        connection, spoilt = self._idle.take(place)
        self._close(spoilt)
        if connection is not None:
            return connection
        context = self._certificates.context() if place.secure else None
        return BlockingConnection(place, context, timeout)

    @staticmethod
    def _close(connections: Iterable[BlockingConnection]) -> None:
        for connection in connections:
            connection.close()


def _save(connection: BlockingConnection, sink: Sink) -> None:
    size = sink.announced()
    if size is None:
        for chunk in connection.read():
            if sink.take(chunk):
                sink.write()
        return
    for piece in connection.body(size, bytearray(CHUNK)):
        sink.take(piece)
        sink.write()
