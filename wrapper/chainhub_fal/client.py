"""The two clients: what they share, and each method in both colours."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    ParamSpec,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

from . import _operations
from ._effects import Flow
from ._refs import JobRef
from .endpoints import Endpoint, find_endpoint
from .errors import InvalidInputError
from .flows.deadlines import Deadline
from .flows.working import Work, cancel_all, start
from .jobs import AsyncJob, AsyncResult, Job, Result
from .settings import DialectName, OnAbandon, Schedule, Settings

if TYPE_CHECKING:  # httpx is most of the cost of an import, so it is loaded with the first client
    import httpx

    from ._drivers import AsyncDriver, Driver

P = ParamSpec("P")
R = TypeVar("R")
AnyDriver = TypeVar("AnyDriver", "Driver", "AsyncDriver")

_log = logging.getLogger(__name__)


class Options(TypedDict, total=False):
    """What ``Client(...)`` and ``with_options(...)`` take; times in seconds, sizes in bytes."""

    deadline: float
    timeout: float
    submit_timeout: float
    schedule: Schedule
    connect_patience: float
    missing_patience: float
    max_upload: int
    max_download: int
    on_abandon: OnAbandon
    abandon_timeout: float


class _Core(Generic[AnyDriver]):
    """What both clients are: settings, a driver, and the jobs whose end was not seen."""

    _settings: Settings
    _driver: AnyDriver
    _owns_http: bool
    _waiting: dict[str, JobRef]

    def __repr__(self) -> str:
        """Show where it speaks and how; never the key."""
        settings = self._settings
        return f"{type(self).__name__}({settings.base_url!r}, dialect={settings.dialect!r})"

    def _with(self, options: Options) -> Self:
        copy = object.__new__(type(self))
        copy._settings = self._settings.changed(**options)
        copy._driver = self._driver.with_settings(copy._settings)
        copy._owns_http = False
        copy._waiting = self._waiting
        return copy

    def _start(
        self, endpoint: Endpoint[..., object] | str, inputs: Mapping[str, object]
    ) -> Flow[Work[Any]]:
        found = find_endpoint(endpoint) if isinstance(endpoint, str) else endpoint
        work = yield from start(found, inputs, settings=self._settings, on_end=self._ended)
        self._waiting[work.job.request_id] = work.job
        return work

    def _run(
        self, endpoint: Endpoint[..., object] | str, inputs: Mapping[str, object]
    ) -> Flow[Work[Any]]:
        work = yield from self._start(endpoint, inputs)
        yield from work.wait()
        return work

    def _resume(self, ref: JobRef | str, endpoint: Endpoint[..., object] | str | None) -> Work[Any]:
        named = endpoint or (ref.endpoint if isinstance(ref, JobRef) else None)
        if named is None:
            raise InvalidInputError("a bare id does not tell the endpoint", field="endpoint")
        found = find_endpoint(named) if isinstance(named, str) else named
        return Work(
            ref if isinstance(ref, JobRef) else _operations.job_named(found, ref),
            found,
            settings=self._settings,
            deadline=Deadline(self._settings.deadline),
            parameters={},
            unexpected={},
            on_end=self._ended,
        )

    def _ended(self, job: JobRef) -> None:
        self._waiting.pop(job.request_id, None)

    def _leave(self) -> Flow[None]:
        """Decide, at the end of the context, what becomes of jobs whose end nobody waited for."""
        jobs = list(self._waiting.values())
        self._waiting.clear()
        outcomes = dict.fromkeys(jobs, "left to go on")
        if jobs and self._settings.on_abandon == "cancel":
            outcomes = yield from cancel_all(jobs, settings=self._settings)
        for job, outcome in outcomes.items():
            _log.warning("job %s of %s on leaving: %s", job.request_id, job.endpoint, outcome)


class Client(_Core["Driver"]):
    """Submits jobs to the queue and brings back their results.

    ``api_key`` and ``base_url`` fall back to CHAINHUB_API_KEY and CHAINHUB_BASE_URL; ``dialect`` is
    read from the base URL's host. An ``http_client`` of yours stays yours to close. Raises
    ConfigurationError when there is no key or an option cannot be kept.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: DialectName | None = None,
        http_client: httpx.Client | None = None,
        **options: Unpack[Options],
    ) -> None:
        from ._drivers import Driver  # noqa: PLC0415 - see the top of the module

        self._settings = Settings.load(
            api_key=api_key, base_url=base_url, dialect=dialect, **options
        )
        self._driver = Driver.of(http_client, self._settings)
        self._owns_http = http_client is None
        self._waiting = {}

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
        return Job(self._driver.run(self._start(endpoint, inputs)), self._driver)

    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: Endpoint[P, R]) -> Job[R]: ...
    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: str | None = None) -> Job[object]: ...
    def job(
        self, ref: JobRef | str, /, *, endpoint: Endpoint[..., Any] | str | None = None
    ) -> Job[Any]:
        """Take up a job again from its reference, or its id and its endpoint; sends nothing."""
        return Job(self._resume(ref, endpoint), self._driver)

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options over the same connections."""
        return self._with(options)

    def close(self) -> None:
        """Settle what becomes of jobs nobody waited for (``on_abandon``), and close connections."""
        try:
            self._driver.run(self._leave())
        finally:
            if self._owns_http:
                self._driver.client.close()

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


class AsyncClient(_Core["AsyncDriver"]):
    """Submits jobs to the queue and brings back their results, for asyncio.

    ``api_key`` and ``base_url`` fall back to CHAINHUB_API_KEY and CHAINHUB_BASE_URL; ``dialect`` is
    read from the base URL's host. An ``http_client`` of yours stays yours to close. Raises
    ConfigurationError when there is no key or an option cannot be kept.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        dialect: DialectName | None = None,
        http_client: httpx.AsyncClient | None = None,
        **options: Unpack[Options],
    ) -> None:
        from ._drivers import AsyncDriver  # noqa: PLC0415 - see the top of the module

        self._settings = Settings.load(
            api_key=api_key, base_url=base_url, dialect=dialect, **options
        )
        self._driver = AsyncDriver.of(http_client, self._settings)
        self._owns_http = http_client is None
        self._waiting = {}

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
        return AsyncJob(await self._driver.run(self._start(endpoint, inputs)), self._driver)

    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: Endpoint[P, R]) -> AsyncJob[R]: ...
    @overload
    def job(self, ref: JobRef | str, /, *, endpoint: str | None = None) -> AsyncJob[object]: ...
    def job(
        self, ref: JobRef | str, /, *, endpoint: Endpoint[..., Any] | str | None = None
    ) -> AsyncJob[Any]:
        """Take up a job again from its reference, or its id and its endpoint; sends nothing."""
        return AsyncJob(self._resume(ref, endpoint), self._driver)

    def with_options(self, **options: Unpack[Options]) -> Self:
        """Return a client with other options over the same connections."""
        return self._with(options)

    async def close(self) -> None:
        """Settle what becomes of jobs nobody waited for (``on_abandon``), and close connections."""
        try:
            await self._driver.run(self._leave())
        finally:
            if self._owns_http:
                await self._driver.client.aclose()

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
