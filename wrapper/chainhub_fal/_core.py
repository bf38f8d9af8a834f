"""What both clients are: settings, a driver, and the jobs whose end was not seen."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Self, TypedDict, TypeVar

from . import _operations
from ._effects import Flow
from ._home import Home
from ._refs import JobRef
from .endpoints import Endpoint, find_endpoint
from .errors import InvalidInputError
from .flows.batching import Plan
from .flows.deadlines import Deadline
from .flows.working import Work, cancel_all, start
from .jobs import Folder
from .settings import OnAbandon, Schedule, Settings, TransportName
from .status import Update

if TYPE_CHECKING:
    from ._drivers import AsyncDriver, Driver

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
    max_rate: float
    max_upload: int
    max_download: int
    on_abandon: OnAbandon
    abandon_timeout: float
    on_enqueue: Callable[[JobRef], object] | None
    on_update: Callable[[JobRef, Update], object] | None
    transport: TransportName | None
    http2: bool


class Core(Generic[AnyDriver]):
    """What both clients are: settings, a driver, and the jobs whose end was not seen."""

    _settings: Settings
    _driver: AnyDriver
    _owns_http: bool
    _waiting: dict[str, JobRef]
    _home: Home

    def __repr__(self) -> str:
        """Show where it speaks, how, and over what; never the key."""
        settings, transport = self._settings, self._driver.transport.name
        spoken = f"{settings.base_url!r}, dialect={settings.dialect!r}"
        return f"{type(self).__name__}({spoken}, transport={transport!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Refuse to be pickled or copied: the key and the connections would go along."""
        raise TypeError(
            f"{type(self).__name__} is not pickled or copied: it holds a key and connections;"
            " make one where it is used, or take with_options() of it"
        )

    def _with(self, options: Options) -> Self:
        copy = object.__new__(type(self))
        copy._settings = self._settings.changed(**options)
        copy._driver = self._driver.with_settings(copy._settings)
        copy._owns_http = False
        copy._waiting = self._waiting
        copy._home = self._home
        return copy

    def _start(
        self, endpoint: Endpoint[..., object] | str, inputs: Mapping[str, object]
    ) -> Flow[Work[Any]]:
        self._home.check()
        found = find_endpoint(endpoint) if isinstance(endpoint, str) else endpoint
        work = yield from start(found, inputs, settings=self._settings, on_end=self._ended)
        work.gate = self._home.check
        self._began(work.job)
        yield from work.announce()
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
        work = Work(
            ref if isinstance(ref, JobRef) else _operations.job_named(found, ref),
            found,
            settings=self._settings,
            deadline=Deadline(self._settings.deadline),
            parameters={},
            unexpected={},
            on_end=self._ended,
        )
        work.gate = self._home.check
        return work

    def _began(self, job: JobRef) -> None:
        self._waiting[job.request_id] = job

    def _ended(self, job: JobRef) -> None:
        self._waiting.pop(job.request_id, None)

    def _plan(self, endpoint: Endpoint[..., Any] | str, folder: Folder | None) -> Plan[Any]:
        self._home.check()
        return Plan(
            find_endpoint(endpoint) if isinstance(endpoint, str) else endpoint,
            self._settings,
            None if folder is None else os.fspath(folder),
            on_job=self._began,
            on_end=self._ended,
        )

    def _leave(self) -> Flow[None]:
        """Decide, at the end of the context, what becomes of jobs whose end nobody waited for."""
        jobs = list(self._waiting.values())
        self._waiting.clear()
        outcomes = dict.fromkeys(jobs, "left to go on")
        if jobs and self._settings.on_abandon == "cancel":
            outcomes = yield from cancel_all(jobs, settings=self._settings)
        for job, outcome in outcomes.items():
            _log.warning("job %s of %s on leaving: %s", job.request_id, job.endpoint, outcome)
