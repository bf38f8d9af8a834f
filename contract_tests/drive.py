"""One face for both clients: a test written for ``Client`` runs over ``AsyncClient`` too."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, cast

import httpx

from chainhub_fal import AsyncClient, AsyncJob, AsyncResult, Client

if TYPE_CHECKING:
    from collections.abc import Mapping

R = TypeVar("R")
Colour = Literal["sync", "async"]
Way = Literal["sync", "httpx", "aiohttp"]
"""A colour and what carries its requests, for tests over real sockets."""


class Drive(ABC):
    """Makes clients of one colour, and closes them all in the end."""

    carrier: Literal["httpx", "aiohttp"] = "httpx"

    def __init__(self) -> None:
        self._opened = ExitStack()

    @abstractmethod
    def http(
        self, transport: httpx.MockTransport | None = None, **options: Any
    ) -> httpx.Client:  # httpx's own options, which it types
        """Make an HTTP client; without a transport it speaks to the network."""

    @abstractmethod
    def _wrap(self, http_client: httpx.Client | None, **options: Any) -> Client:
        """Make a client of this colour; the options are the client's."""

    def client(
        self,
        *,
        transport: httpx.MockTransport | None = None,
        http: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Client:
        """Make a client, over ``transport`` and with ``http`` as its HTTP client's options.

        With neither it is the client's own transport, named ``carrier`` here.
        """
        own = transport is None and http is None
        if own:
            client = self._wrap(None, **{"transport": self.carrier, **options})
        else:
            client = self._wrap(self.http(transport, **(http or {})), **options)
        self._opened.callback(client.close)
        return client

    def close(self) -> None:
        """Close every client, the last one first."""
        self._opened.close()


class SyncDrive(Drive):
    """Plain calls."""

    def http(
        self, transport: httpx.MockTransport | None = None, **options: Any
    ) -> httpx.Client:  # httpx's own options, which it types
        """Make an httpx.Client."""
        client = httpx.Client(transport=transport, **options)
        self._opened.callback(client.close)
        return client

    def _wrap(self, http_client: httpx.Client | None, **options: Any) -> Client:
        return Client(http_client=http_client, **options)


class AsyncDrive(Drive):
    """The async classes behind plain calls, each carried out by one event loop."""

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()

    def http(
        self, transport: httpx.MockTransport | None = None, **options: Any
    ) -> httpx.Client:  # httpx's own options, which it types
        """Make an httpx.AsyncClient that is called like an httpx.Client."""
        bridge = _Bridge(httpx.AsyncClient(transport=transport, **options), self._runner)
        self._opened.callback(bridge.aclose)
        return cast("httpx.Client", bridge)

    def _wrap(self, http_client: httpx.Client | None, **options: Any) -> Client:
        inner = cast("_Bridge", http_client).inner if http_client else None
        client = AsyncClient(http_client=cast("httpx.AsyncClient | None", inner), **options)
        return cast("Client", _Bridge(client, self._runner))

    def close(self) -> None:
        """Close every client, then the loop."""
        try:
            super().close()
        finally:
            self._runner.close()


class AiohttpDrive(AsyncDrive):
    """The async classes over aiohttp, but for those that are given an HTTP client."""

    carrier = "aiohttp"


_BRIDGED = (AsyncClient, AsyncJob, AsyncResult)


class _Bridge:
    """An async object whose methods are called like a sync one's."""

    def __init__(self, inner: object, runner: asyncio.Runner) -> None:
        self.inner = inner
        self._runner = runner

    def __getattr__(self, name: str) -> Any:  # whatever the inner object has
        return self._plain(getattr(self.inner, name))

    def __repr__(self) -> str:
        return repr(self.inner)

    def __reduce__(self) -> tuple[Any, ...]:
        return cast("tuple[Any, ...]", self.inner.__reduce__())

    def __enter__(self) -> Self:
        self.__getattr__("__aenter__")()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.__getattr__("__aexit__")(kind, error, traceback)

    def _plain(self, value: Any) -> Any:  # any value an async object may hand out
        if isinstance(value, _BRIDGED):
            return _Bridge(value, self._runner)
        if asyncio.iscoroutine(value):
            return self._plain(self._runner.run(value))
        if isinstance(value, AsyncIterator):
            return self._iterate(value)
        if callable(value):
            return lambda *args, **kwargs: self._plain(value(*args, **kwargs))
        return value

    def _iterate(self, values: AsyncIterator[R]) -> Iterator[R]:
        try:
            while True:
                try:
                    yield self._runner.run(_awaited(anext(values)))
                except StopAsyncIteration:
                    return
        finally:
            if close := getattr(values, "aclose", None):
                self._runner.run(_awaited(close()))


async def _awaited(value: Awaitable[R]) -> R:
    """Make a coroutine of an awaitable, which is all that a runner takes."""
    return await value


DRIVES: dict[Colour, type[Drive]] = {"sync": SyncDrive, "async": AsyncDrive}
WAYS: dict[Way, type[Drive]] = {"sync": SyncDrive, "httpx": AsyncDrive, "aiohttp": AiohttpDrive}
