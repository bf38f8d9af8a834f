"""Two signals: the first leaves in good order, the second ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

from .exits import Exit, Terminated

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = b"\x1b[?25h\n"


@contextmanager
def leaving(hear: Callable[[], None]) -> Iterator[None]:
    """Raise KeyboardInterrupt or Terminated at the first signal, after ``hear``, end at the second.

    What was being written is safe then: a journal has each step before the next.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the main thread's
        return

    def leave(number: int, _: FrameType | None) -> NoReturn:
        for each in _SIGNALS:
            signal.signal(each, _end)
        hear()
        raise Terminated if number == signal.SIGTERM else KeyboardInterrupt

    before = {each: signal.signal(each, leave) for each in _SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(number: int, _: FrameType | None) -> NoReturn:
    with suppress(OSError, ValueError):
        if sys.stderr.isatty():  # the live bar had hidden it
            os.write(sys.stderr.fileno(), _SHOW_CURSOR)
    os._exit(Exit.TERMINATED if number == signal.SIGTERM else Exit.INTERRUPTED)
