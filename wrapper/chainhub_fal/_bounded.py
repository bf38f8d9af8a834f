"""The bounds of one exchange on an event loop: its timeout, and what its errors mean."""

from __future__ import annotations

import asyncio
from types import TracebackType

from ._bounds import Bounds
from ._wires import Wire


class Bounded:
    """Ends an exchange in time, and turns the transport's own errors into NoAnswerError.

    There is one limit for the whole of it: libraries set one for each read and write, which costs
    more and lets an answer that drips go on. It ends a task as ``asyncio.timeout`` does.
    """

    __slots__ = ("_bounds", "_cancels", "_failures", "_is_late", "_task", "_wire", "due")

    def __init__(self, bounds: Bounds, wire: Wire, failures: tuple[type[Exception], ...]) -> None:
        self._bounds = bounds
        self._wire = wire
        self._failures = failures
        self._is_late = False
        self.due = 0.0

    async def __aenter__(self) -> None:
        """Begin."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - what runs on a loop runs in a task
        self._task = task
        self._cancels = task.cancelling()
        loop = task.get_loop()
        self.due = loop.time() + self._wire.timeout
        self._bounds.add(self, loop)

    def give_up(self) -> None:
        """End it: its time is over."""
        self._is_late = True
        self._task.cancel()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End; raises NoAnswerError for a failure of the transport, and when it was too late."""
        self._bounds.remove(self)
        if (
            self._is_late
            and self._task.uncancel() <= self._cancels
            and kind is asyncio.CancelledError
        ):
            raise self._wire.late() from None
        if isinstance(error, self._failures):
            raise self._wire.failed(error) from error
