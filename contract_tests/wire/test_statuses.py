"""Every documented error status, in every error shape, becomes the right error with its details."""

from __future__ import annotations

from typing import cast

import httpx
import pytest

from chainhub_fal import (
    AuthenticationError,
    ChainHubError,
    DeadlineExceededError,
    JobFailedError,
    JobRef,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestRefusedError,
    ServerError,
    StatusError,
    SubmissionUnknownError,
)

from ..schemas import lookup
from .router import SpecRouter
from .samples import (
    CANCEL,
    CONTRACT,
    PATH,
    PICTURE_URL,
    REDUX,
    REQUEST_ID,
    RESULT,
    STATUS,
    SUBMIT,
    Connect,
    Json,
    example,
    ticket,
)

JOB = JobRef(REDUX.id, REQUEST_ID, PATH)
SHAPES: dict[str, Json] = {
    "FalErrorList": {
        "detail": [{"loc": ["body", "image_size", "width"], "msg": "too wide", "type": "less_than"}]
    },
    "FalErrorText": {"detail": "no runner was free", "error_type": "runner_scheduling_failure"},
    "GatewayError": {"error": {"message": "no channel", "type": "new_api_error", "code": "busy"}},
    "TaskError": {"code": "do_request_failed", "message": "upstream failed", "data": None},
    "RequestRefusal": {"status": "NOT_FOUND"},
}
CODES = {
    "FalErrorList": "less_than",
    "FalErrorText": "runner_scheduling_failure",
    "GatewayError": "busy",
    "TaskError": "do_request_failed",
}
WORDS = {
    "FalErrorList": r"image_size\.width: too wide",
    "FalErrorText": "no runner was free",
    "GatewayError": "no channel",
    "TaskError": "upstream failed",
    "RequestRefusal": "NOT_FOUND",
}
Expected = dict[int, type[ChainHubError]]
ON_SUBMIT: Expected = {
    400: RequestRefusedError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: RequestRefusedError,
    422: RequestRefusedError,
    429: RateLimitError,
    500: SubmissionUnknownError,
    502: SubmissionUnknownError,
    503: ServerError,
    504: SubmissionUnknownError,
}
# The queue's verdict ends a wait; what may pass is asked again until the deadline.
ON_WAIT: Expected = {
    400: JobFailedError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    422: JobFailedError,
    429: DeadlineExceededError,
    500: DeadlineExceededError,
    502: DeadlineExceededError,
    503: DeadlineExceededError,
    504: DeadlineExceededError,
}
ON_CANCEL: Expected = {
    400: RequestRefusedError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    422: RequestRefusedError,
    429: DeadlineExceededError,
    500: DeadlineExceededError,
    502: DeadlineExceededError,
    503: DeadlineExceededError,
    504: DeadlineExceededError,
}


def _shapes(operation_id: str, status: int) -> list[str]:
    """Name the shapes that the contract allows for a status: the branches of its schema."""
    operation = CONTRACT.operations[operation_id]
    path = operation.template.replace("/", "~1")
    place = f"#/paths/{path}/{operation.method.lower()}/responses/{status}"
    answer = cast("Json", lookup(CONTRACT.document, place))
    answer = cast("Json", lookup(CONTRACT.document, answer["$ref"])) if "$ref" in answer else answer
    schema = lookup(CONTRACT.document, answer["content"]["application/json"]["schema"]["$ref"])
    return [branch["$ref"].rpartition("/")[2] for branch in cast("list[Json]", schema["anyOf"])]


def cases(operation_id: str) -> list[tuple[int, str]]:
    """List every documented error status of an operation, in every shape it may have."""
    return [
        (status, shape)
        for status in CONTRACT.operations[operation_id].statuses
        if status >= 400
        for shape in _shapes(operation_id, status)
    ]


def refusal(status: int, shape: str, **headers: str) -> httpx.Response:
    """Answer with an error."""
    return httpx.Response(status, json=SHAPES[shape], headers=headers)


def patience(expected: type[ChainHubError]) -> dict[str, float]:
    """Choose options under which an expected error comes soon, and no other one can."""
    return {"missing_patience": 0, "deadline": 0.02 if expected is DeadlineExceededError else 30}


def words(expected: type[ChainHubError], shape: str) -> str:
    """Say what an error must repeat of the answer; a deadline may come when nothing was said."""
    return "the deadline of" if expected is DeadlineExceededError else WORDS[shape]


def check_details(error: ChainHubError, status: int, shape: str) -> None:
    """Look at what an error repeats of the answer."""
    assert isinstance(error, StatusError | JobFailedError)
    assert error.status == status
    assert error.code == CODES[shape]
    fields = [(it.field, it.message, it.type) for it in error.fields]
    wanted = [("image_size.width", "too wide", "less_than")] if shape == "FalErrorList" else []
    assert fields == wanted


