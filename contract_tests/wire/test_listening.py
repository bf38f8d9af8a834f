"""A job that is heard: what is asked of the stream keeps the contract, and so does what is said."""

from __future__ import annotations

import pytest

from chainhub_fal import JobFailedError, JobRef

from .router import SpecRouter, lie
from .samples import (
    PATH,
    PICTURE_URL,
    REDUX,
    REQUEST_ID,
    RESULT,
    STATUS,
    STREAM,
    SUBMIT,
    Connect,
    output,
    page,
    state,
    stream,
    ticket,
)

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)
WHOLE = ("IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "COMPLETED")


def test_a_job_that_is_heard_is_asked_for_its_result_once(
    router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket())
    router[STREAM].answers(stream(*WHOLE))
    router[RESULT].answers(output())
    result = connect(router, updates="stream").run(REDUX, image_url=PICTURE_URL)
    assert result.receipt.polls == 2
    assert result.receipt.unexpected == {}


def test_each_change_is_told_once_and_log_lines_are_asked_for(
    fal_router: SpecRouter, connect: Connect
) -> None:
    fal_router[STREAM].answers(stream(*WHOLE))
    fal_router[RESULT].answers(output())
    job = connect(fal_router, dialect="fal", updates="stream").job(JOB)
    assert [update.state for update in job.updates()] == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    (call,) = fal_router[STREAM].calls
    assert call.request.url.query == b"logs=1"


def test_a_stream_that_ends_early_is_followed_by_looks_and_by_another(
    fal_router: SpecRouter, connect: Connect
) -> None:
    fal_router[STREAM].answers(stream("IN_QUEUE"), stream("IN_PROGRESS", "COMPLETED"))
    fal_router[STATUS].answers(state("IN_PROGRESS", 202))
    fal_router[RESULT].answers(output())
    job = connect(fal_router, dialect="fal", updates="stream").job(JOB)
    assert [update.state for update in job.updates()] == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


def test_a_page_where_a_stream_should_be_costs_one_request(
    router: SpecRouter, connect: Connect
) -> None:
    router[STREAM].lies().answers(page())
    router[RESULT].answers(state("IN_PROGRESS"), output())
    connect(router, updates="stream").job(JOB).result()


def test_a_failure_is_heard(router: SpecRouter, connect: Connect) -> None:
    router[STREAM].answers(stream("FAILED", error="out of memory", error_type="internal_error"))
    with pytest.raises(JobFailedError, match="out of memory") as caught:
        connect(router, updates="stream").job(JOB).result()
    assert (caught.value.code, caught.value.job) == ("internal_error", JOB)


def test_a_lie_in_an_event_is_no_answer_of_the_contract(
    router: SpecRouter, connect: Connect
) -> None:
    odd = stream("IN_QUEUE", queue_position=-1)
    router[STREAM].answers(lie(odd))
    router[RESULT].answers(output())
    connect(router, updates="stream").job(JOB).result()
    assert "event 1" in str(router.contract.operations[STREAM].answer_problems(odd))
