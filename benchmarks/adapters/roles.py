"""What a client must be able to do to take part; an adapter does each with its client's own calls.

An adapter's module has ``open_async`` or ``open_sync``, or both. They take the server's address and
the peer's options, and raise NotOfferedError for what the installed client cannot do.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeAlias, runtime_checkable

POLL_INTERVAL = 0.1
"""Seconds between polls of the loops written by hand: fal-client's own interval."""
KEY = "bench-key-0000"
ENDPOINT = "fal-ai/flux-1/schnell/redux"
Options: TypeAlias = Mapping[str, object]
Ended: TypeAlias = Callable[[int, BaseException | None], None]
"""Is told each job's number as it ends, with the error where there is no result."""


class NotOfferedError(Exception):
    """The installed client has no such feature: the reason is said in the report."""


class UnansweredError(Exception):
    """A loop written by hand got another answer than it hoped for."""


class AsyncPeer(Protocol):
    """A client with an async interface."""

    async def run(self, number: int) -> None:
        """Submit the job of this number, wait for it, and have its result."""

    async def begin(self, number: int) -> None:
        """Submit a job that :meth:`call` asks about."""

    async def call(self) -> None:
        """Ask once where that job stands."""

    async def ready(self, number: int) -> None:
        """Get to know a file's address, before the clock runs."""

    async def fetch(self, number: int, folder: Path) -> None:
        """Bring that file into the folder."""


class SyncPeer(Protocol):
    """A client with a blocking interface; ``fetch`` is called from several threads."""

    def begin(self, number: int) -> None:
        """Submit a job that :meth:`call` asks about."""

    def call(self) -> None:
        """Ask once where that job stands."""

    def ready(self, number: int) -> None:
        """Get to know a file's address, before the clock runs."""

    def fetch(self, number: int, folder: Path) -> None:
        """Bring that file into the folder."""


@runtime_checkable
class AsyncBatch(Protocol):
    """A client that runs many jobs itself."""

    async def run_all(self, numbers: Sequence[int], at_once: int, ended: Ended) -> None:
        """Run them all, so many at once."""


@runtime_checkable
class SyncBatch(Protocol):
    """A client with a blocking interface that runs many jobs itself."""

    def run_all(self, numbers: Sequence[int], at_once: int, ended: Ended) -> None:
        """Run them all, so many at once."""


class AsyncWithoutFiles:
    """What an async client says that brings no files to disk."""

    async def ready(self, number: int) -> None:
        """Refuse."""
        raise NotOfferedError(f"file {number}: it brings no files to disk")

    async def fetch(self, number: int, folder: Path) -> None:
        """Refuse."""
        raise NotOfferedError(f"file {number}: it brings none to disk, {folder} stays empty")


class WithoutFiles:
    """What a blocking client says that brings no files to disk."""

    def ready(self, number: int) -> None:
        """Refuse."""
        raise NotOfferedError(f"file {number}: it brings no files to disk")

    def fetch(self, number: int, folder: Path) -> None:
        """Refuse."""
        raise NotOfferedError(f"file {number}: it brings none to disk, {folder} stays empty")


OpenAsync: TypeAlias = Callable[[str, Options], AbstractAsyncContextManager[AsyncPeer]]
OpenSync: TypeAlias = Callable[[str, Options], AbstractContextManager[SyncPeer]]


def arguments(number: int) -> dict[str, object]:
    """Return a job's inputs; its number is in them, for the server's books."""
    return {"image_url": f"https://pictures.example/cat.jpg?job={number}"}


def file_url(base: str, number: int, options: Options) -> str:
    """Return the address of the file of this number."""
    return f"{base}/files/{options['file_size']}/{number}.jpg"


@asynccontextmanager
async def lasting(peer: AsyncPeer) -> AsyncIterator[AsyncPeer]:
    """Yield a peer that has nothing to close."""
    yield peer


def enough(status: int) -> None:
    """Raise UnansweredError for a status that is no success."""
    if not 200 <= status < 300:  # noqa: PLR2004 - success
        raise UnansweredError(f"HTTP {status}")


def numbered(numbers: Sequence[int]) -> Iterator[dict[str, object]]:
    """Yield the inputs of many jobs."""
    return map(arguments, numbers)
