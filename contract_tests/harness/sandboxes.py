"""The sandbox each layer meets when no server is named: how long its jobs take."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from itertools import cycle

from chainhub_fal_sandbox import Sandbox

from .target import Dialect

_SHORT = 0.1  # seconds: a job can be met before its end, and its end is worth waiting for
_NEVER = 3600.0  # seconds: longer than any run
_NO_ONE_WAITS = 1_000_000  # workers: a job that never ends must not keep another from starting


def sandbox_for(layer: str, dialect: Dialect) -> Sandbox:
    """Return a sandbox that keeps the contract, not yet started.

    The suite waits for one job, and must meet jobs that wait; semantics follows many to their
    end; conformance explores without a clock, so its jobs end at once or never, by turns.
    """
    # Explorers send what is no HTTP; that uvicorn warns of it is no news.
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    seconds: Mapping[str, tuple[float, float | Callable[[object], float]]] = {
        "suite": (_SHORT, _SHORT),
        "conformance": (0, by_turns()),
    }
    queued, running = seconds.get(layer, (0, 0))
    return Sandbox(
        dialect=dialect,
        unrouted="404",
        foreign_images="invent",
        queue_seconds=queued,
        run_seconds=running,
        workers=_NO_ONE_WAITS,
    )


def by_turns() -> Callable[[object], float]:
    """Let every second job end at once and the others never: no clock and no input decides."""
    turns = cycle((0.0, _NEVER))
    return lambda _: next(turns)
