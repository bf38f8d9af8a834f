"""Server-sent events as WHATWG's HTML standard (9.2) has them, read strictly.

The standard lets a reader pass over what it does not know. A check may not: a misspelt ``data`` is
an event that nobody ever hears of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

EVENT_STREAM = "text/event-stream"

_LINE_END = re.compile(r"\r\n|\n|\r")
_BLOCK_END = re.compile(rb"(?:\A(?:\xef\xbb\xbf)?|\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)")
_FIELDS = frozenset({"data", "event", "id", "retry"})
_LONGEST = 40  # characters of a line that are quoted


class EventsError(ValueError):
    """A text that is no stream of events."""


@dataclass(frozen=True)
class Events:
    """The data of each event; ``broken_off`` says that the text ends within one, which is none."""

    data: tuple[str, ...]
    broken_off: bool


def is_event_stream(content_type: str) -> bool:
    """Tell whether a ``Content-Type`` announces events."""
    return content_type.partition(";")[0].strip().lower() == EVENT_STREAM


def read_events(content: bytes) -> Events:
    """Read a text of events; raises EventsError for bytes and for lines that belong in none."""
    try:
        text = content.decode("utf-8").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    except UnicodeDecodeError as error:
        raise EventsError(f"it is no UTF-8: {error.reason} at byte {error.start}") from error
    *lines, rest = _LINE_END.split(text)
    found: list[str] = []
    data: list[str] = []
    for number, line in enumerate(lines, 1):
        if line:
            data += _data(number, line)
        elif data:
            found.append("\n".join(data))
            data = []
    return Events(tuple(found), broken_off=bool(data) or rest[:1] not in {"", ":"})


def whole_events(content: bytes) -> bytes:
    """Return the text up to its last blank line: what had come in full when it was left."""
    ends = [found.end() for found in _BLOCK_END.finditer(content)]
    return content[: ends[-1]] if ends else b""


def events_so_far(content: bytes) -> tuple[str, ...]:
    """Return the data of the events that have come in full; raises EventsError."""
    return read_events(whole_events(content)).data


def _data(number: int, line: str) -> list[str]:
    """Return what a line adds to its event's data; nothing for a comment and the other fields."""
    name, _, value = line.partition(":")
    if name and name not in _FIELDS:
        raise EventsError(f"line {number} is no field of an event: {line[:_LONGEST]!r}")
    return [value.removeprefix(" ")] if name == "data" else []
