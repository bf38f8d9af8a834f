"""The plain generated client, with the loop around it that its user has to write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from chainhub_fal_api import AuthenticatedClient
from chainhub_fal_api.api.queue import get_result, get_status, submit_flux_1_schnell_redux
from chainhub_fal_api.models import Flux1SchnellReduxInput, QueueStatus, QueueTicket

from .roles import (
    KEY,
    POLL_INTERVAL,
    AsyncWithoutFiles,
    Options,
    UnansweredError,
    WithoutFiles,
    arguments,
)

_MODEL = "flux-1"


class _Async(AsyncWithoutFiles):
    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client
        self._id = ""

    async def run(self, number: int) -> None:
        request_id = await self._submit(number)
        while await self._status(request_id) != "COMPLETED":
            await asyncio.sleep(POLL_INTERVAL)
        await get_result.asyncio(_MODEL, request_id, client=self._client)

    async def begin(self, number: int) -> None:
        self._id = await self._submit(number)

    async def call(self) -> None:
        await self._status(self._id)

    async def _submit(self, number: int) -> str:
        answer = await submit_flux_1_schnell_redux.asyncio(client=self._client, body=_body(number))
        return _ticket(answer)

    async def _status(self, request_id: str) -> str:
        return _state(await get_status.asyncio(_MODEL, request_id, client=self._client))


class _Sync(WithoutFiles):
    def __init__(self, client: AuthenticatedClient) -> None:
        self._client = client
        self._id = ""

    def begin(self, number: int) -> None:
        self._id = _ticket(
            submit_flux_1_schnell_redux.sync(client=self._client, body=_body(number))
        )

    def call(self) -> None:
        _state(get_status.sync(_MODEL, self._id, client=self._client))


def _body(number: int) -> Flux1SchnellReduxInput:
    return Flux1SchnellReduxInput.from_dict(arguments(number))


def _ticket(answer: object) -> str:
    if not isinstance(answer, QueueTicket):
        raise UnansweredError(type(answer).__name__)
    return answer.request_id


def _state(answer: object) -> str:
    if not isinstance(answer, QueueStatus):
        raise UnansweredError(type(answer).__name__)
    return str(answer.status)


@asynccontextmanager
async def open_async(base: str, options: Options) -> AsyncIterator[_Async]:  # noqa: ARG001
    """Open it, at its defaults."""
    async with AuthenticatedClient(base_url=base, token=KEY) as client:
        yield _Async(client)


@contextmanager
def open_sync(base: str, options: Options) -> Iterator[_Sync]:  # noqa: ARG001
    """Open it, at its defaults."""
    with AuthenticatedClient(base_url=base, token=KEY) as client:
        yield _Sync(client)
