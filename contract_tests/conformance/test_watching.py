"""What a watch makes of single answers, in the order in which schemathesis happens to ask."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest
from schemathesis.core.transport import Response

from ..contract import Contract
from ..events import EVENT_STREAM
from ..harness.target import Dialect, Target
from ..semantics.endpoints import Endpoint, Route, endpoints
from .watching import Watch

CONTRACT = Contract.load()
(ENDPOINT,) = endpoints(CONTRACT)
HERE = "https://queue.fal.run"


class Told:
    """Tells a watch of answers; each is a case of its own."""

    def __init__(self, dialect: Dialect = "gateway") -> None:
        self.target = Target(HERE, "the-key", dialect)
        self.watch = Watch(self.target, CONTRACT)
        self._cases = map(str, itertools.count())

    def submit(self, name: str, body: Mapping[str, object], key: str = "") -> list[str]:
        """Tell of a ticket."""
        urls = {link: f"{HERE}{route.path(name)}" for link, route in ENDPOINT.routes.items()}
        ticket: dict[str, object] = {
            "status": "IN_QUEUE",
            "request_id": name,
            "response_url": urls["result"],
            "status_url": urls["status"],
            "cancel_url": urls["cancel"],
            "logs": None,
            "metrics": {},
            "queue_position": 0,
        }
        route = Route(ENDPOINT.submit, {})
        return self.answer(route, ENDPOINT.submit.template, 200, ticket, body, key=key)

    def on(self, link: str, name: str, status: int, answer: object, query: str = "") -> list[str]:
        """Tell of an answer about a job."""
        route = ENDPOINT.routes[link]
        return self.answer(route, route.path(name) + query, status, answer)

    def answer(
        self,
        route: Route,
        path: str,
        status: int,
        answer: object,
        body: object = None,
        *,
        case: str = "",
        key: str = "",
    ) -> list[str]:
        """Tell of an answer; returns the rules it broke."""
        headers = {"Authorization": key or self.target.authorization}
        streamed = route.operation.streams and status == 200
        request = httpx.Request(route.operation.method, HERE + path, headers=headers, json=body)
        found = httpx.Response(status, request=request, **_sent(answer, streamed=streamed))
        found.elapsed = timedelta()
        response = Response.from_httpx(found, verify=True)
        name = case or next(self._cases)
        return [each.rule for each in self.watch.breaches(name, route.operation, response)]


def _sent(answer: object, *, streamed: bool) -> dict[str, Any]:
    """Return what makes httpx send a value, as JSON or as the one event of a stream."""
    if not streamed:
        return {"json": answer}
    event = f"data: {json.dumps(answer)}\n\n".encode()
    return {"content": event, "headers": {"content-type": EVENT_STREAM}}


BODY = {"image_url": "https://a.example/1.png", "seed": 5}


def _output(endpoint: Endpoint, **changes: object) -> object:
    examples = endpoint.routes["result"].operation.examples(200).values()
    found = next(each for each in examples if isinstance(each, dict) and "status" not in each)
    return {**found, "seed": 5, **changes}


def _state(name: str, state: str, **more: object) -> dict[str, object]:
    return {"status": state, "request_id": name, **more}


def test_a_life_in_order_breaks_nothing() -> None:
    told = Told()
    assert told.submit("one", BODY) == []
    assert told.on("status", "one", 202, _state("one", "IN_PROGRESS")) == []
    assert told.on("result", "one", 200, _output(ENDPOINT)) == []
    assert told.on("result", "one", 200, _output(ENDPOINT)) == []
    assert told.on("status", "one", 200, _state("one", "COMPLETED")) == []
    assert told.on("stream", "one", 200, _state("one", "COMPLETED")) == []
    assert told.on("cancel", "one", 400, {"status": "ALREADY_COMPLETED"}) == []


@pytest.mark.parametrize(
    ("link", "status", "answer", "rule"),
    [
        ("status", 202, _state("one", "IN_QUEUE"), "states_move_forward"),
        ("status", 200, _state("two", "COMPLETED"), "one_id_in_the_body"),
        ("status", 404, {"status": "NOT_FOUND"}, "answered"),
        ("stream", 200, _state("one", "IN_QUEUE"), "states_move_forward"),
        ("stream", 200, _state("two", "COMPLETED"), "one_id_in_the_body"),
        ("stream", 200, _state("one", "FAILED"), "one_outcome"),
        ("stream", 404, {"status": "NOT_FOUND"}, "answered"),
        ("result", 200, _output(ENDPOINT, prompt="another"), "result_is_stable"),
        ("result", 200, _output(ENDPOINT, seed=6), "result_repeats_its_input"),
        ("cancel", 202, {"status": "CANCELLATION_REQUESTED"}, "too_late_is_refused"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_contradicts_an_output_that_was_read_is_found(
    link: str, status: int, answer: object, rule: str
) -> None:
    told = Told()
    told.submit("one", BODY)
    told.on("result", "one", 200, _output(ENDPOINT))
    assert rule in told.on(link, "one", status, answer)


def test_an_answer_that_is_judged_again_is_the_same_case_and_no_second_event() -> None:
    told, route = Told(), ENDPOINT.routes["status"]
    told.submit("one", BODY)
    told.on("result", "one", 200, _output(ENDPOINT))
    back = _state("one", "IN_QUEUE")
    first = told.answer(route, route.path("one"), 202, back, case="same")
    events = len(told.watch.jobs["one"].events)
    assert first == ["states_move_forward"]
    assert told.answer(route, route.path("one"), 202, back, case="same") == first
    assert len(told.watch.jobs["one"].events) == events


def test_two_tickets_may_not_share_an_id() -> None:
    told = Told()
    assert told.submit("one", BODY) == []
    assert told.submit("one", BODY) == ["fresh_id"]


@pytest.mark.parametrize("link", ["status", "stream", "result", "cancel"])
def test_an_id_that_was_never_given_out_leads_to_nothing(link: str) -> None:
    told = Told()
    assert told.on(link, "nobodys", 200, _state("nobodys", "IN_QUEUE")) == ["unknown_is_404"]
    assert told.on(link, "nobodys", 404, {"status": "NOT_FOUND"}) == []


def test_below_another_app_the_gateway_finds_a_job_and_fal_does_not() -> None:
    for dialect, expected in (("gateway", []), ("fal", ["unknown_is_404"])):
        told, route = Told("fal" if dialect == "fal" else "gateway"), ENDPOINT.routes["status"]
        told.submit("one", BODY)
        elsewhere = route.path("one", model_name="another")
        assert told.answer(route, elsewhere, 202, _state("one", "IN_QUEUE")) == expected


def test_what_was_asked_with_another_key_or_against_the_contract_is_not_judged() -> None:
    told = Told()
    assert told.submit("one", BODY, key="Bearer another") == []
    assert told.watch.jobs == {}
    told.submit("one", BODY)
    assert told.on("status", "one", 422, {"detail": "a"}, query="?logs=x") == []
    assert told.on("status", "one", 422, {"detail": "a"}) == ["answered"]


def test_the_jobs_to_read_again_are_those_whose_input_says_most() -> None:
    told = Told()
    sized = {**BODY, "num_images": 2, "image_size": {"width": 8, "height": 8}}
    for name, body in (("bare", {"image_url": "https://a.example"}), ("one", BODY), ("all", sized)):
        told.submit(name, body)
    told.submit("in the answer", {**sized, "sync_mode": True})
    assert [job.request_id for job in told.watch.most_telling(2)] == ["all", "one"]


def test_jobs_may_fail_but_not_all_of_them() -> None:
    told = Told()
    assert list(told.watch.never_succeeded()) == []
    told.submit("one", BODY)
    assert told.on("status", "one", 200, _state("one", "FAILED", error="a")) == []
    assert [each.rule for each in told.watch.never_succeeded()] == ["some_job_succeeds"]
    told.submit("two", BODY)
    told.on("result", "two", 200, _output(ENDPOINT))
    assert list(told.watch.never_succeeded()) == []
