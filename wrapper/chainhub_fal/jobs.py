"""Jobs and results as users hold them, in both colours: a flow, and the driver that runs it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, cast

from ._refs import JobRef
from .flows.working import Work
from .models import Outcome
from .status import Cancellation, Status, Update

if TYPE_CHECKING:
    from ._drivers import Driver
    from ._drivers_async import AsyncDriver

R = TypeVar("R")
Folder = str | os.PathLike[str]


class _Named(Generic[R]):
    """What both jobs are: a reference and the work on it."""

    _work: Work[R]

    @property
    def ref(self) -> JobRef:
        """The job as a value: keep it, and ``client.job(ref)`` resumes it anywhere."""
        return self._work.job

    @property
    def request_id(self) -> str:
        """The id that the queue gave the job."""
        return self._work.job.request_id

    def __repr__(self) -> str:
        """Name the job; nothing of its inputs."""
        return f"{type(self).__name__}({self.request_id!r}, {self._work.job.endpoint!r})"


class _Savable(Outcome[R]):
    """What both results are: an outcome that knows how to get its files."""

    _work: Work[R]
    _driver: Any  # a Driver or an AsyncDriver: the subclass knows which

    @classmethod
    def of(cls, outcome: Outcome[R], work: Work[R], *, driver: Driver | AsyncDriver) -> Self:
        """Bind an outcome to the work and the driver that can save its files."""
        result = cls(outcome.endpoint, outcome.raw, outcome.receipt)
        object.__setattr__(result, "_work", work)
        object.__setattr__(result, "_driver", driver)
        return result


class Result(_Savable[R]):
    """A finished job's output: ``images``, ``seed``, ``receipt``, typed as ``output``."""

    def save(self, folder: Folder = ".") -> list[Path]:
        """Save every file as ``{request_id}-{n}.{ext}`` in one step each; return the paths.

        Raises SaveError, naming the file, the job and the way to fetch it again, and
        DeadlineExceededError when what is left of the job's deadline does not suffice.
        """
        driver = cast("Driver", self._driver)
        return _paths(driver.run(self._work.save(self, os.fspath(folder))))


class AsyncResult(_Savable[R]):
    """A finished job's output: ``images``, ``seed``, ``receipt``, typed as ``output``."""

    async def save(self, folder: Folder = ".") -> list[Path]:
        """Save every file as ``{request_id}-{n}.{ext}`` in one step each; return the paths.

        Raises SaveError, naming the file, the job and the way to fetch it again, and
        DeadlineExceededError when what is left of the job's deadline does not suffice.
        """
        driver = cast("AsyncDriver", self._driver)
        return _paths(await driver.run(self._work.save(self, os.fspath(folder))))


class Job(_Named[R]):
    """One queued job."""

    def __init__(self, work: Work[R], driver: Driver) -> None:
        self._work = work
        self._driver = driver

    def status(self) -> Status:
        """Look where the job stands; raises NotFoundError, AuthenticationError."""
        return self._driver.run(self._work.status())

    def updates(self) -> Iterator[Update]:
        """Wait for the end and yield each change on the way: state, place, new log lines.

        Raises JobFailedError and DeadlineExceededError, as :meth:`result` does.
        """
        return cast("Iterator[Update]", self._driver.iterate(self._work.wait(logs=True)))

    def result(self) -> Result[R]:
        """Wait for the output; raises JobFailedError, DeadlineExceededError, NotFoundError."""
        return Result.of(self._driver.run(self._work.wait()), self._work, driver=self._driver)

    def cancel(self) -> Cancellation:
        """Ask that the job be cancelled; raises NotFoundError, NotTheApiError if not served."""
        return self._driver.run(self._work.cancel())


class AsyncJob(_Named[R]):
    """One queued job."""

    def __init__(self, work: Work[R], driver: AsyncDriver) -> None:
        self._work = work
        self._driver = driver

    async def status(self) -> Status:
        """Look where the job stands; raises NotFoundError, AuthenticationError."""
        return await self._driver.run(self._work.status())

    def updates(self) -> AsyncIterator[Update]:
        """Wait for the end and yield each change on the way: state, place, new log lines.

        Raises JobFailedError and DeadlineExceededError, as :meth:`result` does.
        """
        return cast("AsyncIterator[Update]", self._driver.iterate(self._work.wait(logs=True)))

    async def result(self) -> AsyncResult[R]:
        """Wait for the output; raises JobFailedError, DeadlineExceededError, NotFoundError."""
        outcome = await self._driver.run(self._work.wait())
        return AsyncResult.of(outcome, self._work, driver=self._driver)

    async def cancel(self) -> Cancellation:
        """Ask that the job be cancelled; raises NotFoundError, NotTheApiError if not served."""
        return await self._driver.run(self._work.cancel())


def _paths(names: tuple[str, ...]) -> list[Path]:
    return [Path(name) for name in names]
