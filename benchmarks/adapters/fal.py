"""fal-client, pointed at the local server by its module's own format of addresses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fal_client
import fal_client.client

from .roles import ENDPOINT, KEY, AsyncWithoutFiles, Options, WithoutFiles, arguments, lasting


class _Async(AsyncWithoutFiles):
    def __init__(self) -> None:
        self._client = fal_client.AsyncClient(key=KEY)
        self._handle: Any = None

    async def run(self, number: int) -> None:
        await self._client.subscribe(ENDPOINT, arguments(number))

    async def begin(self, number: int) -> None:
        self._handle = await self._client.submit(ENDPOINT, arguments(number))

    async def call(self) -> None:
        await self._handle.status()


class _Sync(WithoutFiles):
    def __init__(self) -> None:
        self._client = fal_client.SyncClient(key=KEY)
        self._handle: Any = None

    def begin(self, number: int) -> None:
        self._handle = self._client.submit(ENDPOINT, arguments(number))

    def call(self) -> None:
        self._handle.status()


def _point_at(base: str) -> None:
    # Its environment variables name a host only, and https is always put before it.
    fal_client.client.QUEUE_URL_FORMAT = f"{base}/"


def open_async(base: str, options: Options) -> Any:  # noqa: ARG001 - it runs at its defaults
    """Open its async client."""
    _point_at(base)
    return lasting(_Async())


@contextmanager
def open_sync(base: str, options: Options) -> Iterator[_Sync]:  # noqa: ARG001 - as above
    """Open its blocking client."""
    _point_at(base)
    yield _Sync()
