"""HTTP/1.1 on asyncio's bare protocol: so little of it that it is not what is measured."""

from __future__ import annotations

import asyncio
import json
import time
from typing import cast

from .accounts import Accounts
from .routes import Reply, Reset, Routes, Stream

_END = b"\r\n\r\n"
_STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-store\r\n"
    b"connection: close\r\n\r\n"
)
LARGEST_BODY = 1 << 20


class Connection(asyncio.Protocol):
    """One client's connection: reads requests, also several in a row, and writes the answers."""

    def __init__(self, routes: Routes, control: Control) -> None:
        self._routes = routes
        self._control = control
        self._buffer = b""
        self._timers: list[asyncio.TimerHandle] = []
        self._counted: Accounts | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection; it counts from its first request, unless the judge makes that."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the end is the end
        """Forget what was still to be streamed."""
        if self._counted is not None:
            self._counted.connected(-1)
        for timer in self._timers:
            timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole by now."""
        self._buffer += data
        while (cut := self._buffer.find(_END)) >= 0:
            head, rest = self._buffer[:cut], cut + len(_END)
            length = _content_length(head)
            if length > LARGEST_BODY:
                self._transport.abort()
                return
            if len(self._buffer) < rest + length:
                return
            body = self._buffer[rest : rest + length]
            self._buffer = self._buffer[rest + length :]
            self._answer(head, body)

    def _answer(self, head: bytes, body: bytes) -> None:
        method, target, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        if target.startswith("/control/"):
            self._transport.write(self._control.answer(target, body))
            return
        if self._counted is None:
            self._counted = self._routes.round.accounts
            self._counted.connected(1)
        self._write(self._routes.answer(method, target, body, time.monotonic()), target)

    def _write(self, reply: Reply, target: str) -> None:
        if isinstance(reply, Reset):
            self._transport.abort()
        elif isinstance(reply, Stream):
            self._stream(reply, target)
        else:
            self._transport.write(reply)

    def _stream(self, stream: Stream, target: str) -> None:
        """Tell the job's state now, at its start and at its end, and close."""
        url = self._routes.base + target.partition("/status/stream")[0]
        self._transport.write(_STREAM_HEAD)
        loop = asyncio.get_running_loop()
        now = time.monotonic()
        turn = stream.job.turn
        for when in sorted({now, *(moment for moment in (turn.start, turn.end) if moment > now)}):
            last = when >= turn.end
            delay = max(0.0, when - now)
            self._timers.append(loop.call_later(delay, self._event, stream, url, last))

    def _event(self, stream: Stream, url: str, last: bool) -> None:  # noqa: FBT001 - call_later passes places
        # A timer may fire a moment early by the clock's resolution; the end was promised for now.
        now = max(time.monotonic(), stream.job.turn.end) if last else time.monotonic()
        status = self._routes.status(stream.job, url, now)
        self._transport.write(b"data: " + json.dumps(status).encode() + b"\n\n")
        if last:
            self._transport.close()


def _content_length(head: bytes) -> int:
    place = head.lower().find(b"\r\ncontent-length:")
    if place < 0:
        return 0
    return int(head[place + 17 :].split(b"\r\n", 1)[0])


class Control:
    """The judge's own routes: begin a round, and give the books."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._lateness: list[float] = []
        self._cpu = time.process_time()
        self._began = time.monotonic()

    def answer(self, target: str, body: bytes) -> bytes:
        """Begin a round, or report it."""
        if target == "/control/begin":
            self._routes.begin(body)
            self._lateness.clear()
            self._cpu, self._began = time.process_time(), time.monotonic()
            return _written({"round": self._routes.round.serial})
        report = self._routes.round.accounts.report()
        late = sorted(self._lateness)
        report["cpu"] = time.process_time() - self._cpu
        report["wall"] = time.monotonic() - self._began
        report["late_p99"] = late[len(late) * 99 // 100] if late else 0.0
        return _written(report)

    async def watch(self, every: float = 0.02) -> None:
        """Measure how late the server's own timers are, for as long as it runs."""
        while True:
            due = time.monotonic() + every
            await asyncio.sleep(every)
            self._lateness.append(time.monotonic() - due)


def _written(value: object) -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body
