"""What one stream told of a job from its first word to its last, and the rules about that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from .jobs import Event
from .readings import ENDED, Word

SILENCE = 20.0
"""Seconds: a comment is due every 15, and may be some on its way."""

End = Literal["ended", "left", "late", "broken"]
"""How a stream ended: by itself; because enough was heard; because what it owed did not come; or
with its connection."""


@dataclass(frozen=True)
class Look:
    """What the status route said in a silence: how far the job was, after so many events."""

    rank: int
    after: int


@dataclass(frozen=True)
class Hearing:
    """The events of one stream, how it ended, and what the status route said meanwhile.

    ``silence`` is the longest time in which nothing came, in seconds.
    """

    told: tuple[Event, ...]
    end: End
    looks: tuple[Look, ...] = ()
    silence: float = 0.0

    @property
    def rank(self) -> int:
        """How far the job is by its last word."""
        return self.told[-1].rank if self.told else 0

    @property
    def last(self) -> str:
        """Its last word, for people."""
        return self.told[-1].seen.summary if self.told else "nothing"


HearingRule = Callable[[Hearing], Iterator[str]]


def stream_begins_at_once(hearing: Hearing) -> Iterator[str]:
    """Who listens instead of asking would know less than who asks."""
    if not hearing.told and hearing.end != "broken":
        yield "no event came, so nobody knows where the job stands"
    before = [look.rank for look in hearing.looks if not look.after]
    if before and before[-1] > before[0]:
        yield "the job moved on, by its status, before the stream had said a word"


def stream_keeps_up(hearing: Hearing) -> Iterator[str]:
    """A change that is not told is a wait that has no end."""
    known = hearing.looks[-1].rank if hearing.looks else 0
    if hearing.end == "late" and hearing.told and known > hearing.rank:
        yield f"the status is past what the stream said last: {hearing.last}"


def stream_ends_with_the_job(hearing: Hearing) -> Iterator[str]:
    """A stream is over when the job is: not before, and not an hour later."""
    over = hearing.rank >= ENDED
    if hearing.end == "broken":
        yield f"it broke off after {len(hearing.told)} events, the last {hearing.last}"
    elif hearing.end == "ended" and hearing.told and not over:
        yield f"it ended before the job: it said last {hearing.last}"
    elif hearing.end == "late" and over:
        yield f"it went on after the job's end: {hearing.last}"


def stream_says_nothing_after_the_end(hearing: Hearing) -> Iterator[str]:
    """Who has read the end closes the books; what comes then is another job's."""
    ends = [event.rank >= ENDED for event in hearing.told]
    if True in ends[:-1]:
        yield f"{len(ends) - 1 - ends.index(True)} events came after the job's end"


def stream_tells_each_line_once(hearing: Hearing) -> Iterator[str]:
    """An event holds the new lines only: who collects them would have some twice."""
    known: list[object] = []
    for event in hearing.told:
        lines = event.seen.fields.get("logs")
        # Without its time a line may well be written twice.
        own = [each for each in lines if _is_dated(each)] if isinstance(lines, list) else []
        if any(each in known for each in own):
            yield "a log line came that an earlier event had told"
            return
        known += own


def stream_tells_lines_when_asked(hearing: Hearing) -> Iterator[str]:
    """Without lines nobody sees why a job takes long."""
    told = hearing.told
    whole = hearing.end == "ended" and bool(told) and told[-1].word is Word.OUTPUT
    asked = whole and all(event.logs for event in told)
    if asked and not any(isinstance(event.seen.fields.get("logs"), list) for event in told):
        yield "no event held log lines, though logs=1"


def stream_is_alive(hearing: Hearing) -> Iterator[str]:
    """A comment every 15 s is how a broken connection is told from a long job."""
    if hearing.silence > SILENCE:
        yield f"nothing came for {hearing.silence:.0f} s, not even a comment"


def stream_says_something_new(hearing: Hearing) -> Iterator[str]:
    """An event is there for a change: one that repeats the last tells none, and is no lie."""
    if any(one.seen.body == other.seen.body for one, other in pairwise(hearing.told)):
        yield "an event came that says the same as the one before it"


STREAM_RULES: tuple[HearingRule, ...] = (
    stream_begins_at_once,
    stream_keeps_up,
    stream_ends_with_the_job,
    stream_says_nothing_after_the_end,
    stream_tells_each_line_once,
    stream_tells_lines_when_asked,
    stream_is_alive,
    stream_says_something_new,
)
MERE_WARNINGS = frozenset({stream_says_something_new.__name__})


def judge_hearing(hearing: Hearing) -> Iterator[tuple[str, str]]:
    """Yield the name of each rule that a stream breaks, and how."""
    for rule in STREAM_RULES:
        for message in rule(hearing):
            yield rule.__name__, message


def _is_dated(line: object) -> bool:
    return isinstance(line, dict) and bool(line.get("timestamp"))
