"""Connections for files that block, whose answers h11 reads; the bytes of a file go past it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping

import h11

from ._heads import request
from ._places import ConnectError, ConnectTimeout, Place, ReadError, ReadTimeout, watcher
from ._resting import Resting
from ._sinks import CHUNK

_HEAD = 64 * 1024
"""Bytes that are received at a time of what h11 reads."""


class BlockingConnection(Resting):
    """One connection: asks for one file after the other; ``peer`` is the address it leads to."""

    def __init__(self, place: Place, context: ssl.SSLContext | None, timeout: float) -> None:
        try:
            self._socket, self.peer = _connected(place, context, timeout)
        except TimeoutError as error:
            raise ConnectTimeout(str(error)) from error
        except OSError as error:
            raise ConnectError(str(error)) from error
        self._has_news = watcher(self._socket)
        self._state: h11.Connection | None = None
        self._is_whole = False

    def ask(self, target: str, headers: Mapping[str, str], timeout: float) -> h11.Response:
        """Ask for a file and return the answer's head.

        ``timeout`` is for each read, in seconds. Raises ReadError, ReadTimeout, and h11's errors.
        """
        state, written = request(target, headers)
        self._state = state
        self._is_whole = False
        self._socket.settimeout(timeout)
        try:
            self._socket.sendall(written)
        except OSError as error:
            raise ReadError(str(error)) from error
        while not isinstance(event := self._event(state), h11.Response):
            pass
        return event

    def read(self) -> Iterator[bytes]:
        """Yield a body as it has to be taken apart."""
        assert self._state is not None  # noqa: S101 - something was asked
        while isinstance(event := self._event(self._state), h11.Data):
            yield bytes(event.data)
        self._is_whole = not self._state.trailing_data[0]

    def body(self, size: int, room: bytearray) -> Iterator[bytes | memoryview]:
        """Yield a body of so many bytes, piece by piece, each in the same memory as the last."""
        assert self._state is not None  # noqa: S101 - something was asked
        ahead, _ = self._state.trailing_data
        left = size - len(ahead)
        yield ahead[:size]
        view = memoryview(room)
        while left > 0:
            came = self._receive(view[: min(left, CHUNK)])
            if not came:
                raise ReadError
            left -= came
            yield view[:came]
        self._is_whole = left == 0

    def _event(self, state: h11.Connection) -> h11.Event:
        """Return the next thing that is said."""
        while not isinstance(event := state.next_event(), h11.Event):
            room = bytearray(_HEAD)
            size = self._receive(memoryview(room))
            state.receive_data(bytes(room[:size]))
        return event

    def _receive(self, view: memoryview) -> int:
        try:
            return self._socket.recv_into(view)
        except TimeoutError as error:
            raise ReadTimeout(str(error)) from error
        except OSError as error:
            raise ReadError(str(error)) from error

    # What idle connections are asked

    def is_available(self) -> bool:
        """Tell whether a file has come to its end, and another may be asked for."""
        state = self._state
        return self._is_whole and state is not None and state.our_state is h11.DONE

    def close(self) -> None:
        """Close."""
        self._socket.close()


def _connected(
    place: Place, context: ssl.SSLContext | None, timeout: float
) -> tuple[socket.socket, str]:
    """Return a socket and the address that it leads to."""
    opened = socket.create_connection((place.host, place.port), timeout)
    try:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = str(opened.getpeername()[0])
        if context is not None:
            opened = context.wrap_socket(opened, server_hostname=place.host)
    except BaseException:
        opened.close()
        raise
    return opened, peer
