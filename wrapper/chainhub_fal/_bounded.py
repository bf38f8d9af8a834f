"""The bounds of one exchange on an event loop: its timeout, and what its errors mean."""

from __future__ import annotations

import asyncio
from types import TracebackType

from ._wires import Wire


class Bounded:
    """Ends an exchange in time, and turns the transport's own errors into NoAnswerError.

    There is one limit for the whole of it: libraries set one for each read and write, which costs
    more and lets an answer that drips go on.
    """

    __slots__ = ("_failures", "_limit", "_wire")

    def __init__(self, wire: Wire, failures: tuple[type[Exception], ...]) -> None:
        self._wire = wire
        self._failures = failures
        self._limit = asyncio.timeout(wire.timeout)

    async def __aenter__(self) -> None:
        """Begin."""
        await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End; raises NoAnswerError for a failure of the transport, and when it was too late."""
        try:
            await self._limit.__aexit__(kind, error, traceback)
        except TimeoutError:
            raise self._wire.late() from None
        if isinstance(error, self._failures):
            raise self._wire.failed(error) from error
