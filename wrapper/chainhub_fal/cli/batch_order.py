"""What a batch was asked for, and the command that asks for it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from .. import Endpoint
from .session import command_line

RESUBMIT = "--resubmit-unknown"


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """What is asked for; ``typed`` are the options that a resuming command needs again.

    ``max_rate`` is in requests a second, ``price`` what one call costs. ``run_flags`` are the
    options of ``run``, for the command that makes one row again.
    """

    manifest: str
    out: str
    journal: str
    endpoint: Endpoint[..., object]
    settings: Mapping[str, object]
    concurrency: int
    max_rate: float | None
    price: Decimal | None
    resubmit_unknown: bool
    typed: tuple[str, ...]
    run_flags: frozenset[str]

    def resume(self, *more: str) -> str:
        """Return the command line that goes on where this run ends."""
        return command_line("batch", self.manifest, *self.typed, *more)

    def listing(self, *more: str) -> str:
        """Return the command line that lists rows of the journal."""
        return command_line("jobs", self.journal, *more)
