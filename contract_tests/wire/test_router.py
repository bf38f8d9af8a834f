"""The router cannot lie: each fault of a mock or of a client is a violation that nothing hides."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import pytest
import respx

from ..drive import Drive
from .router import SpecRouter, Violation, lie
from .samples import (
    CANCEL,
    CDN,
    CONTRACT,
    GATEWAY,
    KEY,
    PATH,
    PNG,
    REDUX,
    RESULT,
    STATUS,
    SUBMIT,
    cut,
    example,
    page,
    pending,
    state,
    ticket,
)

BEARER = {"Authorization": f"Bearer {KEY}"}
JSON = {"Content-Type": "application/json"}
TICKET = example(SUBMIT, 200)
TICKET_TEXT = ticket().text


def _router() -> SpecRouter:
    return SpecRouter(CONTRACT, base_url=GATEWAY, key=KEY, scheme="Bearer")


def _submit(http: httpx.Client, **changes: Any) -> httpx.Response:
    """Send a submit as it should be, but for the changes."""
    request = {"json": {"image_url": "https://pictures.example/cat.png"}, "headers": BEARER}
    return http.post(GATEWAY + REDUX.path, **(request | changes))


def _answer(content: str, media_type: str = "application/json") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"Content-Type": media_type})


FALSE_ANSWERS = {
    "a required field is missing": ticket(request_id=None),
    "a field of another type": ticket(queue_position="3"),
    "a word outside the enum": ticket(status="QUEUED"),
    "a null where none may be": ticket(status_url=None),
    "an address that is none": ticket(response_url="not an address"),
    "an undocumented status": httpx.Response(201, json=TICKET),
    "another media type": _answer(TICKET_TEXT, "text/html"),
    "no media type": httpx.Response(200, content=TICKET_TEXT.encode()),
    "an empty body": httpx.Response(200, headers=JSON),
    "a body cut short": _answer(TICKET_TEXT[:-9]),
    "a key that stands twice": _answer(TICKET_TEXT[:-1] + ',"status":"IN_QUEUE"}'),
    "a number that is none": _answer(
        TICKET_TEXT.replace('"queue_position":0', '"queue_position":NaN')
    ),
    "an error body of no known shape": httpx.Response(422, json={"oops": True}),
    "a web page": page(),
    "an invented empty success": httpx.Response(200),
    "a body that breaks off": cut(TICKET_TEXT.encode(), "application/json"),
}


@pytest.mark.parametrize("fault", FALSE_ANSWERS)
def test_a_false_answer_is_a_violation_unless_it_is_declared(fault: str, drive: Drive) -> None:
    router = _router()
    router[SUBMIT].mock(FALSE_ANSWERS[fault])
    with pytest.raises(Violation, match=f"answer .* of {SUBMIT}"), router:
        _submit(drive.http(router.transport))
    with _router() as router, suppress(httpx.RemoteProtocolError):
        router[SUBMIT].lies().mock(FALSE_ANSWERS[fault])
        _submit(drive.http(router.transport))


def test_a_true_answer_passes_and_is_counted(drive: Drive) -> None:
    with _router() as router:
        router[SUBMIT].example(200)
        router[RESULT].answers(pending(), lie(page()))
        http = drive.http(router.transport)
        assert _submit(http).json() == TICKET
        http.get(GATEWAY + PATH, headers=BEARER)
        http.get(GATEWAY + PATH, headers=BEARER)
        assert router.ledger == {(SUBMIT, 200): 1, (RESULT, 400): 1, (RESULT, 200): 1}


@pytest.mark.parametrize("declare", ["route", "answer"])
def test_a_declared_lie_that_conforms_is_a_violation(declare: str, drive: Drive) -> None:
    router = _router()
    if declare == "route":
        router[SUBMIT].lies().example(200)
    else:
        router[SUBMIT].answers(lie(ticket()))
    with pytest.raises(Violation, match="declared a lie"), router:
        _submit(drive.http(router.transport))


FALSE_REQUESTS: dict[str, dict[str, Any]] = {
    "no credentials": {"headers": {}},
    "the other party's scheme": {"headers": {"Authorization": f"Key {KEY}"}},
    "another key": {"headers": {"Authorization": "Bearer sk-other"}},
    "no body": {"json": None, "headers": BEARER | JSON},
    "a body without its required field": {"json": {}},
    "a value outside its bounds": {"json": {"image_url": "https://a.example/", "num_images": 5}},
    "a word that only the client knows": {
        "json": {"image_url": "https://a.example/", "image_size": "16:9"}
    },
    "a key that stands twice": {
        "json": None,
        "content": '{"image_url":"https://a.example/","image_url":"https://b.example/"}',
        "headers": BEARER | JSON,
    },
    "a number that is none": {
        "json": None,
        "content": '{"image_url":"https://a.example/","seed":NaN}',
        "headers": BEARER | JSON,
    },
    "another media type": {"json": None, "data": {"image_url": "https://a.example/"}},
    "an undocumented query key": {"params": {"fal_webhook": "https://a.example/"}},
}


@pytest.mark.parametrize("fault", FALSE_REQUESTS)
def test_a_false_submit_is_a_violation(fault: str, drive: Drive) -> None:
    router = _router()
    router[SUBMIT].example(200)
    with pytest.raises(Violation, match=f"request to {SUBMIT}"), router:
        _submit(drive.http(router.transport), **FALSE_REQUESTS[fault])


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"{PATH}/status?logs=true"),
        ("GET", f"{PATH}/status?logs=2"),
        ("GET", f"{PATH}/status?logs=1&logs=1"),
        ("GET", f"{PATH}?logs=1"),
    ],
)
def test_a_false_query_is_a_violation(method: str, url: str, drive: Drive) -> None:
    router = _router()
    router[STATUS].example(202)
    router[RESULT].example(202)
    with pytest.raises(Violation, match="query logs"), router:
        drive.http(router.transport).request(method, GATEWAY + url, headers=BEARER)


def test_a_body_where_none_is_documented_is_a_violation(drive: Drive) -> None:
    router = _router()
    router[CANCEL].example(200)
    with pytest.raises(Violation, match="body: none is documented"), router:
        drive.http(router.transport).put(f"{GATEWAY}{PATH}/cancel", json={}, headers=BEARER)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", f"https://queue.fal.run{PATH}"),
        ("GET", f"http://api.chainhub.tech{PATH}"),
        ("GET", f"https://api.chainhub.tech.evil.example{PATH}"),
        ("GET", f"{GATEWAY}{PATH}/logs"),
        ("GET", f"{GATEWAY}/v1{PATH}"),
        ("GET", f"{GATEWAY}{PATH}/"),
        ("GET", f"{GATEWAY}/fal-ai/flux-1/requests/"),
        ("GET", f"{GATEWAY}{REDUX.path}"),
        ("POST", f"{GATEWAY}{PATH}/cancel"),
        ("DELETE", f"{GATEWAY}{PATH}"),
    ],
)
def test_what_the_contract_does_not_document_is_a_violation(
    method: str, url: str, drive: Drive
) -> None:
    router = _router()
    for operation_id in CONTRACT.operations:
        router[operation_id].example(200)
    with pytest.raises(Violation, match="documents no such thing"), router:
        drive.http(router.transport).request(method, url, headers=BEARER)


def _raise_assertion(_: httpx.Request) -> httpx.Response:
    raise AssertionError("an expectation inside a side effect")


async def _coroutine(_: httpx.Request) -> httpx.Response:
    return ticket()


SIDE_EFFECTS: dict[
    str, tuple[Callable[[httpx.Request], Any] | list[httpx.Response] | None, str]
] = {
    "no answer is set": (None, "no answer is set"),
    "the script is over": ([], "no answer is set"),
    "a side effect that falls through": (lambda _: None, "gave NoneType"),
    "a side effect that lets through": (lambda request: request, "gave Request"),
    "a side effect that is a coroutine": (_coroutine, "gave coroutine"),
    "an assertion that fails inside": (_raise_assertion, "as no transport does"),
}


@pytest.mark.parametrize("fault", SIDE_EFFECTS)
def test_a_route_never_invents_an_answer(fault: str, drive: Drive) -> None:
    effect, words = SIDE_EFFECTS[fault]
    router = _router()
    router[SUBMIT].side_effect = effect
    with pytest.raises(Violation, match=words), router:
        _submit(drive.http(router.transport))


def test_one_call_more_than_scripted_is_a_violation(drive: Drive) -> None:
    router = _router()
    router[SUBMIT].answers(ticket())
    http = drive.http(router.transport)
    _submit(http)
    with pytest.raises(Violation, match="call 2 is one more than"), router:
        _submit(http)


def test_one_call_fewer_than_scripted_is_a_violation(drive: Drive) -> None:
    router = _router()
    router[SUBMIT].answers(ticket(), ticket())
    with pytest.raises(Violation, match="1 answers of its script"), router:
        _submit(drive.http(router.transport))


def test_an_error_of_the_transport_is_no_violation(drive: Drive) -> None:
    with _router() as router:
        router[SUBMIT].answers(httpx.ReadTimeout("slow"), ticket())
        http = drive.http(router.transport)
        with pytest.raises(httpx.ReadTimeout):
            _submit(http)
        assert _submit(http).status_code == 200


def test_a_handler_of_all_exceptions_does_not_stop_a_violation(drive: Drive) -> None:
    router = _router()
    router[RESULT].mock(state("ANOTHER"))
    http = drive.http(router.transport)
    with pytest.raises(Violation), suppress(Exception):
        http.get(GATEWAY + PATH, headers=BEARER)


def _look_twice_and_swallow(http: httpx.Client) -> None:
    for _ in range(2):
        with suppress(BaseException):
            http.get(GATEWAY + PATH, headers=BEARER)


def test_a_swallowed_violation_is_raised_again(drive: Drive) -> None:
    router = _router()
    router[RESULT].mock(state("ANOTHER"))
    with pytest.raises(Violation, match="ANOTHER") as caught, router:
        _look_twice_and_swallow(drive.http(router.transport))
    assert len(caught.value.__notes__) == 1


def test_an_error_that_a_violation_led_to_does_not_hide_it(drive: Drive) -> None:
    router = _router()
    router[RESULT].mock(state("ANOTHER"))

    def test() -> None:
        _look_twice_and_swallow(drive.http(router.transport))
        raise AssertionError("nothing came")

    with pytest.raises(Violation, match="ANOTHER") as caught, router:
        test()
    assert isinstance(caught.value.__cause__, AssertionError)


def test_routes_come_from_the_contract_only() -> None:
    with _router() as router:
        for add in (router.get, router.post, router.put, router.delete):
            with pytest.raises(TypeError, match="routes come from the contract"):
                add("https://api.chainhub.tech/")
        with pytest.raises(TypeError, match="network"):
            router[SUBMIT].pass_through()
        with pytest.raises(KeyError):
            router["no_such_operation"]


def test_a_route_that_slipped_in_answers_nothing(drive: Drive) -> None:
    router = _router()
    router.routes.add(respx.Route(url="https://anywhere.example/").respond(200))
    with pytest.raises(Violation, match="documents no such thing"), router:
        drive.http(router.transport).get("https://anywhere.example/")


URL = f"{CDN}/a.png"


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": BEARER},
        {"headers": {"X-Api-Key": KEY}},
        {"headers": {"Cookie": "session=1"}},
        {"url": f"{URL}?token={KEY}"},
        {"url": f"{CDN}/b.png"},
        {"method": "HEAD"},
    ],
)
def test_a_file_host_is_asked_for_a_file_and_told_nothing(
    request_: dict[str, Any], drive: Drive
) -> None:
    with _router() as router:
        router.file(URL, PNG)
        assert drive.http(router.transport).get(URL).content == PNG
    router = _router()
    router.file(URL, PNG)
    with pytest.raises(Violation), router:
        drive.http(router.transport).request(**{"method": "GET", "url": URL, **request_})
