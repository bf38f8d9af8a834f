"""What both clients are: settings, a driver, and the jobs whose end was not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Self, TypedDict, TypeVar

if TYPE_CHECKING:  # loaded with the first client, or the first job: see client.py
    import os
    from collections.abc import Callable, Mapping

    from ._drivers import Driver
    from ._drivers_async import AsyncDriver
    from ._effects import Flow
    from ._home import Home
    from ._refs import JobRef
    from .endpoints import Endpoint
    from .flows.batching import Plan
    from .flows.working import Work
    from .jobs import Folder
    from .settings import OnAbandon, Schedule, Settings, TransportName, Updates
    from .status import Update

AnyDriver = TypeVar("AnyDriver", "Driver", "AsyncDriver")


class Options(TypedDict, total=False):
    """What ``Client(...)`` and ``with_options(...)`` take; times in seconds, sizes in bytes."""

    deadline: float
    timeout: float
    submit_timeout: float
    poll_cost: float
    schedule: Schedule | None
    updates: Updates
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
    _keep: Callable[[], object]

    def __repr__(self) -> str:
        """Show where it speaks, how, and over what; never the key."""
        settings, transport = self._settings, self._driver.transport.name
        spoken = f"{settings.base_url!r}, dialect={settings.dialect!r}"
        return f"{type(self).__name__}({spoken}, transport={transport!r})"

    def _remember(self, learned: str | os.PathLike[str] | None) -> Callable[[], object]:
        """Begin with what a file holds; return what puts there what was learned by then."""
        if learned is None:
            return _nothing
        from ._learning_file import recalled  # noqa: PLC0415 - few clients have a file

        return recalled(self._settings.schedules, learned).close

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
        copy._keep = _nothing
        return copy

    def _start(
        self, endpoint: Endpoint[..., object] | str, inputs: Mapping[str, object]
    ) -> Flow[Work[Any]]:
        from .flows.working import start  # noqa: PLC0415

        self._home.check()
        work = yield from start(
            _found(endpoint), inputs, settings=self._settings, on_end=self._ended
        )
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
        from . import _operations  # noqa: PLC0415
        from ._refs import JobRef  # noqa: PLC0415
        from .errors import InvalidInputError  # noqa: PLC0415
        from .flows.deadlines import Deadline  # noqa: PLC0415
        from .flows.seeing import Trail  # noqa: PLC0415
        from .flows.working import Work  # noqa: PLC0415

        named = endpoint or (ref.endpoint if isinstance(ref, JobRef) else None)
        if named is None:
            raise InvalidInputError("a bare id does not tell the endpoint", field="endpoint")
        found = _found(named)
        job = ref if isinstance(ref, JobRef) else _operations.job_named(found, ref)
        work = Work(
            job,
            found,
            settings=self._settings,
            deadline=Deadline(self._settings.deadline),
            trail=Trail(found, self._settings, inputs={}, job=job),
            on_end=self._ended,
        )
        work.gate = self._home.check
        return work

    def _began(self, job: JobRef) -> None:
        self._waiting[job.request_id] = job

    def _ended(self, job: JobRef) -> None:
        self._waiting.pop(job.request_id, None)

    def _plan(self, endpoint: Endpoint[..., Any] | str, folder: Folder | None) -> Plan[Any]:
        from os import fspath  # noqa: PLC0415

        from .flows.batching import Plan  # noqa: PLC0415

        self._home.check()
        return Plan(
            _found(endpoint),
            self._settings,
            None if folder is None else fspath(folder),
            on_job=self._began,
            on_end=self._ended,
        )

    def _leave(self) -> Flow[None]:
        """Decide, at the end of the context, what becomes of jobs whose end nobody waited for."""
        jobs = list(self._waiting.values())
        if not jobs:
            return
        yield from self._settle(jobs)

    def _settle(self, jobs: list[JobRef]) -> Flow[None]:
        import logging  # noqa: PLC0415

        from .flows.working import cancel_all  # noqa: PLC0415

        log = logging.getLogger(__name__)
        self._waiting.clear()
        outcomes = dict.fromkeys(jobs, "left to go on")
        if self._settings.on_abandon == "cancel":
            outcomes = yield from cancel_all(jobs, settings=self._settings)
        for job, outcome in outcomes.items():
            log.warning("job %s of %s on leaving: %s", job.request_id, job.endpoint, outcome)


def _found(endpoint: Endpoint[..., Any] | str) -> Endpoint[..., Any]:
    from .endpoints import find_endpoint  # noqa: PLC0415

    return find_endpoint(endpoint) if isinstance(endpoint, str) else endpoint


def _nothing() -> None:
    """Keep nothing."""
