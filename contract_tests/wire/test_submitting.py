"""A submit is never paid twice: what is sent again, what is not, and which error says so."""

from __future__ import annotations

import hashlib
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from chainhub_fal import (
    NoAnswerError,
    NotTheApiError,
    QuotaError,
    RateLimitError,
    ServerError,
    SubmissionUnknownError,
)

from .router import Scripted, SpecRouter, lie
from .samples import (
    CONTRACT,
    FAL,
    KEY,
    PICTURE_URL,
    REDUX,
    REQUEST_ID,
    SUBMIT,
    Connect,
    cut,
    example,
    page,
    ticket,
)


def _date(seconds: float) -> str:
    """Write a moment as HTTP does, this many seconds from now."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def _refusal(status: int, retry_after: str) -> httpx.Response:
    body = example(SUBMIT, status, "gateway")
    return httpx.Response(status, json=body, headers={"Retry-After": retry_after})


@pytest.mark.parametrize(
    ("refusal", "wish"),
    [(_refusal(429, "1"), 1.0), (_refusal(503, _date(-5)), 0.0)],
    ids=["429 and seconds", "503 and a date gone by"],
)
def test_a_plain_refusal_is_sent_again_after_the_wait_it_asks_for(
    refusal: httpx.Response, wish: float, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(refusal, ticket())
    began = time.monotonic()
    job = connect(router).submit(REDUX, image_url=PICTURE_URL)
    assert job.request_id == REQUEST_ID
    assert time.monotonic() - began >= wish
    first, second = router[SUBMIT].calls
    assert first.request.content == second.request.content


@pytest.mark.parametrize(
    ("status", "error"), [(429, RateLimitError), (503, ServerError)], ids=["429", "503"]
)
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_wait_beyond_the_deadline_is_said_at_once(
    status: int,
    error: type[RateLimitError | ServerError],
    form: str,
    router: SpecRouter,
    connect: Connect,
) -> None:
    wish = "3600" if form == "seconds" else _date(3600)
    router[SUBMIT].answers(_refusal(status, wish))
    with pytest.raises(error, match="more than the deadline leaves") as caught:
        connect(router).submit(REDUX, image_url=PICTURE_URL)
    assert caught.value.retry_after == pytest.approx(3600, abs=5)
    assert caught.value.job is None


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "quota", "type": "new_api_error", "code": "insufficient_user_quota"}},
        {"error": {"message": "该令牌额度已用尽", "type": "new_api_error"}},
        {"detail": "User is locked. Reason: Exhausted balance."},
    ],
)
def test_an_empty_balance_is_not_a_rate_limit(
    body: dict[str, object], router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(httpx.Response(429, json=body, headers={"Retry-After": "0"}))
    with pytest.raises(QuotaError, match="Top up"):
        connect(router).submit(REDUX, image_url=PICTURE_URL)


NO_ID = {key: value for key, value in example(SUBMIT, 200).items() if key != "request_id"}
UNCLEAR: dict[str, Scripted] = {
    **{
        f"{status} {name}": httpx.Response(status, json=body)
        for status in (500, 502, 504)
        for name, body in CONTRACT.operations[SUBMIT].examples(status).items()
    },
    "500 page": lie(page(500)),
    "502 page": lie(page(502)),
    "408": lie(httpx.Response(408, json={"detail": "Request Timeout"})),
    "409": lie(httpx.Response(409, json={"detail": "Conflict"})),
    "no request id": lie(httpx.Response(200, json=NO_ID)),
    "a request id of another type": lie(ticket(request_id=7)),
    "a request id that is a path": ticket(request_id="../admin"),
    "broken JSON": lie(httpx.Response(200, text="{", headers={"Content-Type": "application/json"})),
    "a ticket cut short": lie(cut(b'{"status":', "application/json")),
    "no answer in time": httpx.ReadTimeout("slow"),
    "a connection that breaks": httpx.ReadError("reset"),
    "a server that hangs up": httpx.RemoteProtocolError("gone"),
    "a request cut short": httpx.WriteError("reset"),
    # The class says that no connection was made; only httpcore's trace could prove it.
    "no connection, without proof": httpx.ConnectError("refused"),
}


@pytest.mark.parametrize("fault", UNCLEAR)
def test_a_submit_of_unknown_fate_is_never_sent_again(
    fault: str, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(UNCLEAR[fault])
    before = time.time()
    with pytest.raises(SubmissionUnknownError, match="may be queued and charged") as caught:
        connect(router).submit(REDUX, image_url=PICTURE_URL)
    (call,) = router[SUBMIT].calls
    assert caught.value.digest == hashlib.sha256(call.request.content).hexdigest()
    assert before <= caught.value.submitted_at <= time.time()
    answer = UNCLEAR[fault]
    answered = isinstance(answer, httpx.Response) and fault != "a ticket cut short"
    assert caught.value.phase == ("answered" if answered else "unknown")
    assert caught.value.status == (
        answer.status_code if isinstance(answer, httpx.Response) and answered else None
    )


@pytest.mark.parametrize(
    "answer",
    [
        lie(page()),
        lie(httpx.Response(301, headers={"Location": "https://elsewhere.example/"})),
        lie(httpx.Response(307, headers={"Location": FAL + REDUX.path})),
    ],
    ids=["page", "redirect", "redirect to the other party"],
)
def test_a_web_page_or_a_redirect_ends_a_submit_and_is_not_followed(
    answer: httpx.Response, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(answer)
    with pytest.raises(NotTheApiError, match=str(answer.status_code)):
        connect(router, http={"follow_redirects": True}).run(REDUX, image_url=PICTURE_URL)


@pytest.mark.parametrize("status", [202, 429, 500, 503])
def test_a_ticket_is_a_ticket_whatever_the_status(
    status: int, router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(lie(httpx.Response(status, json=example(SUBMIT, 200))))
    assert connect(router).submit(REDUX, image_url=PICTURE_URL).request_id == REQUEST_ID


class RefusedFirst(httpx.MockTransport):
    """A real connection is tried, and refused, a few times before the router answers."""

    def __init__(self, router: SpecRouter, refusals: int) -> None:
        super().__init__(router.handler)
        self.refusals = refusals
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # quick to make, and never used

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self.refusals:
            return super().handle_request(request)
        self.refusals -= 1
        with httpx.HTTPTransport(verify=self._tls) as real:
            return real.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not self.refusals:
            return await super().handle_async_request(request)
        self.refusals -= 1
        async with httpx.AsyncHTTPTransport(verify=self._tls) as real:
            return await real.handle_async_request(request)


@pytest.fixture
def closed_router() -> Iterator[SpecRouter]:
    """Give a router for an address of this machine where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{held.getsockname()[1]}"
        with SpecRouter(CONTRACT, base_url=base_url, key=KEY, scheme="Bearer") as router:
            yield router


def test_a_submit_that_provably_never_left_is_sent_again(
    closed_router: SpecRouter, connect: Connect
) -> None:
    closed_router[SUBMIT].answers(ticket())
    transport = RefusedFirst(closed_router, refusals=1)
    job = connect(closed_router, transport=transport).submit(REDUX, image_url=PICTURE_URL)
    assert job.request_id == REQUEST_ID
    assert transport.refusals == 0


def test_patience_with_a_closed_door_ends_and_says_that_nothing_was_charged(
    closed_router: SpecRouter, connect: Connect
) -> None:
    transport = RefusedFirst(closed_router, refusals=1)
    client = connect(closed_router, transport=transport, connect_patience=0)
    with pytest.raises(NoAnswerError, match="nothing was charged") as caught:
        client.submit(REDUX, image_url=PICTURE_URL)
    assert caught.value.unsent
    assert caught.value.phase == "connect"
    assert caught.value.bytes_written == 0
