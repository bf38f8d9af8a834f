"""replicate's client: its own protocol, which the server speaks, and its own polling."""

from __future__ import annotations

from typing import Any

import replicate

from .roles import KEY, AsyncWithoutFiles, Options, arguments, lasting

_MODEL = "black-forest-labs/flux-schnell"


class _Async(AsyncWithoutFiles):
    def __init__(self, base: str) -> None:
        self._client = replicate.Client(api_token=KEY, base_url=base)
        self._prediction: Any = None

    async def run(self, number: int) -> None:
        prediction = await self._submit(number)
        await prediction.async_wait()
        if prediction.status != "succeeded":
            raise RuntimeError(f"it ended as {prediction.status}")

    async def begin(self, number: int) -> None:
        self._prediction = await self._submit(number)

    async def call(self) -> None:
        await self._prediction.async_reload()

    async def _submit(self, number: int) -> Any:
        # The server has no held answers, so the call that waits by polling is the one compared.
        return await self._client.models.predictions.async_create(_MODEL, arguments(number))


def open_async(base: str, options: Options) -> Any:  # noqa: ARG001 - it runs at its defaults
    """Open its client."""
    return lasting(_Async(base))
