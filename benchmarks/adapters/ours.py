"""Drives this client: what a peer's entry says goes to the client, if it knows the option."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import AsyncClient, ChainHubError, Client, Options

from .roles import KEY, AsyncPeer, Ended, NotOfferedError, SyncPeer, arguments, numbered
from .roles import Options as Given

_OURS = frozenset({"dialect", "transport", "batch", "file_size"})
"""What the entry says to the adapter; all else is an option of the client."""


class _Async:
    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._job: Any = None
        self._results: dict[int, Any] = {}

    async def run(self, number: int) -> None:
        await self._client.run(REDUX, **_inputs(number))

    async def begin(self, number: int) -> None:
        self._job = await self._client.submit(REDUX, **_inputs(number))

    async def call(self) -> None:
        await self._job.status()

    async def ready(self, number: int) -> None:
        self._results[number] = await self._client.run(REDUX, **_inputs(number))

    async def fetch(self, number: int, folder: Path) -> None:
        await self._results[number].save(folder)


class _AsyncMap(_Async):
    async def run_all(self, numbers: Sequence[int], at_once: int, ended: Ended) -> None:
        async for item in self._client.map(REDUX, numbered(numbers), concurrency=at_once):
            ended(numbers[item.position], item.error)


class _Sync:
    def __init__(self, client: Client) -> None:
        self._client = client
        self._job: Any = None
        self._results: dict[int, Any] = {}

    def begin(self, number: int) -> None:
        self._job = self._client.submit(REDUX, **_inputs(number))

    def call(self) -> None:
        self._job.status()

    def ready(self, number: int) -> None:
        self._results[number] = self._client.run(REDUX, **_inputs(number))

    def fetch(self, number: int, folder: Path) -> None:
        self._results[number].save(folder)

    def run_all(self, numbers: Sequence[int], at_once: int, ended: Ended) -> None:
        for item in self._client.map(REDUX, numbered(numbers), concurrency=at_once):
            ended(numbers[item.position], item.error)


@asynccontextmanager
async def open_async(base: str, options: Given) -> AsyncIterator[AsyncPeer]:
    """Open the async client; raises NotOfferedError for an option or a transport it has not."""
    client = AsyncClient(
        base_url=base, api_key=KEY, dialect=cast("Any", options["dialect"]), **_known(options)
    )
    async with client:
        if options["transport"] == "aiohttp":
            await _prove_aiohttp(client)
        yield _AsyncMap(client) if options.get("batch") else _Async(client)


@contextmanager
def open_sync(base: str, options: Given) -> Iterator[SyncPeer]:
    """Open the blocking client; raises NotOfferedError for an option it has not."""
    with Client(
        base_url=base, api_key=KEY, dialect=cast("Any", options["dialect"]), **_known(options)
    ) as client:
        yield _Sync(client)


def _known(options: Given) -> Options:
    given = {name: value for name, value in options.items() if name not in _OURS}
    if missing := sorted(given.keys() - Options.__annotations__.keys()):
        raise NotOfferedError(f"this client has no option {', '.join(missing)} yet")
    return cast("Options", given)


async def _prove_aiohttp(client: AsyncClient) -> None:
    """See, after one request, that the extra's transport is what the client uses."""
    with suppress(ChainHubError):
        await client.job("00000000-0000-4000-8000-000000000000", endpoint=REDUX).status()
    if "aiohttp" not in sys.modules:
        raise NotOfferedError("this client has no aiohttp transport yet")


def _inputs(number: int) -> Any:
    return arguments(number)
