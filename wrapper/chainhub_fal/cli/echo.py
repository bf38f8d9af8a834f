"""Repeats to the person what the library logs: what is tried again, and what is left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_LIBRARY = __name__.rpartition(".cli.")[0]


class _Echo(logging.Handler):
    def __init__(self, say: Callable[[str], object]) -> None:
        super().__init__(logging.INFO)
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        # What the library says about each job under its own name, a command tells better.
        if record.name != _LIBRARY:
            self._say(record.getMessage())


@contextmanager
def echoed(say: Callable[[str], object]) -> Iterator[None]:
    """Hand every message of the library to ``say`` while the block runs."""
    logger = logging.getLogger(_LIBRARY)
    echo, level, propagates = _Echo(say), logger.level, logger.propagate
    logger.addHandler(echo)
    logger.setLevel(logging.INFO)
    logger.propagate = False  # else a warning would be printed twice
    try:
        yield
    finally:
        logger.removeHandler(echo)
        logger.setLevel(level)
        logger.propagate = propagates
