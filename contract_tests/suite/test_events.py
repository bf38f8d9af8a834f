"""Events as the standard reads them, and what the contract says of each: the n-th is named."""

from __future__ import annotations

import copy
import json
from typing import Any, cast

import httpx
import pytest

from ..contract import X_EVENT, Contract, Operation
from ..events import EVENT_STREAM, Events, EventsError, read_events, whole_events
from .worlds import CONTRACT

(STREAM,) = (each for each in CONTRACT.operations.values() if each.streams)
QUEUED = {"status": "IN_QUEUE", "request_id": "one", "queue_position": 0}


@pytest.mark.parametrize(
    ("text", "data", "broken_off"),
    [
        (b"data: a\n\ndata:b\r\rdata:  c\r\n\r\n", ("a", "b", " c"), False),
        (b"data\n\ndata\ndata\n\ndata:", ("", "\n"), True),  # the standard's own example
        (b": a comment\nevent: e\nid: 1\nretry: 5\ndata: a\ndata: b\n\n", ("a\nb",), False),
        (b"\xef\xbb\xbfdata: a\n\nid: 2\n\n: end\n\n", ("a",), False),
        (b"data: a\n\ndata: b\n", ("a",), True),
        (b"data: a\n\ndat", ("a",), True),
        (b"data: a\n\n: pi", ("a",), False),
        ("data: \u2028\x0b\x85\n\n".encode(), ("\u2028\x0b\x85",), False),  # no ends of a line
        (b"", (), False),
    ],
)
def test_a_text_is_read_as_the_standard_has_it(
    text: bytes, data: tuple[str, ...], broken_off: object
) -> None:
    assert read_events(text) == Events(data, broken_off=bool(broken_off))


@pytest.mark.parametrize(
    "text", [b"dta: a\n\n", b" data: a\n\n", b'{"status": "IN_QUEUE"}\n', b"data: \xff\n\n"]
)
def test_a_line_that_a_browser_would_pass_over_is_an_error(text: bytes) -> None:
    with pytest.raises(EventsError, match=r"line 1|no UTF-8"):
        read_events(text)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_what_was_left_is_cut_after_its_last_whole_event(end: bytes) -> None:
    whole = end.join([b"data: a", b"", b"data: b", b"", b""])
    assert whole_events(whole + b"data: c" + end) == whole
    assert whole_events(b"data: a" + end) == b""


def told(*events: object) -> bytes:
    return b"".join(b"data: " + json.dumps(each).encode() + b"\n\n" for each in events)


def problems(content: bytes, media_type: str = EVENT_STREAM, by: Operation = STREAM) -> list[str]:
    headers = {"content-type": media_type}
    return by.answer_problems(httpx.Response(200, headers=headers, content=content))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (told(QUEUED, {**QUEUED, "status": "PAUSED"}), "event 2 /status: "),
        (told(QUEUED, {"status": "COMPLETED"}), "event 2 /: "),
        (told(QUEUED) + b"data: {\n\n", "event 2 it is no JSON"),
        (told(QUEUED) + b'data: {"status": "IN_QUEUE"\n\n', "event 2 it is no JSON"),
        (told(QUEUED)[:-1], "body: it breaks off within event 1"),
        (b": ping\n\n", "body: it holds no event"),
        (b"<html>\n", "body: line 1 is no field of an event"),
        (b"data: \xff\n\n", "body: it is no UTF-8"),
    ],
)
def test_what_an_event_holds_is_held_to_the_contract(content: bytes, words: str) -> None:
    (problem,) = problems(content)
    assert problem.startswith(words)


def test_a_stream_that_keeps_the_contract_has_no_problem() -> None:
    content = b": ping\n\n" + told(QUEUED, {**QUEUED, "status": "FAILED", "error": "lost"})
    assert problems(content, "Text/Event-Stream; charset=utf-8") == []
    assert problems(content, "application/json")[0].startswith("media type: ")


def test_the_contracts_own_examples_keep_it() -> None:
    for example in STREAM.examples(200).values():
        assert problems(str(example).encode()) == []


def test_a_stream_of_which_nothing_is_said_cannot_be_checked() -> None:
    document = cast("dict[str, Any]", copy.deepcopy(CONTRACT.document))
    responses = document["paths"][STREAM.template]["get"]["responses"]
    del responses["200"]["content"][EVENT_STREAM]["schema"][X_EVENT]
    with pytest.raises(ValueError, match=f"without {X_EVENT}"):
        Contract.read(document)
