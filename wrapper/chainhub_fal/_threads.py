"""Work that would hold an event loop up, done in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import TypeVar

from ._effects import Answer, Call, Download, Downloaded, Listen
from ._transport import Opening, Transport
from ._wires import no_turn

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Do work in a thread; whoever is cancelled meanwhile goes on when it is done, not before.

    A thread cannot be stopped, and what it writes to must not be closed under it.
    """
    doing = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        await asyncio.wait([doing])
        doing.cancelled() or doing.exception()  # it is known now, and told to nobody
        raise


class ThreadTransport:
    """Carries requests for an event loop over a sync transport, each in a thread."""

    def __init__(self, transport: Transport) -> None:
        self.name = transport.name
        self._transport = transport

    async def exchange(self, call: Call) -> Answer:
        """Send a request to the API; raises NoAnswerError."""
        return await asyncio.to_thread(self._transport.exchange, call)

    def listen(self, listen: Listen) -> AsyncGenerator[Answer]:  # noqa: ARG002 - a transport's signature
        """Refuse, by NoAnswerError: a thread that waits for a server's words cannot be stopped."""
        raise no_turn(0, f"{self.name} is not for an event loop, so it hears no stream")

    async def download(self, download: Download, opening: Opening) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""
        return await in_thread(lambda: self._transport.download(download, opening))

    async def close(self) -> None:
        """Leave the connections open: they are those of the sync client."""
