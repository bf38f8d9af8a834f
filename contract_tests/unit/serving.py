"""Servers of a few lines over bare sockets, plain or with TLS, which do what no real one admits to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Peer = Callable[[socket.socket], None]


@contextmanager
def listening(peer: Peer, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve each connection by a function over the socket; yield the port."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                if tls is None:
                    peer(connection)
                else:
                    with tls.wrap_socket(connection, server_side=True) as secured:
                        peer(secured)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Script:
    """Answers one request after the other with these bytes, and keeps what it was asked.

    ``closes`` hangs up after each answer, without a word of it before.
    """

    answers: list[bytes]
    closes: bool = False
    asked: list[bytes] = field(default_factory=list)
    connections: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def __call__(self, connection: socket.socket) -> None:
        self.connections += 1
        while self.answers and (request := read_request(connection)):
            self.asked.append(request)
            connection.sendall(self.answers.pop(0))
            if self.closes:
                break
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        self.closed.set()

    def headers(self, number: int) -> dict[str, str]:
        """Return the headers of one request, names as they came."""
        head = self.asked[number].partition(b"\r\n\r\n")[0].decode()
        return dict(line.split(": ", 1) for line in head.split("\r\n")[1:])


def read_request(connection: socket.socket) -> bytes:
    """Return a whole request, or nothing when the client has gone."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        more = connection.recv(65536)
        if not more:
            return b""
        body += more
    return head + b"\r\n\r\n" + body


def answer(body: bytes = b"{}", status: int = 200, **headers: str) -> bytes:
    """Return an answer as it stands on the wire."""
    lines = [f"HTTP/1.1 {status} Words", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
