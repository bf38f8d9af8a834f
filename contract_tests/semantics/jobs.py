"""What is known of one job: every answer about it, in order, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from .endpoints import Endpoint
from .exchange import Seen
from .orders import Order
from .readings import ENDED, RANKS, Word

Kind = Literal["ticket", "status", "stream", "result", "cancel"]


@dataclass(frozen=True)
class Event:
    """One answer about a job, how it was read, and whether log lines had been asked for.

    Each event of a stream is one, too.
    """

    kind: Kind
    seen: Seen
    word: Word
    logs: bool = False

    @property
    def rank(self) -> int:
        """How far the job had come at least, by this answer alone."""
        if self.word in (Word.OUTPUT, Word.FAILED, Word.TOO_LATE):
            return ENDED
        in_words = self.word is Word.PENDING
        return RANKS.get(str(self.seen.fields.get("status")), 0) if in_words else 0

    @property
    def is_output(self) -> bool:
        """Whether it holds the model's output."""
        return self.kind == "result" and self.word is Word.OUTPUT

    @property
    def tells_state(self) -> bool:
        """Whether its route is there to say where the job stands."""
        return self.kind in ("status", "stream")

    @property
    def in_queue(self) -> bool:
        """Whether it says that the job has not begun."""
        return self.word is Word.PENDING and self.seen.fields.get("status") == "IN_QUEUE"


@dataclass
class Job:
    """A job that was submitted, and the answers about it so far."""

    endpoint: Endpoint
    order: Order
    request_id: str
    events: list[Event] = field(default_factory=list)

    @property
    def rank(self) -> int:
        """How far it has come: the model of a queue in which nothing moves back."""
        return max((event.rank for event in self.events), default=0)

    @property
    def ended(self) -> bool:
        """Whether an answer has said that it is over."""
        return self.rank >= ENDED

    def of(self, *kinds: Kind) -> Iterator[Event]:
        """Yield the answers of some routes, the oldest first."""
        return (event for event in self.events if event.kind in kinds)

    @property
    def wished_away(self) -> bool:
        """Whether a cancel was accepted."""
        return any(event.word is Word.ACCEPTED for event in self.of("cancel"))

    @property
    def removed(self) -> bool:
        """Whether a cancel must have come before the start, so that no output can follow.

        Either the answer says so (200), or the job was still in the queue after it (202).
        """
        accepted = False
        for event in self.events:
            accepted = accepted or (event.kind == "cancel" and event.word is Word.ACCEPTED)
            at_once = event.kind == "cancel" and event.seen.status == HTTPStatus.OK
            if accepted and (at_once or event.in_queue):
                return True
        return False

    @property
    def trail(self) -> str:
        """The steps that led here, for people."""
        return ", ".join(f"{event.kind} {event.seen.summary}" for event in self.events)
