"""A wait for a job: both dialects, what is tolerated, what ends it, and what the errors name."""

from __future__ import annotations

import httpx
import pytest

from chainhub_fal import (
    ContractError,
    DeadlineExceededError,
    JobCancelledError,
    JobFailedError,
    JobRef,
    NotFoundError,
    NotTheApiError,
    State,
)

from .router import Scripted, SpecRouter, lie
from .samples import (
    CANCEL,
    CDN,
    FAL,
    PATH,
    PICTURE_URL,
    REDUX,
    REQUEST_ID,
    RESULT,
    STATUS,
    SUBMIT,
    Connect,
    cut,
    example,
    output,
    page,
    pending,
    state,
    ticket,
)

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)
LINE = {"message": "loading", "timestamp": "2026-01-02T03:04:05.6", "level": "INFO"}
NEXT_LINE = LINE | {"message": "running"}


def test_the_gateway_is_polled_on_the_result_route(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].answers(ticket())
    router[RESULT].answers(
        state("IN_QUEUE", queue_position=1),
        state("IN_PROGRESS", 202),
        pending(),
        output(f"{CDN}/a.png", f"{CDN}/b.png"),
    )
    result = connect(router).run(REDUX, image_url=PICTURE_URL)
    assert [image.url for image in result.images] == [f"{CDN}/a.png", f"{CDN}/b.png"]
    assert result.images[1].key == "images[1]"
    assert result.seed == result.output.seed == output().json()["seed"]
    assert result.receipt.polls == 4
    assert result.receipt.request_id == REQUEST_ID
    assert result.receipt.unexpected == {}
    assert result.receipt.parameters["image_size"] == "landscape_4_3"


def test_fal_is_polled_on_the_status_route(fal_router: SpecRouter, connect: Connect) -> None:
    fal_router[SUBMIT].answers(ticket())
    fal_router[STATUS].answers(
        state("IN_QUEUE", 202, queue_position=1),
        state("IN_PROGRESS", 202),
        state("COMPLETED", metrics={"inference_time": 0.4}),
    )
    fal_router[RESULT].answers(output(f"{CDN}/a.png"))
    result = connect(fal_router).run(REDUX, image_url=PICTURE_URL)
    assert [image.url for image in result.images] == [f"{CDN}/a.png"]
    assert fal_router.ledger == {
        (SUBMIT, 200): 1,
        (STATUS, 202): 2,
        (STATUS, 200): 1,
        (RESULT, 200): 1,
    }


def test_updates_tell_each_change_once(fal_router: SpecRouter, connect: Connect) -> None:
    fal_router[SUBMIT].answers(ticket())
    fal_router[STATUS].answers(
        state("IN_QUEUE", 202, queue_position=2),
        state("IN_QUEUE", 202, queue_position=2),
        state("IN_QUEUE", 202, queue_position=0),
        state("IN_PROGRESS", 202, logs=[LINE]),
        state("IN_PROGRESS", 202, logs=[LINE, NEXT_LINE]),
        state("COMPLETED", logs=[NEXT_LINE]),
    )
    fal_router[RESULT].answers(output())
    job = connect(fal_router).submit(REDUX, image_url=PICTURE_URL)
    seen = [
        (update.state, update.queue_position, [line.message for line in update.new_logs])
        for update in job.updates()
    ]
    assert seen == [
        ("IN_QUEUE", 2, []),
        ("IN_QUEUE", 0, []),
        ("IN_PROGRESS", None, ["loading"]),
        ("IN_PROGRESS", None, ["running"]),
        ("COMPLETED", None, []),
    ]
    assert all(call.request.url.query == b"logs=1" for call in fal_router[STATUS].calls)
    assert job.result().seed is not None


def test_a_look_at_a_job_does_not_wait(fal_router: SpecRouter, connect: Connect) -> None:
    fal_router[STATUS].answers(state("IN_QUEUE", 202, queue_position=3), state("COMPLETED"))
    job = connect(fal_router).job(JOB)
    first, second = job.status(), job.status()
    assert (first.state, first.queue_position) == (State.IN_QUEUE, 3)
    assert second.terminal
    assert not second.failed


def test_a_job_is_taken_up_again_from_its_reference(router: SpecRouter, connect: Connect) -> None:
    router[RESULT].answers(output(), output())
    client = connect(router)
    assert client.job(JobRef.from_json(JOB.to_json())).result().seed is not None
    assert client.job(REQUEST_ID, endpoint=REDUX).result().receipt.request_id == REQUEST_ID


