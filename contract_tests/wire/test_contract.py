"""The reading of the contract itself: every kind of rule it can hold is found and applied."""

from __future__ import annotations

import httpx
import pytest

from ..contract import Contract
from ..schemas import StrictJsonError, parse_json
from .router import answer_of
from .samples import CONTRACT, RESULT

PATHS = {
    "/things/{thing}": {
        "parameters": [
            {"name": "thing", "in": "path", "required": True, "schema": {"minLength": 2}}
        ],
        "put": {
            "operationId": "put_thing",
            "security": [],
            "parameters": [
                {"name": "X-Trace", "in": "header", "required": True, "schema": {"minLength": 3}},
                {"name": "tag", "in": "query", "schema": {"type": "array", "maxItems": 2}},
                {"name": "share", "in": "query", "schema": {"type": "number", "maximum": 1}},
                {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
            ],
            "responses": {
                "204": {"description": "no body"},
                "4XX": {"$ref": "#/components/responses/Refused"},
            },
        },
    }
}
COMPONENTS = {
    "responses": {
        "Refused": {
            "description": "no",
            "headers": {
                "X-Id": {"required": True, "schema": {"type": "string", "format": "uuid"}},
                "Retry-After": {"schema": {"type": "integer", "minimum": 0}},
            },
            "content": {"text/plain": {"schema": {"type": "string", "maxLength": 5}}},
        }
    }
}
SMALL = Contract.read({"paths": PATHS, "components": COMPONENTS}).operations["put_thing"]
UUID = "11111111-2222-4333-8444-555555555555"


def _request(query: str = "", **headers: str) -> httpx.Request:
    return httpx.Request("PUT", f"https://api.example/things/ab{query}", headers=headers)


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (_request(), "header X-Trace: it is missing"),
        (_request(**{"X-Trace": "ab"}), "header X-Trace: /: "),
        (_request("?tag=a&tag=b&tag=c", **{"X-Trace": "abc"}), "query tag: /: "),
        (_request("?share=1.5", **{"X-Trace": "abc"}), "query share: /: "),
        (_request("?share=NaN", **{"X-Trace": "abc"}), "query share: /: "),
        (_request("?dry=1", **{"X-Trace": "abc"}), "query dry: /: "),
        (_request("?share=1&share=0", **{"X-Trace": "abc"}), "more than once"),
        (_request("?colour=red", **{"X-Trace": "abc"}), "query colour: it is not documented"),
    ],
)
def test_a_parameter_is_held_to_its_schema(request_: httpx.Request, problem: str) -> None:
    (found,) = SMALL.request_problems(request_, {"thing": "ab"})
    assert problem in found


def test_a_request_that_keeps_every_rule_has_no_problem() -> None:
    request = _request("?tag=a&tag=b&share=0.5&dry=true", **{"X-Trace": "abc"})
    assert SMALL.request_problems(request, {"thing": "ab"}) == []
    assert SMALL.request_problems(request, {"thing": "a"}) != []


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (httpx.Response(404, text="no"), "header X-Id: it is missing"),
        (httpx.Response(404, text="no", headers={"X-Id": "abc"}), "header X-Id: /: "),
        (httpx.Response(404, text="a novel", headers={"X-Id": UUID}), "body /: "),
        (httpx.Response(404, text="no", headers={"X-Id": UUID, "Retry-After": "x"}), "Retry-After"),
        (httpx.Response(404, html="no", headers={"X-Id": UUID}), "media type: text/html"),
        (httpx.Response(204, text="no"), "body: none is documented"),
        (httpx.Response(200), "status 200: documented are 204, 4XX"),
    ],
)
def test_an_answer_is_held_to_its_status(response: httpx.Response, problem: str) -> None:
    (found,) = SMALL.answer_problems(response)
    assert problem in found


def test_an_answer_that_keeps_every_rule_has_no_problem() -> None:
    refusal = httpx.Response(404, text="no", headers={"X-Id": UUID, "Retry-After": "3"})
    assert SMALL.answer_problems(refusal) == []
    assert SMALL.answer_problems(httpx.Response(204)) == []


def test_what_the_router_could_not_check_is_refused_when_the_contract_is_read() -> None:
    cookie = {"name": "session", "in": "cookie", "schema": {}}
    operation = {"operationId": "look", "parameters": [cookie], "responses": {}}
    with pytest.raises(ValueError, match="session in cookie"):
        Contract.read({"paths": {"/": {"get": operation}}})
    with pytest.raises(LookupError, match="leads nowhere"):
        Contract.read({"paths": {"/": {"get": {**operation, "parameters": [{"$ref": "#/x"}]}}}})


def test_a_public_operation_asks_for_no_key() -> None:
    assert not SMALL.secured
    assert CONTRACT.operations[RESULT].secured


@pytest.mark.parametrize(
    "text", [b'{"a": 1, "a": 1}', b'{"a": NaN}', b"[-Infinity]", b"{", b"", b"\xff"]
)
def test_json_that_can_be_read_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(StrictJsonError):
        parse_json(text)


@pytest.mark.parametrize("operation_id", CONTRACT.operations)
def test_every_example_keeps_its_own_contract(operation_id: str) -> None:
    operation = CONTRACT.operations[operation_id]
    assert operation.statuses
    for status in operation.statuses:
        examples = operation.examples(status)
        assert examples, f"{operation_id} {status} has no example"
        for name, body in examples.items():
            problems = operation.answer_problems(answer_of(operation, status, body))
            assert not problems, f"{status} {name}"
