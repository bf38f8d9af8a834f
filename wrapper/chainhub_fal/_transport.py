"""What a driver needs of a transport, whichever library carries the requests."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager
from typing import IO, Protocol, TypeAlias

from ._effects import Answer, Call, Download, Downloaded, Listen

CONNECTIONS = 64
"""Requests of one client that are under way at once, and connections that are kept for them."""
DOWNLOADS = 32
"""Files of one client that are under way at once: slow ones must not keep a poll waiting."""
STREAMS = 32
"""Streams of one client that are heard at once, each on a connection of its own."""
LONGEST_IDLE = 4.0
"""Seconds after which an idle connection is not used again. Common servers (uvicorn, Node) close
theirs after 5 s: a submit sent at that very moment would be lost without an answer."""


Opening: TypeAlias = AbstractContextManager[IO[bytes]]
"""Opens a temporary file; nothing is opened for a URL that cannot be asked for."""


class Transport(Protocol):
    """Carries out one exchange after another, for any number of threads.

    Whatever it is made of: a call's answer is whole in ``timeout`` seconds or raises NoAnswerError
    with the evidence; no redirect is followed, no cookie kept, and the key goes to the base URL.
    """

    name: str

    def exchange(self, call: Call, /) -> Answer:
        """Send a request to the API; raises NoAnswerError."""

    def listen(self, listen: Listen, /) -> Generator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError.

        Whoever closes the generator closes the stream. Silence is bounded here.
        """

    def download(self, download: Download, opening: Opening, /) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""

    def close(self) -> None:
        """Close every connection."""


class AsyncTransport(Protocol):
    """A :class:`Transport` for an event loop."""

    name: str

    async def exchange(self, call: Call, /) -> Answer:
        """Send a request to the API; raises NoAnswerError."""

    def listen(self, listen: Listen, /) -> AsyncGenerator[Answer]:
        """Yield an answer's head, whole if it is no stream, and then each event; NoAnswerError.

        Whoever closes the generator closes the stream. Silence is for the caller to bound.
        """

    async def download(self, download: Download, opening: Opening, /) -> Downloaded:
        """Fetch a public file into the one to be opened; raises NoAnswerError and SaveError."""

    async def close(self) -> None:
        """Close every connection."""
