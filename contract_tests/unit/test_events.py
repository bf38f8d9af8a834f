"""Server-sent events, cut out of what comes: the standard's own cases, in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal._events import MAX_EVENT, Events, EventTooLargeError, comes_in_events

CASES = {
    "one event": (b"data: a\n\n", [b"a"]),
    "no space": (b"data:a\n\n", [b"a"]),
    "one space is taken off": (b"data:  a\n\n", [b" a"]),
    "two lines": (b"data: a\ndata: b\n\n", [b"a\nb"]),
    "carriage returns": (b"data: a\r\rdata: b\r\r", [b"a", b"b"]),
    "both ends of a line": (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"a", b"b"]),
    "two lines with both ends": (b"data: a\r\ndata: b\r\n\r\n", [b"a\nb"]),
    "a comment": (b": ping\n\ndata: a\n\n", [b"a"]),
    "other fields": (b"event: x\nid: 7\nretry: 1\ndata: a\n\n", [b"a"]),
    "no data": (b"event: x\n\n\n\n", []),
    "empty data": (b"data\n\n", [b""]),
    "a field that begins alike": (b"database: a\n\n", []),
    "cut short": (b"data: a\n\ndata: b\n", [b"a"]),
    "a mark at its start": (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
    "a mark within": (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", [b"a"]),
}


def heard(pieces: list[bytes]) -> list[bytes]:
    events = Events()
    return [data for piece in pieces for data in events.take(piece)]


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_events_as_the_standard_has_them(text: bytes, expected: list[bytes]) -> None:
    assert heard([text]) == expected
    assert heard([bytes([byte]) for byte in text]) == expected
    assert heard([piece for byte in text for piece in (b"", bytes([byte]))]) == expected


@given(
    st.lists(st.sampled_from([b"data: a", b"data:", b"\n", b"\r", b"\r\n", b": x", b"id"])),
    st.lists(st.integers(0, 60)),
)
def test_it_does_not_matter_where_the_pieces_are_cut(parts: list[bytes], cuts: list[int]) -> None:
    text = b"".join(parts)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    assert heard(pieces) == heard([text])


@pytest.mark.parametrize("line", [b"data: " + b"x" * 1000 + b"\n", b"x" * 1000])
def test_an_event_without_an_end_is_not_kept_for_ever(line: bytes) -> None:
    with pytest.raises(EventTooLargeError):
        heard([line] * (2 * MAX_EVENT // len(line)))


def test_many_events_are_more_than_one_may_be() -> None:
    block = b"data: " + b"x" * 1000 + b"\n\n"
    events = Events()
    assert sum(len(events.take(block)) for _ in range(2 * MAX_EVENT // 1000)) > MAX_EVENT // 1000


@pytest.mark.parametrize(
    ("status", "media_type", "expected"),
    [
        (200, "text/event-stream", True),
        (200, "Text/Event-Stream; charset=utf-8", True),
        (200, "text/html", False),
        (200, "application/json", False),
        (404, "text/event-stream", False),
        (302, "text/event-stream", False),
    ],
)
def test_a_stream_is_known_by_its_head(status: int, media_type: str, *, expected: bool) -> None:
    assert comes_in_events(status, {"content-type": media_type}) is expected
    assert not comes_in_events(status, {})
