"""A cancel: what each answer means, and what is no answer of the API."""

from __future__ import annotations

import httpx
import pytest

from chainhub_fal import Cancellation, JobRef, NotFoundError, NotTheApiError

from .router import SpecRouter, lie
from .samples import CANCEL, PATH, REDUX, REQUEST_ID, Connect, example, page

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (httpx.Response(200, json=example(CANCEL, 200, "cancelled")), Cancellation.CANCELLED),
        (httpx.Response(202, json=example(CANCEL, 202, "requested")), Cancellation.REQUESTED),
        (httpx.Response(400, json=example(CANCEL, 400, "completed")), Cancellation.TOO_LATE),
        (httpx.Response(200, json={"status": "CANCELLATION_REQUESTED"}), Cancellation.REQUESTED),
        (lie(httpx.Response(200, json={"status": "ALREADY_COMPLETED"})), Cancellation.TOO_LATE),
        (lie(httpx.Response(200, json={"success": True})), Cancellation.CANCELLED),
    ],
    ids=["removed", "requested", "too late", "requested 200", "too late 200", "success"],
)
def test_what_a_cancel_did(
    answer: httpx.Response, outcome: Cancellation, router: SpecRouter, connect: Connect
) -> None:
    router[CANCEL].answers(answer)
    assert connect(router).job(JOB).cancel() is outcome


def test_an_unknown_job_cannot_be_cancelled(router: SpecRouter, connect: Connect) -> None:
    router[CANCEL].example(404)
    with pytest.raises(NotFoundError) as caught:
        connect(router).job(JOB).cancel()
    assert caught.value.job == JOB


def test_an_unknown_job_is_no_cancelled_one_whatever_the_status(
    router: SpecRouter, connect: Connect
) -> None:
    router[CANCEL].answers(lie(httpx.Response(200, json={"status": "NOT_FOUND"})))
    with pytest.raises(NotFoundError):
        connect(router).job(JOB).cancel()


@pytest.mark.parametrize("answer", [lie(page()), lie(page(202))])
def test_a_web_page_cancels_nothing(
    answer: httpx.Response, router: SpecRouter, connect: Connect
) -> None:
    router[CANCEL].answers(answer)
    with pytest.raises(NotTheApiError, match="the job goes on") as caught:
        connect(router).job(JOB).cancel()
    assert caught.value.job == JOB


def test_a_cancel_is_asked_again_until_the_answer_is_clear(
    router: SpecRouter, connect: Connect
) -> None:
    cancelled = httpx.Response(200, json=example(CANCEL, 200, "cancelled"))
    router[CANCEL].answers(httpx.ReadTimeout("slow"), cancelled)
    assert connect(router).job(JOB).cancel() is Cancellation.CANCELLED
