"""What one flow hears: the stream it has open, if any. The ear is the same in two colours."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TypeAlias

from ._effects import Answer, Effect, Hush, Listen
from ._transport import STREAMS, Transport
from ._wires import no_turn
from .errors import NoAnswerError

OF_EARS = (Listen, Hush)
"""The effects that an ear carries out, and not the driver whose walk it belongs to."""
Turn: TypeAlias = Callable[[float], float]
"""Given the seconds that may be waited, returns those until a request may be sent; or raises."""


class Ear:
    """Hears one stream at a time over a sync transport."""

    __slots__ = ("_answers", "_streams", "_transport", "_turn")

    def __init__(self, transport: Transport, streams: threading.Semaphore, turn: Turn) -> None:
        self._transport = transport
        self._streams = streams
        self._turn = turn
        self._answers: Generator[Answer] | None = None

    def perform(self, effect: Effect) -> Answer | None:
        """Carry out one effect of an ear's and return its reply."""
        if isinstance(effect, Listen):
            return self.hear(effect)
        self.close()
        return None

    def hear(self, listen: Listen) -> Answer:
        """Return what comes next; raises NoAnswerError, and then nothing is open any more."""
        if listen.opens:
            self._open(listen)
        try:
            with suppress(StopIteration):
                if self._answers is not None:
                    return next(self._answers)
        except BaseException:
            self.close()
            raise
        self.close()
        raise broken_off("the stream has ended")

    def _open(self, listen: Listen) -> None:
        self.close()
        if not self._streams.acquire(blocking=False):
            raise all_in_use()
        try:
            time.sleep(self._turn(listen.timeout))
            self._answers = self._transport.listen(listen)
        except BaseException:
            self._streams.release()
            raise

    def close(self) -> None:
        """Hear no more."""
        answers, self._answers = self._answers, None
        if answers is not None:
            try:
                with suppress(NoAnswerError):  # it broke while it was closed: so it is closed
                    answers.close()
            finally:
                self._streams.release()


def all_in_use() -> NoAnswerError:
    """Return the error of a stream that had to wait for others, and was not opened."""
    return no_turn(0, f"all {STREAMS} streams are in use")


def broken_off(problem: str) -> NoAnswerError:
    """Return the error of a stream that has ended, for whatever reason."""
    now, when = time.monotonic(), time.time()
    return NoAnswerError(problem, phase="receive", unsent=False, at=now, when=when)
