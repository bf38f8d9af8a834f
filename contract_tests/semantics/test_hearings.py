"""Rules about a whole stream, each on a hearing made by hand: one that breaks it, and one near it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from ..events import EVENT_STREAM
from .exchange import Seen
from .hearings import MERE_WARNINGS, STREAM_RULES, End, Hearing, Look, judge_hearing
from .jobs import Event
from .readings import read_stream

LINE = {"timestamp": "2026-01-02T03:04:05.000001", "message": "a"}
QUEUED, RUNNING, DONE = ({"status": state} for state in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED"))


def event(fields: dict[str, Any], *, logs: bool = False) -> Event:
    headers = httpx.Headers({"content-type": EVENT_STREAM})
    seen = Seen("stream_status", 200, headers, fields, "")
    return Event("stream", seen, read_stream(seen), logs)


def heard(
    *told: dict[str, Any],
    end: End = "ended",
    looks: tuple[Look, ...] = (),
    logs: bool = False,
    silence: float = 0.0,
) -> Hearing:
    return Hearing(tuple(event(each, logs=logs) for each in told), end, looks, silence)


def lines(fields: dict[str, Any], *found: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "logs": list(found)}


FAILED = {"status": "FAILED", "error": "a"}
BROKEN: dict[str, list[Hearing]] = {
    "stream_begins_at_once": [
        heard(),
        heard(end="late"),
        heard(QUEUED, RUNNING, DONE, looks=(Look(0, 0), Look(1, 0))),
    ],
    "stream_keeps_up": [
        heard(QUEUED, end="late", looks=(Look(1, 1),)),
        heard(QUEUED, RUNNING, end="late", looks=(Look(0, 1), Look(2, 2))),
    ],
    "stream_ends_with_the_job": [
        heard(QUEUED),
        heard(QUEUED, RUNNING),
        heard(QUEUED, DONE, end="late"),
        heard(FAILED, end="broken"),
        heard(QUEUED, end="broken"),
        heard(end="broken"),
    ],
    "stream_says_nothing_after_the_end": [
        heard({**DONE, "metrics": {}}, DONE),
        heard(QUEUED, FAILED, DONE),
    ],
    "stream_tells_each_line_once": [
        heard(lines(RUNNING, LINE), lines(DONE, {**LINE, "message": "b"}, LINE), logs=True)
    ],
    "stream_tells_lines_when_asked": [heard(QUEUED, {**DONE, "logs": None}, logs=True)],
    "stream_is_alive": [heard(QUEUED, DONE, silence=21), heard(QUEUED, end="left", silence=21)],
    "stream_says_something_new": [heard(QUEUED, QUEUED, DONE)],
}
SOUND = [
    heard(DONE),
    heard(FAILED),
    heard(QUEUED, DONE),
    heard(QUEUED, end="left", silence=15.5),
    heard(QUEUED, RUNNING, DONE, looks=(Look(0, 0), Look(0, 0), Look(1, 1))),
    heard(lines(RUNNING, LINE), lines(DONE, {**LINE, "timestamp": "later"}), logs=True),
    heard(lines(RUNNING, {"message": "."}), lines(DONE, {"message": "."}), logs=True),
    heard(lines(DONE, LINE, LINE), logs=True),
    heard(QUEUED, FAILED, logs=True),
    heard(QUEUED, {**QUEUED, "queue_position": 0}, DONE),
]


def test_each_rule_has_its_breach() -> None:
    assert set(BROKEN) == {rule.__name__ for rule in STREAM_RULES}


@pytest.mark.parametrize(
    ("rule", "hearing"), [(rule, each) for rule, found in BROKEN.items() for each in found]
)
def test_a_rule_is_broken_by_itself(rule: str, hearing: Hearing) -> None:
    assert {name for name, _ in judge_hearing(hearing)} == {rule}


@pytest.mark.parametrize("hearing", SOUND)
def test_what_a_stream_may_do_breaks_no_rule(hearing: Hearing) -> None:
    assert list(judge_hearing(hearing)) == []


def test_only_what_contradicts_nothing_is_a_mere_warning() -> None:
    assert set(MERE_WARNINGS) == {"stream_says_something_new"}
