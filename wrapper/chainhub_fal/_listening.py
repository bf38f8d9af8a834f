"""An answer that comes in events: each is an answer of its own, as soon as it has come."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from ._bodies import unpacker
from ._effects import Answer
from ._events import MAX_EVENT, Events, EventTooLargeError
from ._media import show_size
from ._wires import Wire


class Words:
    """Turns the pieces of a stream into answers, in which the key is never repeated."""

    __slots__ = ("_events", "_headers", "_secrets", "_status", "_unpack", "_wire")

    def __init__(
        self,
        wire: Wire,
        status: int,
        headers: dict[str, str],
        secrets: tuple[str, ...],
        *,
        packed: bool = True,
    ) -> None:
        self._wire = wire
        self._status = status
        self._headers = headers
        self._secrets = secrets
        self._events = Events()
        self._unpack = unpacker(wire, headers) if packed else None

    def head(self) -> Answer:
        """Return the answer as far as its head tells of it."""
        return self._answer(b"")

    def take(self, piece: bytes) -> Iterator[Answer]:
        """Yield an answer for each event that has come, or an empty one: the server is there.

        Raises NoAnswerError when an event is too large, or the compression broken.
        """
        try:
            events = self._events.take(self._plain(piece))
        except EventTooLargeError as error:
            problem = f"an event is larger than {show_size(MAX_EVENT)}"
            raise self._wire.no_answer(problem) from error
        for data in events or [b""]:
            yield self._answer(data)

    def _plain(self, piece: bytes) -> bytes:
        if self._unpack is not None:
            piece = self._unpack(piece, MAX_EVENT)
            if len(piece) > MAX_EVENT:  # there is more of it, which was not made
                raise EventTooLargeError
        return piece

    def _answer(self, data: bytes) -> Answer:
        answer = self._wire.answer(self._status, self._headers, data, self._secrets)
        return replace(answer, when=time.time())  # it tells of now, not of when it was asked for
