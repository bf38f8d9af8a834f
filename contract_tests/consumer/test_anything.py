"""Whatever comes back, a submit is sent once, and no question about a job ends but in our errors."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainhub_fal import ChainHubError, QuotaError, SubmissionUnknownError

from ..events import EVENT_STREAM
from .feeding import VERBS, Feeder, Reply
from .inputs import GATE, JSON_VALUES
from .shapes import GRAMMAR, JOB_ID, SHAPES
from .verdicts import fault

BY_OPERATION = {shape.operation.operation_id: shape for shape in SHAPES}
SUBMITS = [name for name in BY_OPERATION if name not in VERBS]
DOCUMENTED = sorted({shape.status for shape in SHAPES})
STATUSES = st.one_of(
    st.sampled_from(DOCUMENTED), st.integers(200, 599), st.sampled_from([600, 999])
)
MEDIA_TYPES = st.one_of(
    st.sampled_from(
        [
            "application/json",
            "application/problem+json",
            "text/html",
            EVENT_STREAM,
            "",
            ";",
            None,
        ]
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20),
)
WORDS = sorted({name for shape in SHAPES for name in GRAMMAR.value(shape.schema, full=True)})
"""The names that any answer of the contract may have at its top."""
SAYINGS = st.sampled_from([JOB_ID, "IN_QUEUE", "COMPLETED", "CANCELLED", "NOT_FOUND"])
OBJECTS = st.dictionaries(
    st.sampled_from(WORDS), st.one_of(SAYINGS, JSON_VALUES), min_size=1, max_size=5
)
BODIES = st.one_of(
    st.binary(max_size=40),
    st.just(b'{"detail": "Request is still in progress"}'),
    st.one_of(JSON_VALUES, OBJECTS, OBJECTS).map(lambda value: json.dumps(value).encode()),
)
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "X-Fal-Error-Type", "Location"]),
    st.sampled_from(["0", "-1", "1e9", "9" * 400, "soon", "Fri, 31 Dec 1999 23:59:59 GMT", "/"]),
    max_size=2,
)
REPLIES = st.builds(Reply, STATUSES, BODIES, MEDIA_TYPES, HEADERS)
TAKEN = Reply.of(200, {"request_id": JOB_ID})


def _named_job(reply: Reply) -> str | None:
    request_id = reply.body.get("request_id") if isinstance(reply.body, dict) else None
    return request_id if isinstance(request_id, str) else None


def _submit_once(operation_id: str, reply: Reply, feeder: Feeder) -> None:
    """Answer a submit, and see that it was sent once and what it may have cost is told.

    A refusal asks for more patience than there is, so that it is told apart without a wait. Were
    anything else sent again, the second answer would be a ticket, and end it.
    """
    shape = BY_OPERATION[operation_id]
    again = reply.status in {429, 503} and _named_job(reply) is None
    if again:
        reply = replace(reply, headers={"Retry-After": "3600"})
    fed = feeder.call(shape, itertools.chain([reply], itertools.repeat(TAKEN)))
    assert not fault(shape, reply, fed)
    assert len(fed.requests) == 1, reply
    hint = fed.outcome.hint if isinstance(fed.outcome, ChainHubError) else ""
    assert again == ("asks to wait 3600 s" in hint) or isinstance(fed.outcome, QuotaError)
    if reply.status >= 500 and not again and isinstance(fed.outcome, ChainHubError):
        told = isinstance(fed.outcome, SubmissionUnknownError) or fed.outcome.job is not None
        assert told, "a failing server may have taken the job"


@pytest.mark.parametrize("operation_id", SUBMITS)
def test_a_submit_is_sent_once_whatever_the_status(operation_id: str, feeder: Feeder) -> None:
    for status in range(200, 600):
        _submit_once(operation_id, Reply(status, b"{}"), feeder)


@pytest.mark.parametrize("operation_id", SUBMITS)
@given(reply=REPLIES)
@GATE
def test_a_submit_is_sent_once_whatever_comes_back(
    operation_id: str, reply: Reply, feeder: Feeder
) -> None:
    named = _named_job(reply)
    assume(named is None or re.fullmatch(r"\w[\w.~-]*", named, re.ASCII))  # see test_promises
    _submit_once(operation_id, reply, feeder)


@pytest.mark.parametrize("operation_id", VERBS)
@given(reply=REPLIES)
@GATE
def test_a_question_about_a_job_ends_in_a_value_or_our_error(
    operation_id: str, reply: Reply, feeder: Feeder
) -> None:
    shape = BY_OPERATION[operation_id]
    assert not fault(shape, reply, feeder.feed(shape, reply))


@pytest.mark.parametrize(
    "wish", ["Fri, 31 Dec 99999999999999 23:59:59 GMT", "Fri, 31 Dec 1999 23:59:59 +99999999999999"]
)
@pytest.mark.parametrize("operation_id", BY_OPERATION)
def test_a_date_beyond_time_is_no_wish(operation_id: str, wish: str, feeder: Feeder) -> None:
    shape = BY_OPERATION[operation_id]
    reply = Reply(401, b"{}", headers={"Retry-After": wish})
    assert not fault(shape, reply, feeder.call(shape, itertools.repeat(reply)))


def test_an_answer_that_switches_protocols_cancels_nothing(feeder: Feeder) -> None:
    shape, reply = BY_OPERATION["cancel_request"], Reply(101, b"", None)
    assert not fault(shape, reply, feeder.call(shape, iter([reply])))
