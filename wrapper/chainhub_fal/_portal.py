"""Lets a sync caller have a batch: it runs on an event loop of its own, in one thread.

The caller's inputs are read in the caller's own thread, while it waits for the next item.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TypeAlias, TypeVar

from .batch import Item

T = TypeVar("T")
Inputs: TypeAlias = Mapping[str, object]
Batch: TypeAlias = Callable[[AsyncIterator[Inputs]], AsyncGenerator[Item[T]]]

# A signal that comes in the instant before a wait does not end the wait: so no wait is long.
_LONGEST_WAIT = 0.2  # seconds


class _Want:
    """The batch asks for inputs; the caller's thread hands them over one by one, as it reads them.

    It asks for several, since a thread that is busy lets another one in every 5 ms at most
    (``sys.getswitchinterval``), and each input would wait that long for its turn.
    """

    def __init__(self, count: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._count = count
        self._answers: asyncio.Queue[Inputs | Exception | None] = asyncio.Queue()

    def give(self, source: Iterator[Inputs], *, until: Callable[[], bool]) -> None:
        """Read inputs and hand them over, with what ended the reading, if it has ended."""
        for _ in range(self._count):
            try:
                self._say(next(source))
            except StopIteration:
                return self._say(StopAsyncIteration())
            except Exception as error:  # noqa: BLE001 - the caller's iterator may raise anything
                return self._say(error)
            if until():
                break
        return self._say(None)

    def _say(self, answer: Inputs | Exception | None) -> None:
        with suppress(RuntimeError):  # the loop has ended: nobody waits for it any more
            self._loop.call_soon_threadsafe(self._answers.put_nowait, answer)

    async def next(self) -> Inputs | None:
        """Return the next input, None after those asked for; raises what ended the reading."""
        answer = await self._answers.get()
        if isinstance(answer, Exception):
            raise answer
        return answer


class _End:
    """The batch is over, by itself or by an error."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def side_by_side(batch: Batch[T], inputs: Iterable[Inputs], *, ahead: int) -> Iterator[Item[T]]:
    """Yield the items of a batch; leaving the iterator early leaves the batch, and its thread.

    ``ahead`` is how many inputs may be read before there is room for them.
    """
    inbox: queue.SimpleQueue[Item[T] | _Want | _End] = queue.SimpleQueue()
    thread = _Thread(batch, inbox, ahead)
    source = iter(inputs)
    thread.start()
    try:
        while not isinstance(event := _next(inbox), _End):
            if isinstance(event, _Want):
                event.give(source, until=lambda: not inbox.empty())
            else:
                yield event
        if event.error is not None:
            raise event.error
    finally:
        thread.leave()


def _next(inbox: queue.SimpleQueue[T]) -> T:
    while True:
        with suppress(queue.Empty):
            return inbox.get(timeout=_LONGEST_WAIT)


class _Thread(threading.Thread):
    """The event loop's thread; it ends with the batch."""

    def __init__(
        self, batch: Batch[T], inbox: queue.SimpleQueue[Item[T] | _Want | _End], ahead: int
    ) -> None:
        super().__init__(name="chainhub batch", daemon=True)
        self._ahead = ahead
        self._batch = batch
        self._inbox = inbox
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Run the batch to its end."""
        asyncio.set_event_loop(self._loop)
        error: BaseException | None = None
        try:
            self._task = self._loop.create_task(self._pass_on())
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        except BaseException as failure:  # noqa: BLE001 - it is raised again where the caller waits
            error = failure
        finally:
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()
            self._inbox.put(_End(error))

    def leave(self) -> None:
        """End the batch if it has not ended, and wait until its thread has."""
        with suppress(RuntimeError):  # the loop is closed: it has ended already
            self._loop.call_soon_threadsafe(self._cancel)
        while self.is_alive():
            self.join(_LONGEST_WAIT)

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _pass_on(self) -> None:
        items = self._batch(self._source())
        try:
            async for item in items:
                self._inbox.put(item)
        finally:
            await items.aclose()

    async def _source(self) -> AsyncIterator[Inputs]:
        while True:
            want = _Want(self._ahead)
            self._inbox.put(want)
            try:
                while (inputs := await want.next()) is not None:
                    yield inputs
            except StopAsyncIteration:
                return
