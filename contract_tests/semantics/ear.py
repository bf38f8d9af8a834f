"""Hears a stream out, and in its silences asks the status whether there is something to hear."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from ..events import EventsError, events_so_far
from ..harness.listening import MOST, Listening
from .hearings import End, Hearing, Look
from .jobs import Event
from .readings import ENDED

_FIRST_PAUSE = 0.02  # of the time that an answer may take: a silence that is worth a look
_GROWTH, _LONGEST_PAUSE = 1.5, 0.2  # factor, and of the same time


class EndlessError(Exception):
    """The patience with a job is over, and nothing is wrong with its stream."""


@dataclass
class Ear:
    """One stream while it is heard; times are in seconds.

    ``take`` makes an event of what came, ``ask`` says how far the job is by its status, None if
    that cannot be said. What is owed may take ``timeout``: the first event, the end after the last,
    and a change that the status has told; ``_due`` is since when, None if nothing is owed.
    """

    listening: Listening
    take: Callable[[bytes], Event]
    ask: Callable[[], int | None]
    timeout: float
    patience: float
    _told: list[Event] = field(default_factory=list)
    _looks: list[Look] = field(default_factory=list)
    _silence: float = 0.0
    _heard: float = field(default_factory=time.monotonic)
    _due: float | None = field(default_factory=time.monotonic)

    def hear(self, *, briefly: bool) -> Hearing:
        """Hear it to its end; ``briefly`` leaves it at the first word of a job that goes on.

        Raises EndlessError when patience is over, and nothing is owed.
        """
        end = self._end(briefly=briefly)
        self._note_silence()
        return Hearing(tuple(self._told), end, tuple(self._looks), self._silence)

    def _end(self, *, briefly: bool) -> End:
        until, pause = time.monotonic() + self.patience, self.timeout * _FIRST_PAUSE
        while (end := self._next(pause)) is None:
            if self._due is not None and time.monotonic() - self._due > self.timeout:
                return "late"
            if briefly and self._told and self._rank < ENDED:
                return "left"
            impatient = self._due is None and time.monotonic() > until
            if impatient or len(self.listening.content) > MOST:
                raise EndlessError
            if self._heard < time.monotonic() - pause:
                self._look()
                pause = min(pause * _GROWTH, self.timeout * _LONGEST_PAUSE)
        return end

    def _next(self, pause: float) -> End | None:
        """Take in what comes next; None as long as more may come."""
        try:
            if self.listening.more(pause):
                self._note_silence()
                self._take()
        except EventsError:
            self._told.append(self.take(b""))  # which is as unreadable
            return "left"
        except httpx.HTTPError:
            return "broken"
        return "ended" if self.listening.ended else None

    @property
    def _rank(self) -> int:
        return self._told[-1].rank if self._told else -1

    def _take(self) -> None:
        for data in events_so_far(self.listening.content)[len(self._told) :]:
            over = self._rank >= ENDED
            self._told.append(self.take(data.encode()))
            known = max((look.rank for look in self._looks), default=-1)
            if not over:
                owing = self._rank >= ENDED or self._rank < known
                self._due = self._heard if owing else None

    def _look(self) -> None:
        rank = None if self._rank >= ENDED else self.ask()
        if rank is not None:
            self._looks.append(Look(rank, len(self._told)))
            if rank > self._rank and self._due is None:
                self._due = time.monotonic()

    def _note_silence(self) -> None:
        now = time.monotonic()
        self._silence, self._heard = max(self._silence, now - self._heard), now
