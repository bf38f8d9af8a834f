"""The loop that people write by hand over httpx, at httpx's defaults; also over httpx-aiohttp."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from .roles import ENDPOINT, KEY, POLL_INTERVAL, Options, arguments, enough, file_url

_HEADERS = {"Authorization": f"Key {KEY}"}


class _Async:
    def __init__(self, client: httpx.AsyncClient, base: str, options: Options) -> None:
        self._client = client
        self._base = base
        self._options = options
        self._ticket: Any = None

    async def run(self, number: int) -> None:
        ticket = await self._submit(number)
        while (await self._get(ticket["status_url"]))["status"] != "COMPLETED":
            await asyncio.sleep(POLL_INTERVAL)
        await self._get(ticket["response_url"])

    async def begin(self, number: int) -> None:
        self._ticket = await self._submit(number)

    async def call(self) -> None:
        await self._get(self._ticket["status_url"])

    async def ready(self, number: int) -> None:
        pass

    async def fetch(self, number: int, folder: Path) -> None:
        url = file_url(self._base, number, self._options)
        async with self._client.stream("GET", url) as response:
            enough(response.status_code)
            with (folder / f"{number}.jpg").open("wb") as file:
                async for chunk in response.aiter_bytes():
                    file.write(chunk)

    async def _submit(self, number: int) -> Any:
        url = f"{self._base}/{ENDPOINT}"
        response = await self._client.post(url, json=arguments(number), headers=_HEADERS)
        enough(response.status_code)
        return response.json()

    async def _get(self, url: str) -> Any:
        response = await self._client.get(url, headers=_HEADERS)
        enough(response.status_code)
        return response.json()


class _Sync:
    def __init__(self, client: httpx.Client, base: str, options: Options) -> None:
        self._client = client
        self._base = base
        self._options = options
        self._ticket: Any = None

    def begin(self, number: int) -> None:
        url = f"{self._base}/{ENDPOINT}"
        response = self._client.post(url, json=arguments(number), headers=_HEADERS)
        enough(response.status_code)
        self._ticket = response.json()

    def call(self) -> None:
        response = self._client.get(self._ticket["status_url"], headers=_HEADERS)
        enough(response.status_code)
        response.json()

    def ready(self, number: int) -> None:
        pass

    def fetch(self, number: int, folder: Path) -> None:
        url = file_url(self._base, number, self._options)
        with self._client.stream("GET", url) as response:
            enough(response.status_code)
            with (folder / f"{number}.jpg").open("wb") as file:
                for chunk in response.iter_bytes():
                    file.write(chunk)


@asynccontextmanager
async def open_async(base: str, options: Options) -> AsyncIterator[_Async]:
    """Open an async client, on the transport that the options name."""
    async with _client(options) as client:
        yield _Async(client, base, options)


def _client(options: Options) -> httpx.AsyncClient:
    if options.get("transport") != "aiohttp":
        return httpx.AsyncClient()
    import httpx_aiohttp  # noqa: PLC0415 - a client on httpx alone must not pay for it

    client: httpx.AsyncClient = httpx_aiohttp.HttpxAiohttpClient()
    return client


@contextmanager
def open_sync(base: str, options: Options) -> Iterator[_Sync]:
    """Open a blocking client."""
    with httpx.Client() as client:
        yield _Sync(client, base, options)