def test_a_result_once_read_is_not_asked_for_again(router: SpecRouter, connect: Connect) -> None:
    router[RESULT].answers(output())
    job = connect(router).job(JOB)
    assert job.result().raw == job.result().raw


BLIPS: dict[str, Scripted] = {
    "500": httpx.Response(500, json=example(RESULT, 500, "task")),
    "500 page": lie(page(500)),
    "502": httpx.Response(502, json={"detail": "Bad Gateway"}),
    "503": httpx.Response(503, json=example(RESULT, 503, "gateway")),
    "504": httpx.Response(504, json={"detail": "Gateway Timeout"}),
    "429": httpx.Response(429, json=example(RESULT, 429, "gateway")),
    "429 without a body": lie(httpx.Response(429)),
    "no answer in time": httpx.ReadTimeout("slow"),
    "no connection": httpx.ConnectError("refused"),
    "a connection that breaks": httpx.ReadError("reset"),
    "an answer cut short": lie(cut(b'{"images":', "application/json")),
    "broken JSON": lie(httpx.Response(200, text="{", headers={"Content-Type": "application/json"})),
    "JSON of no known shape": lie(httpx.Response(200, json={"hello": "world"})),
    "404": httpx.Response(404, json=example(RESULT, 404, "fal")),
    "a web page": lie(page()),
    "an unknown state": lie(state("PAUSED")),
    "COMPLETED without an output": state("COMPLETED"),
    "a relay that hides fal's words": httpx.Response(
        400, json={"error": example(RESULT, 422, "relayed")["error"]}
    ),
}


@pytest.mark.parametrize("blip", BLIPS)
def test_what_may_pass_is_tolerated(blip: str, router: SpecRouter, connect: Connect) -> None:
    router[RESULT].answers(BLIPS[blip], output())
    result = connect(router).job(JOB).result()
    assert result.seed == output().json()["seed"]
    assert result.receipt.polls == 2


VERDICTS: dict[str, tuple[httpx.Response, type[JobFailedError], str]] = {
    "FAILED": (state("FAILED", error="no memory"), JobFailedError, "no memory"),
    "FAILED without a word": (state("FAILED"), JobFailedError, "ended as FAILED"),
    "ERROR": (lie(state("ERROR", error="no memory")), JobFailedError, "no memory"),
    "CANCELLED": (lie(state("CANCELLED")), JobCancelledError, "was cancelled"),
    "CANCELED": (lie(state("CANCELED")), JobCancelledError, "was cancelled"),
    "COMPLETED with an error": (
        state("COMPLETED", error="Request timed out", error_type="request_timeout"),
        JobFailedError,
        "Request timed out",
    ),
    "COMPLETED with a cancel": (
        state("COMPLETED", error="gone", error_type="client_cancelled"),
        JobCancelledError,
        "was cancelled",
    ),
    "a deferred 422": (
        httpx.Response(422, json=example(RESULT, 422, "list")),
        JobFailedError,
        "num_images: Input should be less than or equal to 4",
    ),
    "a typed 500": (
        httpx.Response(500, json=example(RESULT, 500, "fal")),
        JobFailedError,
        "Internal Server Error",
    ),
    "FAILED beside pictures": (
        state("FAILED", images=[{"url": f"{CDN}/a.png"}]),
        JobFailedError,
        "ended as FAILED",
    ),
}


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_job_that_failed_says_so_and_why(
    verdict: str, router: SpecRouter, connect: Connect
) -> None:
    answer, error, words = VERDICTS[verdict]
    router[SUBMIT].answers(ticket())
    router[RESULT].answers(pending(), answer)
    with pytest.raises(error, match=words) as caught:
        connect(router).run(REDUX, image_url=PICTURE_URL)
    assert type(caught.value) is error
    assert caught.value.job is not None
    assert caught.value.job.request_id == REQUEST_ID


def test_fal_tells_the_truth_about_a_completed_job_on_the_result_route(
    fal_router: SpecRouter, connect: Connect
) -> None:
    fal_router[STATUS].answers(state("COMPLETED"))
    fal_router[RESULT].answers(httpx.Response(422, json=example(RESULT, 422, "list")))
    with pytest.raises(JobFailedError) as caught:
        connect(fal_router).job(JOB).result()
    (problem,) = caught.value.fields
    assert (problem.field, problem.type) == ("num_images", "less_than_equal")
    assert caught.value.code == "less_than_equal"