@pytest.mark.parametrize(("status", "shape"), cases(SUBMIT))
def test_a_refused_submit(status: int, shape: str, router: SpecRouter, connect: Connect) -> None:
    # A wait that cannot be had is said at once, so even a refusal that is sent again ends here.
    router[SUBMIT].answers(refusal(status, shape, **{"Retry-After": "3600"}))
    said = None if shape == "FalErrorList" and status >= 500 else WORDS[shape]
    with pytest.raises(ON_SUBMIT[status], match=said) as caught:
        connect(router).submit(REDUX, image_url=PICTURE_URL)
    assert type(caught.value) is ON_SUBMIT[status]
    assert caught.value.job is None
    if isinstance(caught.value, StatusError):
        check_details(caught.value, status, shape)


def about_a_job(table: Expected, status: int, shape: str) -> type[ChainHubError]:
    """Choose the error for an answer about a job; what says NOT_FOUND means it, with any status."""
    return NotFoundError if SHAPES[shape].get("status") == "NOT_FOUND" else table[status]


def ends_a_wait(status: int, shape: str) -> type[ChainHubError]:
    """Choose the error that a wait ends with; fal types its verdicts, a failing server does not."""
    if status >= 500 and shape in {"FalErrorList", "FalErrorText"}:
        return JobFailedError
    return about_a_job(ON_WAIT, status, shape)


@pytest.mark.parametrize(("status", "shape"), cases(RESULT))
def test_a_result_that_is_an_error(
    status: int, shape: str, router: SpecRouter, connect: Connect
) -> None:
    router[RESULT].mock(refusal(status, shape))
    expected = ends_a_wait(status, shape)
    client = connect(router, **patience(expected))
    with pytest.raises(expected, match=words(expected, shape)) as caught:
        client.job(JOB).result()
    assert type(caught.value) is expected
    assert caught.value.job == JOB
    if expected is not DeadlineExceededError and shape in CODES:
        check_details(caught.value, status, shape)


@pytest.mark.parametrize(("status", "shape"), cases(STATUS))
def test_a_status_that_is_an_error(
    status: int, shape: str, fal_router: SpecRouter, connect: Connect
) -> None:
    fal_router[STATUS].mock(refusal(status, shape))
    expected = ends_a_wait(status, shape)
    client = connect(fal_router, **patience(expected))
    with pytest.raises(expected, match=words(expected, shape)) as caught:
        client.job(JOB).result()
    assert type(caught.value) is expected
    assert caught.value.job == JOB


@pytest.mark.parametrize(("status", "shape"), cases(CANCEL))
def test_a_refused_cancel(status: int, shape: str, router: SpecRouter, connect: Connect) -> None:
    router[CANCEL].mock(refusal(status, shape))
    expected = about_a_job(ON_CANCEL, status, shape)
    client = connect(router, **patience(expected))
    with pytest.raises(expected, match=words(expected, shape)) as caught:
        client.job(JOB).cancel()
    assert type(caught.value) is expected
    assert caught.value.job == JOB
    if isinstance(caught.value, StatusError) and shape in CODES:
        check_details(caught.value, status, shape)


@pytest.mark.parametrize("name", ["quota", "locked"])
def test_an_empty_balance_is_its_own_error(name: str, router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].example(403, name)
    with pytest.raises(QuotaError, match="Top up"):
        connect(router).submit(REDUX, image_url=PICTURE_URL)


def test_a_gateway_that_quotes_fal_is_read_through(router: SpecRouter, connect: Connect) -> None:
    quoted = '{"detail":[{"loc":["body","seed"],"msg":"no","type":"int_type"}]}'
    body = {"code": "fail_to_fetch_task", "message": quoted, "data": None}
    router[SUBMIT].answers(httpx.Response(422, json=body))
    with pytest.raises(RequestRefusedError) as caught:
        connect(router).submit(REDUX, image_url=PICTURE_URL)
    assert caught.value.code == "int_type"
    assert [problem.field for problem in caught.value.fields] == ["seed"]


def test_a_wrong_key_says_what_to_check(router: SpecRouter, connect: Connect) -> None:
    router[SUBMIT].answers(ticket())
    router[RESULT].example(401)
    with pytest.raises(AuthenticationError, match="CHAINHUB_API_KEY") as caught:
        connect(router).run(REDUX, image_url=PICTURE_URL)
    assert caught.value.job is not None
    assert caught.value.job.request_id == example(SUBMIT, 200)["request_id"]
