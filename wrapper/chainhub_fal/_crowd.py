"""Runs the rows of a batch side by side: how many at a time, in what order, and how to stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from ._learning_file import beside, remembered
from ._pace import Gate
from ._rows import UNSETTLED, Row, RowState, digest_of
from .batch import BatchOptions, Inputs, Item, one_by_one
from .errors import ChainHubError, InvalidInputError, JournalError, RateLimitError
from .flows.batching import Plan, RowWork
from .flows.working import Work
from .models import Outcome

if TYPE_CHECKING:
    from ._drivers_async import AsyncDriver
    from ._refs import JobRef
    from .journal import Journal

R = TypeVar("R")
T = TypeVar("T")

GRACE = 1.5
"""Seconds that submits under way have when a batch is left: cut off, their fate is unknown."""
Bind = Callable[[Outcome[R], Work[R]], T]


@dataclass(frozen=True)
class Crowd(Generic[R, T]):
    """A batch: its plan, who carries it out, and how an outcome becomes the caller's result."""

    plan: Plan[R]
    driver: AsyncDriver
    bind: Bind[R, T]
    options: BatchOptions
    journal: Journal | None = None

    async def run(
        self, inputs: Iterable[Inputs] | AsyncIterable[Inputs]
    ) -> AsyncGenerator[Item[T], None]:
        """Yield each input's item as it comes to its end.

        Raises JournalError, after what is in flight was told, when the journal cannot be opened or
        written: nothing is submitted without it.
        """
        with self.options.opened() as journal, self._remembered(journal):
            run = _Run(self._with(journal))
            run.start(one_by_one(inputs))
            self.driver.batches.add(run.leave)
            try:
                while (item := await run.next()) is not None:
                    yield item
            finally:
                await run.leave()
                self.driver.batches.discard(run.leave)

    def _remembered(self, journal: Journal | None) -> AbstractContextManager[None]:
        place = None if journal is None else beside(journal.path)
        return remembered(self.plan.settings.schedules, place)

    def _with(self, journal: Journal | None) -> Crowd[R, T]:
        plan = replace(self.plan, journaled=journal is not None)
        driver = self.driver.with_settings(plan.settings, journal)
        return replace(self, plan=plan, driver=driver, journal=journal)