def test_an_output_in_the_older_wrapper_is_found(router: SpecRouter, connect: Connect) -> None:
    wrapped = state("COMPLETED", logs=[], response=output(f"{CDN}/a.png").json())
    router[RESULT].answers(wrapped)
    result = connect(router).job(JOB).result()
    assert [image.url for image in result.images] == [f"{CDN}/a.png"]


def test_what_the_contract_does_not_know_is_kept_and_counted(
    router: SpecRouter, connect: Connect
) -> None:
    router[RESULT].answers(
        lie(state("PAUSED")), lie(state("PAUSED")), output(f"{CDN}/a.png", request={"seed": 1})
    )
    result = connect(router).job(JOB).result()
    assert result.receipt.unexpected == {"state PAUSED": 2, "field request": 1}
    assert result.raw["request"] == {"seed": 1}


SHAPELESS = {
    "an object": lie(httpx.Response(200, json={"hello": "world"})),
    "a list": lie(httpx.Response(200, json=[1])),
    "pictures of another type": lie(httpx.Response(200, json={"images": "none"})),
    "broken JSON": lie(httpx.Response(200, text="{", headers={"Content-Type": "application/json"})),
}


@pytest.mark.parametrize("shape", SHAPELESS)
def test_a_result_of_another_shape_names_the_job(
    shape: str, router: SpecRouter, connect: Connect
) -> None:
    router[RESULT].answers(SHAPELESS[shape], SHAPELESS[shape])
    with pytest.raises(ContractError, match="no known shape") as caught:
        connect(router).job(JOB).result()
    assert caught.value.job == JOB


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.Response(404, json=example(RESULT, 404, "fal")), NotFoundError),
        (lie(page()), NotTheApiError),
        (lie(httpx.Response(302, headers={"Location": FAL + PATH})), NotTheApiError),
    ],
    ids=["404", "page", "redirect"],
)
def test_a_job_that_stays_unknown_ends_the_wait_before_the_deadline(
    answer: httpx.Response, error: type[NotFoundError], router: SpecRouter, connect: Connect
) -> None:
    router[RESULT].mock(answer)
    client = connect(router, deadline=5, missing_patience=0.05, http={"follow_redirects": True})
    with pytest.raises(error) as caught:
        client.job(JOB).result()
    assert caught.value.job == JOB
    assert 2 <= len(router[RESULT].calls) < 20


def test_the_deadline_names_the_job_which_can_then_be_fetched(
    router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket())
    router[RESULT].mock(pending())
    client = connect(router)
    with pytest.raises(DeadlineExceededError, match="s came during the wait") as caught:
        client.with_options(deadline=0.05).run(REDUX, image_url=PICTURE_URL)
    assert caught.value.job is not None
    assert caught.value.waited >= 0.05
    router[RESULT].mock(output())
    assert client.job(caught.value.job).result().seed is not None


def test_an_abandoned_job_is_cancelled_if_that_was_asked_for(
    router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket())
    router[RESULT].mock(pending())
    router[CANCEL].example(202)
    client = connect(router, deadline=0.05, on_abandon="cancel")
    with pytest.raises(DeadlineExceededError) as caught:
        client.run(REDUX, image_url=PICTURE_URL)
    assert any("CANCELLATION_REQUESTED" in note for note in caught.value.__notes__)


@pytest.mark.parametrize("on_abandon", ["keep", "cancel"])
def test_leaving_the_context_settles_jobs_nobody_waited_for(
    on_abandon: str,
    router: SpecRouter,
    connect: Connect,
    caplog: pytest.LogCaptureFixture,
) -> None:
    router[SUBMIT].answers(ticket())
    if on_abandon == "cancel":
        router[CANCEL].answers(httpx.Response(200, json=example(CANCEL, 200, "cancelled")))
    with connect(router, on_abandon=on_abandon) as client:
        client.submit(REDUX, image_url=PICTURE_URL)
    assert REQUEST_ID in caplog.text


@pytest.mark.parametrize("how", ["given up", "by hand"])
def test_a_job_once_cancelled_is_not_cancelled_again_on_leaving(
    how: str, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket())
    router[RESULT].mock(pending())
    router[CANCEL].example(200)
    with connect(router, deadline=0.05, on_abandon="cancel") as client:
        job = client.submit(REDUX, image_url=PICTURE_URL)
        if how == "by hand":
            job.cancel()
        else:
            with pytest.raises(DeadlineExceededError):
                job.result()
    assert len(router[CANCEL].calls) == 1
