"""The server's process, seen from the runner: begin a round, read its books, measure its limit."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

_ANSWER = b"HTTP/1.1 202"
_AT_ONCE = 64
_JOB = "/fal-ai/flux-1/requests/00000000-0000-4000-8000-{serial:012d}/status"


class Judge:
    """The queue server, for as long as the block lasts."""

    def __enter__(self) -> Self:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None  # noqa: S101 - it is a pipe
        self.base = self._process.stdout.readline().strip()
        if not self.base:
            raise RuntimeError("the queue server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let it end: it does when its standard input is closed."""
        self._process.communicate()

    def begin(self, plan: dict[str, object]) -> int:
        """Begin a round, and return its serial number."""
        serial: int = self._ask("POST", "/control/begin", plan)["round"]
        return serial

    def books(self) -> dict[str, Any]:
        """Return what happened since the round began."""
        return self._ask("GET", "/control/accounts")

    def capacity(self, seconds: float = 1.0) -> dict[str, float]:
        """Measure how many status requests a second it answers when it has nothing to wait for.

        Several requests are sent in one piece, so that asking costs next to nothing.
        """
        serial = self.begin({"lengths": [3600.0]})
        self._ask("POST", "/fal-ai/flux-1/schnell/redux", {})
        request = f"GET {_JOB.format(serial=serial)} HTTP/1.1\r\nhost: x\r\n\r\n".encode()
        host, port = self._address
        answers, began = 0, time.monotonic()
        with socket.create_connection((host, port)) as connection:
            while time.monotonic() - began < seconds:
                connection.sendall(request * _AT_ONCE)
                answers += _drain(connection)
        wall, cpu = time.monotonic() - began, self.books()["cpu"]
        return {"per_second": answers / wall, "per_cpu_second": answers / cpu}

    @property
    def _address(self) -> tuple[str, int]:
        parts = urlsplit(self.base)
        return parts.hostname or "", parts.port or 0

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = HTTPConnection(*self._address, timeout=30)
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return answer


def _drain(connection: socket.socket) -> int:
    """Read the answers to one piece, and return their number."""
    heard, found = b"", 0
    while found < _AT_ONCE or not heard.endswith(b"}"):
        heard += connection.recv(1 << 16)
        found = heard.count(_ANSWER)
    return found
