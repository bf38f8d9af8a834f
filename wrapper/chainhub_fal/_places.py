"""Where connections of our own lead to, how they fail, and whether they have news.

Without an event loop: a client that blocks has such connections, too.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from ._addresses import PORTS


class ConnectError(Exception):
    """No connection could be made; it, and what is late, have their names from httpcore."""


class ConnectTimeout(ConnectError):  # noqa: N818 - httpcore's name
    """No connection could be made in time."""


class ReadTimeout(Exception):  # noqa: N818 - httpcore's name
    """Nothing has come for too long."""


class ReadError(Exception):
    """The connection broke before all had come."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a connection leads to."""

    host: str
    port: int
    secure: bool = False

    @classmethod
    def of(cls, scheme: str, host: str, port: int | None) -> Self:
        """Return the place that a URL with this scheme leads to."""
        return cls(host, port or PORTS[scheme], secure=scheme == "https")


def watcher(opened: socket.socket) -> Callable[[], bool]:
    """Return what tells whether something has come that was not read yet.

    Of a connection that is idle that is its end, or an answer that nobody asked for.
    """
    if not hasattr(select, "poll"):  # as on Windows
        return lambda: opened.fileno() < 0 or bool(select.select([opened], [], [], 0)[0])
    look = select.poll()
    look.register(opened.fileno(), select.POLLIN)
    return lambda: opened.fileno() < 0 or bool(look.poll(0))