class _Run(Generic[R, T]):
    """One pass over the inputs."""

    def __init__(self, crowd: Crowd[R, T]) -> None:
        self._crowd = crowd
        self._gate = Gate(crowd.options.concurrency)
        self._tasks: dict[asyncio.Task[None], RowWork[R]] = {}
        self._items: asyncio.Queue[Item[T] | None] = asyncio.Queue()
        self._changed = asyncio.Event()
        self._fatal: BaseException | None = None
        self._fed = False
        self._leaving: asyncio.Task[None] | None = None
        self._feeder: asyncio.Task[None] | None = None

    def start(self, source: AsyncIterator[Inputs]) -> None:
        """Begin with the first inputs."""
        self._feeder = asyncio.create_task(self._feed(source))

    async def next(self) -> Item[T] | None:
        """Return the next item, None after the last; raises what ended the batch."""
        item = await self._items.get()
        self._changed.set()
        if item is None and self._fatal is not None:
            raise self._fatal
        return item

    async def leave(self) -> None:
        """Stop: waits are given up at once, submits under way get a moment to end.

        Whoever calls it while it is under way waits for the same end.
        """
        if self._leaving is None:
            self._leaving = asyncio.create_task(self._leave())
        await asyncio.shield(self._leaving)

    async def _leave(self) -> None:
        if self._feeder is not None:
            self._feeder.cancel()
            await asyncio.wait([self._feeder])
        self._cancel(lambda work: not work.is_submitting)
        await self._ended_within(GRACE)
        self._cancel(lambda work: work.is_submitting)
        # What is left cancels its job, if that was asked for, and ends by itself.
        await self._ended_within(self._crowd.plan.settings.abandon_timeout + GRACE)
        self._cancel(lambda _: True)
        await self._ended_within(None)

    def _cancel(self, which: Callable[[RowWork[R]], bool]) -> None:
        for task, work in self._tasks.items():
            if which(work):
                task.cancel()

    async def _ended_within(self, seconds: float | None) -> None:
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=seconds)

    async def _feed(self, source: AsyncIterator[Inputs]) -> None:
        """Start the work on one input after another, as many as there is room for."""
        try:
            position = 0
            async for inputs in source:
                await self._room()
                self._admit(position, inputs)
                position += 1
        except Exception as error:  # noqa: BLE001 - the caller's own iterator may raise anything
            self._fatal = self._fatal or error
        finally:
            self._fed = True
            self._wake()

    async def _room(self) -> None:
        """Wait until an input may begin; items that nobody has taken yet count, too."""
        while len(self._tasks) + self._items.qsize() >= self._gate.limit:
            self._changed.clear()
            await self._changed.wait()

    def _fail(self, error: BaseException) -> None:
        """Begin nothing more; what is in flight comes to its end."""
        self._fatal = self._fatal or error
        if self._feeder is not None:
            self._feeder.cancel()

    def _admit(self, position: int, inputs: Inputs) -> None:
        try:
            row = self._claim(position, inputs)
        except InvalidInputError as error:
            self._items.put_nowait(Item(position, inputs, RowState.REFUSED, error=error))
            return
        except JournalError as error:
            self._fail(error)
            return
        if _is_whole(row) and self._crowd.plan.folder is not None:
            files = tuple(map(Path, row.files))
            self._items.put_nowait(Item(position, inputs, row.state, row.ref, files=files))
            return
        plan = replace(self._crowd.plan, on_job=self._started)
        work = RowWork(plan, row, inputs)
        task = asyncio.create_task(self._work(position, work))
        self._tasks[task] = work
        task.add_done_callback(self._ended)

    def _claim(self, position: int, inputs: Inputs) -> Row:
        crowd = self._crowd
        endpoint = crowd.plan.endpoint.id
        if crowd.journal is None:
            return Row(endpoint, "", 0, position)
        try:
            digest = digest_of(inputs)
        except (TypeError, ValueError) as error:
            raise InvalidInputError(
                f"the journal cannot know this input again: {error}",
                hint="Give files as paths, URLs or bytes",
            ) from error
        row = crowd.journal.claim(endpoint, digest, position)
        if row.state in UNSETTLED and crowd.options.resubmit_unknown:
            return replace(row, state=RowState.REFUSED)
        return row

    async def _work(self, position: int, work: RowWork[R]) -> None:
        try:
            outcome, files = await self._crowd.driver.run(work.run(), hear=self._hear)
        except JournalError as error:
            self._fail(error)
            self._tell(position, work, error=error)
        except ChainHubError as error:
            self._tell(position, work, error=error)
        except asyncio.CancelledError:
            # Only leaving cancels it. A task that ends as cancelled holds the error, and with it
            # every frame of its job, until all of a crowd have ended.
            return
        else:
            assert work.work is not None  # noqa: S101 - a row that has an outcome had a job
            result = self._crowd.bind(outcome, work.work)
            self._tell(position, work, result=result, files=tuple(map(Path, files)))

    def _tell(
        self,
        position: int,
        work: RowWork[R],
        *,
        result: T | None = None,
        error: ChainHubError | None = None,
        files: tuple[Path, ...] = (),
    ) -> None:
        row = work.row
        item = Item(position, work.inputs, row.state, row.ref, result, error, files)
        self._items.put_nowait(item)

    def _started(self, job: JobRef) -> None:
        self._crowd.plan.on_job(job)
        self._gate.accepted()
        if self._leaving is not None and (task := asyncio.current_task()) is not None:
            task.cancel()  # its submit has ended: the rest can be left like the others

    def _hear(self, notice: object) -> None:
        if isinstance(notice, RateLimitError):
            self._gate.refused(time.monotonic())

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
        self._wake()

    def _wake(self) -> None:
        self._changed.set()
        if self._fed and not self._tasks:
            self._items.put_nowait(None)


def _is_whole(row: Row) -> bool:
    """Tell whether an earlier run finished this row, and its files are still where it put them."""
    return row.state is RowState.DONE and bool(row.files) and all(map(_exists, row.files))


def _exists(path: str) -> bool:
    return Path(path).is_file()
