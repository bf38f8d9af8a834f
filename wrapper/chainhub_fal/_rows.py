"""What a journal knows of one input of a batch: plain values, between flows and the file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from ._refs import JobRef


class RowState(StrEnum):
    """How far an input has come. What is paid for, or may be, is never sent again by itself."""

    NEW = "new"
    """Not yet begun; nothing of it is in the journal."""
    REFUSED = "refused"
    """Provably not queued: the input or the submit was refused, or no byte of it left."""
    INTENDED = "intended"
    """The submit was about to be sent: without a receipt its fate is unknown."""
    UNKNOWN = "unknown"
    """The submit was sent and its fate is not known: it may be queued and charged."""
    QUEUED = "queued"
    """The queue has it, by the id in ``ref``; its end has not been seen, or not its files."""
    FAILED = "failed"
    """The queue's verdict: it ended without a result."""
    DONE = "done"
    """It ended with a result, and the files asked for were saved."""


UNSETTLED = frozenset({RowState.INTENDED, RowState.UNKNOWN})
"""States in which a job may have been paid for and nobody knows its id."""
TO_BE_SENT = frozenset({RowState.NEW, RowState.REFUSED})
"""States in which a submit costs what it should: nothing was paid for this input yet."""


@dataclass(frozen=True, slots=True)
class Row:
    """One input of a batch. It is known by its digest, so that the journal holds no input.

    ``position`` is its place among the inputs, from 0; ``occurrence`` tells inputs that are the
    same apart; ``payload`` is the SHA-256 of the request's body; a time is Unix time in seconds.
    """

    endpoint: str
    digest: str
    occurrence: int
    position: int
    state: RowState = RowState.NEW
    ref: JobRef | None = None
    payload: str = ""
    error: str = ""
    """The class of the last error, of which ``problem`` is the sentence."""
    problem: str = ""
    files: tuple[str, ...] = ()
    """Where its files were saved, in the output's order."""
    changed_at: float = 0.0
    """When the journal took this state down."""
    submits: int = 0
    """How many times a submit of it was about to be sent."""

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells it apart from every other row."""
        return self.endpoint, self.digest, self.occurrence


def digest_of(inputs: Mapping[str, object]) -> str:
    """Return the SHA-256 of an input as it was given; a path counts by its text."""
    text = json.dumps(inputs, sort_keys=True, default=_plain, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, bytes | bytearray | memoryview):
        return {"sha256": hashlib.sha256(value).hexdigest()}
    if isinstance(value, os.PathLike):
        return os.fspath(cast("os.PathLike[str]", value))
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a {type(value).__name__} cannot be told apart from another on the next run")
