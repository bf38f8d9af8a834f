"""Where a client may be used: in the process that made it, and an async one on a single event loop.

After a fork, both processes would read from the same connections, and each could take the other's
answers for its own; a connection that one event loop opened does not work on another.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import TYPE_CHECKING

from .errors import ConfigurationError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop


class Home:
    """The process in which it was made, and, if ``on_loop``, the first event loop that used it."""

    def __init__(self, *, on_loop: bool) -> None:
        self._process = os.getpid()
        self._on_loop = on_loop
        self._loop: weakref.ref[AbstractEventLoop] | None = None
        self._lock = threading.Lock()

    @property
    def is_elsewhere(self) -> bool:
        """Tell whether this is a forked child of the process that the client belongs to."""
        return os.getpid() != self._process

    def check(self) -> None:
        """Raise ConfigurationError anywhere else, before anything is sent."""
        if self.is_elsewhere:
            raise ConfigurationError(
                "this client was made before the process was forked, and belongs to the parent",
                hint="Make a client in each process; a job goes on there by its reference",
            )
        if self._on_loop and not self._is_on_its_loop():
            raise ConfigurationError(
                "this client is in use on another event loop, where its connections are",
                hint="Make a client on each event loop; a job goes on there by its reference",
            )

    def _is_on_its_loop(self) -> bool:
        from asyncio import get_running_loop  # noqa: PLC0415 - a blocking client has no event loop

        loop = get_running_loop()
        with self._lock:
            if self._loop is None:
                self._loop = weakref.ref(loop)
            return self._loop() is loop
