"""The loop that people write by hand over aiohttp, at aiohttp's defaults."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from .roles import ENDPOINT, KEY, POLL_INTERVAL, Options, arguments, enough, file_url

_HEADERS = {"Authorization": f"Key {KEY}"}


class _Async:
    def __init__(self, session: aiohttp.ClientSession, base: str, options: Options) -> None:
        self._session = session
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
        async with self._session.get(url) as response:
            enough(response.status)
            with (folder / f"{number}.jpg").open("wb") as file:
                async for chunk in response.content.iter_any():
                    file.write(chunk)

    async def _submit(self, number: int) -> Any:
        url = f"{self._base}/{ENDPOINT}"
        async with self._session.post(url, json=arguments(number), headers=_HEADERS) as response:
            enough(response.status)
            return await response.json()

    async def _get(self, url: str) -> Any:
        async with self._session.get(url, headers=_HEADERS) as response:
            enough(response.status)
            return await response.json()


@asynccontextmanager
async def open_async(base: str, options: Options) -> AsyncIterator[_Async]:
    """Open a session."""
    async with aiohttp.ClientSession() as session:
        yield _Async(session, base, options)
