"""The two clients: what they share, and each method in both colours."""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Iterable,
    Iterator,
)
from contextlib import aclosing
from typing import (
    TYPE_CHECKING,
    Any,
    ParamSpec,
    Self,
    TypeVar,
    Unpack,
    overload,
)

from ._core import Core, Options

# What a client is made of is most of the cost of an import, so it is loaded with the first client,
# and what a job is made of with the first job.
if TYPE_CHECKING:
    import os
    from types import TracebackType

    import httpx

    from ._drivers import Driver
    from ._drivers_async import AsyncDriver
    from ._refs import JobRef
    from .batch import Batch, Inputs, Item
    from .endpoints import Endpoint
    from .jobs import AsyncJob, AsyncResult, Job, Result
    from .settings import DialectName

P = ParamSpec("P")
R = TypeVar("R")
AnyDriver = TypeVar("AnyDriver", "Driver", "AsyncDriver")

_AHEAD = 8
"""A batch of the sync client reads one input ahead for so many jobs side by side, and one more."""


class Client(Core["Driver"]):
    """Submits jobs to the queue and brings back their results.

    ``api_key`` and ``base_url`` fall back to CHAINHUB_API_KEY and CHAINHUB_BASE_URL; ``dialect`` is
    read from the base URL's host. An ``http_client`` of yours stays yours to close. ``learned`` is
    a file in which what was learned of the jobs' lengths is kept from one client to the next.
    Raises ConfigurationError when there is no key or an option cannot be kept.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: DialectName | None = None,
        http_client: httpx.Client | None = None,
        learned: str | os.PathLike[str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        from ._drivers import Driver  # noqa: PLC0415 - see the top of the module
        from ._home import Home  # noqa: PLC0415
        from .settings import Settings  # noqa: PLC0415

        self._settings = Settings.load(
            api_key=api_key, base_url=base_url, dialect=dialect, **options
        )
        self._driver = Driver.of(http_client, self._settings)
        self._owns_http = http_client is None
        self._waiting = {}
        self._home = Home(on_loop=False)
        self._keep = self._remember(learned)

    @overload
    def run(self, endpoint: Endpoint[P, R], /, *args: P.args, **inputs: P.kwargs) -> Result[R]: ...
    @overload
    def run(self, endpoint: str, /, **inputs: object) -> Result[object]: ...
    def run(
        self, endpoint: Endpoint[..., Any] | str, /, *_: object, **inputs: object
    ) -> Result[Any]:
        """Submit a job, wait for it, and return its result; keyword arguments are its inputs.

        Raises InvalidInputError before anything is sent; SubmissionUnknownError when the job may
        be queued; JobFailedError; DeadlineExceededError. Each names the job once there is one.
        """
        from .jobs import Job  # noqa: PLC0415 - see the top of the module

        work = self._driver.run(self._run(endpoint, inputs))
        return Job(work, self._driver).result()

    @overload
    def submit(self, endpoint: Endpoint[P, R], /, *args: P.args, **inputs: P.kwargs) -> Job[R]: ...
    @overload
    def submit(self, endpoint: str, /, **inputs: object) -> Job[object]: ...
    def submit(
        self, endpoint: Endpoint[..., Any] | str, /, *_: object, **inputs: object
    ) -> Job[Any]:
        """Submit a job, at most once, and return it without waiting; raises as :meth:`run` does."""
        from .jobs import Job  # noqa: PLC0415

        return Job(self._driver.run(self._start(endpoint, inputs)), self._driver)

    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: Endpoint[P, R]) -> Job[R]: ...
    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: str | None = None) -> Job[object]: ...
    def job(
        self, ref: JobRef | str, /, *, endpoint: Endpoint[..., Any] | str | None = None
    ) -> Job[Any]:
        """Take up a job again from its reference, or its id and its endpoint; sends nothing."""
        from .jobs import Job  # noqa: PLC0415

        return Job(self._resume(ref, endpoint), self._driver)

    @overload
    def map(
        self, endpoint: Endpoint[..., R], inputs: Iterable[Inputs], /, **batch: Unpack[Batch]
    ) -> Iterator[Item[Result[R]]]: ...
    @overload
    def map(
        self, endpoint: str, inputs: Iterable[Inputs], /, **batch: Unpack[Batch]
    ) -> Iterator[Item[Result[object]]]: ...
    def map(
        self,
        endpoint: Endpoint[..., Any] | str,
        inputs: Iterable[Inputs],
        /,
        **batch: Unpack[Batch],
    ) -> Iterator[Item[Result[Any]]]:
        """Run many jobs side by side and yield what became of each input as it ends.

        ``inputs`` are mappings of an endpoint's inputs; they are read as there is room, in the
        caller's thread. One that fails does not stop the others: its item holds the error. See
        :class:`Batch` for the rest. Raises ConfigurationError, JournalError, and whatever
        ``inputs`` raises.
        """
        from ._crowd import Crowd  # noqa: PLC0415 - event loop and journal come with the first batch
        from ._drivers_async import on_a_loop  # noqa: PLC0415
        from ._portal import side_by_side  # noqa: PLC0415
        from .batch import BatchOptions  # noqa: PLC0415
        from .jobs import Result  # noqa: PLC0415

        options, driver = BatchOptions.read(batch), self._driver
        plan, on_loop = self._plan(endpoint, options.folder), on_a_loop(driver)
        crowd = Crowd(plan, on_loop, lambda *of: Result.of(*of, driver=driver), options)

        async def run(source: AsyncIterator[Inputs]) -> AsyncGenerator[Item[Result[Any]], None]:
            try:
                async with aclosing(crowd.run(source)) as items:
                    async for item in items:
                        yield item
            finally:
                await on_loop.transport.close()

        return side_by_side(run, inputs, ahead=1 + options.concurrency // _AHEAD)

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options over the same connections."""
        return self._with(options)

    def close(self) -> None:
        """Settle what becomes of jobs nobody waited for (``on_abandon``), and close connections."""
        if self._home.is_elsewhere:
            return  # jobs and connections are the parent's
        try:
            self._driver.run(self._leave())
        finally:
            self._keep()
            if self._owns_http:
                self._driver.transport.close()

    def __enter__(self) -> Self:
        """Use the client as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


class AsyncClient(Core["AsyncDriver"]):
    """Submits jobs to the queue and brings back their results, for asyncio.

    ``api_key`` and ``base_url`` fall back to CHAINHUB_API_KEY and CHAINHUB_BASE_URL; ``dialect`` is
    read from the base URL's host. An ``http_client`` of yours stays yours to close. ``learned`` is
    a file in which what was learned of the jobs' lengths is kept from one client to the next.
    Raises ConfigurationError when there is no key or an option cannot be kept.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: DialectName | None = None,
        http_client: httpx.AsyncClient | None = None,
        learned: str | os.PathLike[str] | None = None,
        **options: Unpack[Options],
    ) -> None:
        from ._drivers_async import AsyncDriver  # noqa: PLC0415 - see the top of the module
        from ._home import Home  # noqa: PLC0415
        from .settings import Settings  # noqa: PLC0415

        self._settings = Settings.load(
            api_key=api_key, base_url=base_url, dialect=dialect, **options
        )
        self._driver = AsyncDriver.of(http_client, self._settings)
        self._owns_http = http_client is None
        self._waiting = {}
        self._home = Home(on_loop=True)
        self._keep = self._remember(learned)

    @overload
    async def run(
        self, endpoint: Endpoint[P, R], /, *args: P.args, **inputs: P.kwargs
    ) -> AsyncResult[R]: ...
    @overload
    async def run(self, endpoint: str, /, **inputs: object) -> AsyncResult[object]: ...
    async def run(
        self, endpoint: Endpoint[..., Any] | str, /, *_: object, **inputs: object
    ) -> AsyncResult[Any]:
        """Submit a job, wait for it, and return its result; keyword arguments are its inputs.

        Raises InvalidInputError before anything is sent; SubmissionUnknownError when the job may
        be queued; JobFailedError; DeadlineExceededError. Each names the job once there is one.
        """
        from .jobs import AsyncJob  # noqa: PLC0415 - see the top of the module

        work = await self._driver.run(self._run(endpoint, inputs))
        return await AsyncJob(work, self._driver).result()

    @overload
    async def submit(
        self, endpoint: Endpoint[P, R], /, *args: P.args, **inputs: P.kwargs
    ) -> AsyncJob[R]: ...
    @overload
    async def submit(self, endpoint: str, /, **inputs: object) -> AsyncJob[object]: ...
    async def submit(
        self, endpoint: Endpoint[..., Any] | str, /, *_: object, **inputs: object
    ) -> AsyncJob[Any]:
        """Submit a job, at most once, and return it without waiting; raises as :meth:`run` does."""
        from .jobs import AsyncJob  # noqa: PLC0415

        return AsyncJob(await self._driver.run(self._start(endpoint, inputs)), self._driver)

    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: Endpoint[P, R]) -> AsyncJob[R]: ...
    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: str | None = None) -> AsyncJob[object]: ...
    def job(
        self, ref: JobRef | str, /, *, endpoint: Endpoint[..., Any] | str | None = None
    ) -> AsyncJob[Any]:
        """Take up a job again from its reference, or its id and its endpoint; sends nothing."""
        from .jobs import AsyncJob  # noqa: PLC0415

        return AsyncJob(self._resume(ref, endpoint), self._driver)

    @overload
    def map(
        self,
        endpoint: Endpoint[..., R],
        inputs: Iterable[Inputs] | AsyncIterable[Inputs],
        /,
        **batch: Unpack[Batch],
    ) -> AsyncIterator[Item[AsyncResult[R]]]: ...
    @overload
    def map(
        self,
        endpoint: str,
        inputs: Iterable[Inputs] | AsyncIterable[Inputs],
        /,
        **batch: Unpack[Batch],
    ) -> AsyncIterator[Item[AsyncResult[object]]]: ...
    async def map(
        self,
        endpoint: Endpoint[..., Any] | str,
        inputs: Iterable[Inputs] | AsyncIterable[Inputs],
        /,
        **batch: Unpack[Batch],
    ) -> AsyncIterator[Item[AsyncResult[Any]]]:
        """Run many jobs side by side and yield what became of each input as it ends.

        ``inputs`` are mappings of an endpoint's inputs; they are read as there is room. One that
        fails does not stop the others: its item holds the error. See :class:`Batch` for the rest.
        Raises ConfigurationError, JournalError, and whatever ``inputs`` raises.
        """
        from ._crowd import Crowd  # noqa: PLC0415 - the journal comes with the first batch
        from .batch import BatchOptions  # noqa: PLC0415
        from .jobs import AsyncResult  # noqa: PLC0415

        options, driver = BatchOptions.read(batch), self._driver
        plan = self._plan(endpoint, options.folder)
        crowd = Crowd(plan, driver, lambda *of: AsyncResult.of(*of, driver=driver), options)
        async with aclosing(crowd.run(inputs)) as items:
            async for item in items:
                yield item

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options over the same connections."""
        return self._with(options)

    async def close(self) -> None:
        """Settle what becomes of jobs nobody waited for (``on_abandon``), and close connections."""
        if self._home.is_elsewhere:
            return  # jobs and connections are the parent's
        self._home.check()
        await self._driver.leave_batches()
        try:
            await self._driver.run(self._leave())
        finally:
            self._keep()
            if self._owns_http:
                await self._driver.transport.close()

    async def __aenter__(self) -> Self:
        """Use the client as a context."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        await self.close()
