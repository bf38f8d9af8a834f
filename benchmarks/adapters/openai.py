"""openai's client: its one call that polls, ``videos.create_and_poll``, on its own protocol."""

from __future__ import annotations

from typing import Any

import openai

from .roles import KEY, AsyncWithoutFiles, Options, lasting


class _Async(AsyncWithoutFiles):
    def __init__(self, base: str) -> None:
        self._client = openai.AsyncOpenAI(api_key=KEY, base_url=f"{base}/v1")
        self._id = ""

    async def run(self, number: int) -> None:
        video = await self._client.videos.create_and_poll(prompt=f"job={number}")
        if video.status != "completed":
            raise RuntimeError(f"it ended as {video.status}")

    async def begin(self, number: int) -> None:
        self._id = (await self._client.videos.create(prompt=f"job={number}")).id

    async def call(self) -> None:
        await self._client.videos.retrieve(self._id)


def open_async(base: str, options: Options) -> Any:  # noqa: ARG001 - it runs at its defaults
    """Open its client."""
    return lasting(_Async(base))
