"""A download is continued only where it is certain that the rest is of the same file."""

from __future__ import annotations

import pytest

from chainhub_fal._effects import Part
from chainhub_fal._ranges import begin, range_headers, start_of

URL = "https://cdn.test/a"
TAG = '"abc"'
LATE = {"date": "Wed, 21 Oct 2015 07:29:00 GMT", "last-modified": "Wed, 21 Oct 2015 07:28:00 GMT"}
SPAN = {"content-range": "bytes 4-9/10"}


def part_of(total: str = "10", **headers: str) -> Part:
    """Return a part with four bytes of a file that came with these headers."""
    part = Part()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    begin(part, URL, {"content-length": total, **named})
    part.size = 4
    return part


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"etag": TAG}, TAG),
        ({"etag": TAG, **LATE}, TAG),
        (LATE, LATE["last-modified"]),
        ({"etag": 'W/"abc"'}, ""),
        ({"etag": 'W/"abc"', **LATE}, ""),
        ({"etag": "abc"}, ""),
        ({"last-modified": LATE["last-modified"]}, ""),
        ({**LATE, "date": "Wed, 21 Oct 2015 07:28:59 GMT"}, ""),
        ({**LATE, "last-modified": "yesterday"}, ""),
        ({"etag": TAG, "content-encoding": "gzip"}, ""),
        ({"etag": TAG, "accept-ranges": "none"}, ""),
        ({}, ""),
    ],
)
def test_only_a_strong_validator_lets_a_part_be_continued(
    headers: dict[str, str], validator: str
) -> None:
    part = Part()
    begin(part, URL, headers)
    part.size = 4
    wanted = {"Range": "bytes=4-", "If-Range": validator} if validator else {}
    assert range_headers(part, URL) == wanted


def test_another_url_and_an_empty_part_begin_anew() -> None:
    part = part_of(etag=TAG)
    assert range_headers(part, f"{URL}?signed=2") == {}
    assert start_of(part, f"{URL}?signed=2", 206, SPAN) is None
    part.forget()
    assert range_headers(part, URL) == {}
    assert start_of(part, URL, 206, {"content-range": "bytes 0-9/10"}) is None


@pytest.mark.parametrize(
    ("headers", "start"),
    [
        (SPAN, 4),
        ({**SPAN, "etag": TAG}, 4),
        ({"content-range": "bytes 4-9/*"}, 4),
        ({"content-range": "bytes 4-6/10"}, 4),
        ({**SPAN, "etag": '"other"'}, None),
        ({**SPAN, "content-encoding": "gzip"}, None),
        ({"content-range": "bytes 3-9/10"}, None),
        ({"content-range": "bytes 5-9/10"}, None),
        ({"content-range": "bytes 4-10/11"}, None),
        ({"content-range": "bytes 4-10/10"}, None),
        ({"content-range": "bytes 4-3/10"}, None),
        ({"content-range": "items 4-9/10"}, None),
        ({"content-type": "multipart/byteranges"}, None),
    ],
)
def test_a_range_that_does_not_fit_is_not_glued_on(
    headers: dict[str, str], start: int | None
) -> None:
    assert start_of(part_of(etag=TAG), URL, 206, headers) == start


def test_a_date_that_differs_names_another_file() -> None:
    part = part_of(**{name.replace("-", "_"): value for name, value in LATE.items()})
    assert start_of(part, URL, 206, SPAN | LATE) == 4
    other = {"last-modified": "Wed, 21 Oct 2015 07:28:01 GMT"}
    assert start_of(part, URL, 206, SPAN | other) is None


def test_a_length_that_came_late_is_kept() -> None:
    part = part_of("", etag=TAG)
    assert part.total is None
    assert start_of(part, URL, 206, {"content-range": "bytes 4-8/10"}) == 4
    assert part.total == 10


@pytest.mark.parametrize(("status", "start"), [(200, 0), (416, None), (404, None), (503, None)])
def test_the_whole_begins_anew_and_nothing_else_has_a_body(status: int, start: int | None) -> None:
    assert start_of(part_of(etag=TAG), URL, status, {}) == start
