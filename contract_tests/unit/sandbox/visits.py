"""Requests to the sandbox in this process, by a client that reads, and leaves, when a test says so."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from starlette.types import Message

from chainhub_fal_sandbox.app import SandboxApp

SUBMIT = "/fal-ai/flux-1/schnell/redux"
BODY = {"image_url": "https://fal.media/a.png", "image_size": {"width": 96, "height": 64}}
IN_TIME = 10  # seconds, after which a test has failed


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        """Let the time pass that somebody wanted to wait."""
        self.now += seconds


class CutOffError(Exception):
    """The connection was closed within the answer."""


@dataclass
class Visit:
    """One request. ``sent_at`` holds the time, by the sandbox's clock, of each piece of the answer."""

    app: SandboxApp
    path: str
    method: str = "GET"
    body: bytes = b""
    key: str | None = None
    sent_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ended = False
        self._gone = asyncio.Event()
        self._unread = [{"type": "http.request", "body": self.body}]
        self._sent: asyncio.Queue[Message | None] = asyncio.Queue()
        self.task = asyncio.create_task(self.app(self._scope(), self._receive, self._send))
        self.task.add_done_callback(lambda _: self._sent.put_nowait(None))

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read status and headers."""
        message = await self._next()
        return message["status"], {
            name.decode(): text.decode() for name, text in message["headers"]
        }

    async def block(self) -> bytes | None:
        """Read a piece of the body; None if it has ended as it should."""
        if self._ended:
            return None
        message = await self._next()
        self._ended = not message.get("more_body")
        return message.get("body") or None

    async def event(self) -> dict[str, Any]:
        """Read a piece that must be an event, and its data."""
        block = await self.block()
        assert block is not None
        assert block.startswith(b"data: ")
        assert block.endswith(b"\n\n")
        assert block.count(b"\n") == 2
        return dict(json.loads(block[len("data: ") :]))

    async def leave(self) -> None:
        """Close the connection; raises if that does not end the work, or leaves some of it."""
        self._gone.set()
        async with asyncio.timeout(IN_TIME):
            await self.task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def _next(self) -> Message:
        async with asyncio.timeout(IN_TIME):
            message = await self._sent.get()
        if message is None:
            raise CutOffError from self.task.exception()
        return message

    async def _receive(self) -> Message:
        if self._unread:
            return self._unread.pop()
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.sent_at.append(self.app.settings.clock())
        self._sent.put_nowait(message)

    def _scope(self) -> dict[str, Any]:
        scheme = "Key" if self.app.settings.dialect == "fal" else "Bearer"
        key = f"{scheme} {self.app.settings.accepted_key}" if self.key is None else self.key
        headers = {"host": "sandbox", "content-type": "application/json", "authorization": key}
        path, _, query = self.path.partition("?")
        return {
            "type": "http",
            "scheme": "http",
            "server": ("sandbox", 80),
            "method": self.method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(name.encode(), text.encode()) for name, text in headers.items() if text],
        }


async def ask(
    app: SandboxApp, path: str, method: str = "GET", **more: Any
) -> tuple[int, dict[str, str], Any]:
    """Return status, headers and the JSON of a whole answer; {} if it has no body."""
    visit = Visit(app, path, method, **more)
    status, headers = await visit.head()
    body = await visit.block() or b"{}"
    await visit.task
    return status, headers, json.loads(body)


async def submit(app: SandboxApp) -> str:
    """Submit a job and return the path of its status."""
    _, _, ticket = await ask(app, SUBMIT, "POST", body=json.dumps(BODY).encode())
    return f"/fal-ai/flux-1/requests/{ticket['request_id']}/status"
