"""Where contract and client must agree though no exchange shows it: names, and what may be missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import httpx
import pytest

from chainhub_fal.endpoints import ENDPOINT_IDS
from chainhub_fal.settings import GATEWAY_URL
from chainhub_fal.status import State

from .router import SpecRouter
from .samples import (
    CONTRACT,
    KEY,
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

DOCUMENT = cast("Json", CONTRACT.document)
RESULTS = CONTRACT.operations[RESULT].examples(200).values()
TICKET = example(SUBMIT, 200)


def test_the_client_goes_to_the_first_server_of_the_contract_with_its_scheme(
    router: SpecRouter, connect: Connect
) -> None:
    router[SUBMIT].answers(ticket())
    connect(router).submit(REDUX, image_url=PICTURE_URL)
    (call,) = router[SUBMIT].calls
    scheme, _, key = call.request.headers["Authorization"].partition(" ")
    (named,) = DOCUMENT["components"]["securitySchemes"].values()
    assert (named["type"], named["scheme"], KEY) == ("http", scheme.lower(), key)
    assert DOCUMENT["servers"][0]["url"] == GATEWAY_URL


def test_the_endpoints_of_the_client_are_the_paths_of_the_contract() -> None:
    named = {
        path.strip("/"): operation["x-endpoint-id"]
        for path, item in DOCUMENT["paths"].items()
        for operation in item.values()
        if "x-endpoint-id" in operation
    }
    assert named == {name: name for name in ENDPOINT_IDS}


def test_the_client_knows_what_each_state_of_the_contract_means_for_a_job() -> None:
    assert set(DOCUMENT["components"]["schemas"]["QueueState"]["enum"]) <= State.KNOWN


def _without(value: object, name: str) -> Iterator[object]:
    """Yield a value once for each place of a key in it, without it there."""
    if isinstance(value, dict):
        if name in value:
            yield {key: item for key, item in value.items() if key != name}
        for key, item in value.items():
            yield from (value | {key: less} for less in _without(item, name))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from (
                [*value[:index], less, *value[index + 1 :]] for less in _without(item, name)
            )


@pytest.mark.parametrize(
    ("operation_id", "body"),
    [
        *((SUBMIT, body) for body in _without(TICKET, "request_id")),
        *((SUBMIT, TICKET | {name: "soon"}) for name in TICKET if name.endswith("_url")),
        (STATUS, {"request_id": REQUEST_ID}),
        *((RESULT, body) for result in RESULTS for body in _without(result, "url")),
    ],
)
def test_an_answer_without_what_a_client_lives_by_breaks_the_contract(
    operation_id: str, body: Json
) -> None:
    assert CONTRACT.operations[operation_id].answer_problems(httpx.Response(200, json=body))


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, {"status": State.IN_QUEUE, "request_id": REQUEST_ID, "error": None}),
        (401, {"error": {"message": "no such key", "type": "new_api_error", "code": None}}),
    ],
)
def test_null_may_stand_where_there_is_nothing_to_say(status: int, body: Json) -> None:
    assert CONTRACT.operations[STATUS].answer_problems(httpx.Response(status, json=body)) == []
