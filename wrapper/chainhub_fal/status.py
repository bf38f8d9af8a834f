"""Where a job stands: its state, its place in the queue, its log lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar


class State:
    """The states by name. A state is a plain string, since servers may say new ones.

    IN_QUEUE, IN_PROGRESS and COMPLETED are fal's; FAILED is the gateway's own (upstream facts,
    sections 2 and 8.1); the others were seen in gateways of its family.
    """

    IN_QUEUE = "IN_QUEUE"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    ERROR = "ERROR"
    CANCELLED = "CANCELLED"
    NOT_FOUND = "NOT_FOUND"

    CANCELLED_SPELLINGS: ClassVar = frozenset({CANCELLED, "CANCELED"})
    FAILURES: ClassVar = frozenset({FAILED, ERROR}) | CANCELLED_SPELLINGS
    KNOWN: ClassVar = FAILURES | {IN_QUEUE, IN_PROGRESS, COMPLETED, NOT_FOUND}


class Cancellation(StrEnum):
    """What a cancel did."""

    CANCELLED = "CANCELLED"
    """The job left the queue before it began."""
    REQUESTED = "CANCELLATION_REQUESTED"
    """The wish was taken; a running job may still complete."""
    TOO_LATE = "ALREADY_COMPLETED"
    """The job had ended: its result, if any, is there to be fetched."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a job's log; the timestamp is the server's text (microseconds, no zone)."""

    message: str
    timestamp: str = ""
    level: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """One look at a job. ``queue_position`` counts the jobs ahead; None where it is not said."""

    state: str
    request_id: str = ""
    """The id the server gave; empty where it gave none."""
    queue_position: int | None = None
    logs: tuple[LogLine, ...] = ()
    metrics: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    error_type: str = ""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)
    """The body as it came, with the fields that this client does not know."""

    @property
    def known(self) -> bool:
        """Tell whether this client knows the state; an unknown one counts as not yet ended."""
        return self.state in State.KNOWN

    @property
    def failed(self) -> bool:
        """Tell whether the job ended without a result; fal says so as COMPLETED with an error."""
        return self.state in State.FAILURES or (
            self.state == State.COMPLETED and bool(self.error or self.error_type)
        )

    @property
    def terminal(self) -> bool:
        """Tell whether the job has ended, well or not."""
        return self.failed or self.state in {State.COMPLETED, State.NOT_FOUND}


@dataclass(frozen=True, slots=True)
class Update:
    """Something changed: the new status, the log lines not seen before, and the time so far."""

    status: Status
    new_logs: tuple[LogLine, ...]
    elapsed: float
    """Seconds since the wait began."""
    polls: int

    @property
    def state(self) -> str:
        """The state the job is in now."""
        return self.status.state

    @property
    def queue_position(self) -> int | None:
        """How many jobs are ahead, where the server says it."""
        return self.status.queue_position
