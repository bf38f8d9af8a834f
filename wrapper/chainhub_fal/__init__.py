"""A client for ChainHub's fal queue that never pays twice and never loses a paid job.

Names are loaded when they are first used: importing the package costs next to nothing, and does
not grow with the number of endpoints.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__ as __version__

if TYPE_CHECKING:
    from ._core import Options as Options
    from ._refs import JobRef as JobRef
    from ._rows import Row as Row
    from ._rows import RowState as RowState
    from .batch import Item as Item
    from .client import AsyncClient as AsyncClient
    from .client import Client as Client
    from .endpoints import *  # noqa: F403 - every endpoint, by generation
    from .errors import *  # noqa: F403 - every error, by its __all__
    from .jobs import AsyncJob as AsyncJob
    from .jobs import AsyncResult as AsyncResult
    from .jobs import Job as Job
    from .jobs import Result as Result
    from .journal import Journal as Journal
    from .journal import read_journal as read_journal
    from .models import File as File
    from .models import Outcome as Outcome
    from .models import Receipt as Receipt
    from .settings import Backoff as Backoff
    from .status import Cancellation as Cancellation
    from .status import LogLine as LogLine
    from .status import State as State
    from .status import Status as Status
    from .status import Update as Update

_HOMES = {
    "_core": ("Options",),
    "_refs": ("JobRef",),
    "_rows": ("Row", "RowState"),
    "batch": ("Item",),
    "client": ("AsyncClient", "Client"),
    "errors": None,
    "jobs": ("AsyncJob", "AsyncResult", "Job", "Result"),
    "journal": ("Journal", "read_journal"),
    "models": ("File", "Outcome", "Receipt"),
    "settings": ("Backoff",),
    "status": ("Cancellation", "LogLine", "State", "Status", "Update"),
    "endpoints": None,
}
"""Which module a public name lives in; None: all that the module's own ``__all__`` names."""


def _names(home: str) -> tuple[str, ...]:
    names = _HOMES[home]
    return tuple(import_module(f".{home}", __name__).__all__) if names is None else names


def __dir__() -> list[str]:
    return sorted(["__version__", *(name for home in _HOMES for name in _names(home))])


if not TYPE_CHECKING:  # a type checker that saw this would believe in every name

    def __getattr__(name: str) -> object:
        if name == "__all__":
            return __dir__()
        if not name.startswith("_"):
            for home in _HOMES:
                if name in _names(home):
                    return getattr(import_module(f".{home}", __name__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
