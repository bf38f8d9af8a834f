"""Whatever a caller gives, what is sent keeps the contract, or nothing is sent at all."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections.abc import Iterator
from typing import cast
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal import ENDPOINT_IDS, AsyncJob, InvalidInputError, Job, find_endpoint

from ..schemas import Node
from .feeding import HOST, VERBS, Fed, Feeder, Reply, plain_inputs
from .grammar import Json, near_misses, put
from .inputs import GATE, JSON_VALUES, NO_JSON, PLAIN, content_of, valid_inputs
from .shapes import CONTRACT, JOB_ID, SHAPES, output_of

TICKET = Reply.of(200, {"request_id": JOB_ID})


def problems(request: httpx.Request) -> list[str]:
    """Say what the contract does not allow in a request, whichever operation it is meant for."""
    path = request.url.raw_path.decode().partition("?")[0]
    for operation in CONTRACT.operations.values():
        values = _path_values(operation.path_pattern, path)
        if operation.method == request.method and values is not None:
            return operation.request_problems(request, values)
    return [f"no operation is {request.method} {path}"]


def _path_values(pattern: str, path: str) -> dict[str, str] | None:
    found = re.fullmatch(pattern, path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else None


def _submit(feeder: Feeder, endpoint_id: str, inputs: dict[str, Json]) -> Fed:
    client = feeder.clients["gateway"]
    return feeder.catch(lambda: client.submit(endpoint_id, **inputs), itertools.repeat(TICKET))


def _refused(endpoint_id: str, inputs: dict[str, Json]) -> bool:
    """Tell whether the contract would refuse these inputs as they stand."""
    endpoint = find_endpoint(endpoint_id)
    try:
        content = json.dumps(inputs, allow_nan=False).encode()
        request = httpx.Request("POST", HOST + endpoint.path, json=json.loads(content))
        return bool(problems(request))
    except (TypeError, ValueError):  # beyond JSON, or beyond UTF-8
        return True


@pytest.mark.parametrize("endpoint_id", ENDPOINT_IDS)
@given(data=st.data())
@GATE
def test_inputs_are_sent_as_the_contract_wants_them(
    endpoint_id: str, data: st.DataObject, feeder: Feeder
) -> None:
    endpoint = find_endpoint(endpoint_id)
    inputs = data.draw(valid_inputs(endpoint))
    files = {name: content_of(inputs[name]) for name in inputs if name in endpoint.files}
    fed = _submit(feeder, endpoint_id, inputs)
    assert len(fed.requests) == 1, repr(fed.outcome)
    assert not problems(fed.requests[0])
    sent = json.loads(fed.requests[0].content)
    for name, schema in cast("dict[str, Node]", endpoint.input_schema["properties"]).items():
        if name not in inputs:
            assert sent.get(name) == schema.get("default")
        elif files.get(name) is not None:
            assert base64.b64decode(sent[name].partition(";base64,")[2]) == files[name]
        elif isinstance(inputs[name], dict):
            assert inputs[name].items() <= sent[name].items()
        else:
            aliases = cast("dict[Json, Json]", schema.get("x-aliases", {}))
            given_ = inputs[name]
            assert sent.get(name) == (
                aliases.get(given_, given_) if isinstance(given_, str) else given_
            )


@pytest.mark.parametrize("endpoint_id", ENDPOINT_IDS)
@given(data=st.data())
@GATE
def test_what_the_contract_would_refuse_is_never_sent(
    endpoint_id: str, data: st.DataObject, feeder: Feeder
) -> None:
    schema = find_endpoint(endpoint_id).input_schema
    properties = cast("dict[str, Node]", schema["properties"])
    name = data.draw(st.sampled_from(list(properties)))
    value = data.draw(st.one_of(JSON_VALUES, NO_JSON))
    inputs = plain_inputs(endpoint_id) | {name: value}
    fed = _submit(feeder, endpoint_id, inputs)
    assert isinstance(fed.outcome, InvalidInputError | Job | AsyncJob), repr(fed.outcome)
    assert [problem for request in fed.requests for problem in problems(request)] == []
    meant = cast("Node", properties[name].get("x-aliases", {}))
    if not (isinstance(value, str) and value in meant) and _refused(endpoint_id, inputs):
        assert isinstance(fed.outcome, InvalidInputError)
        assert fed.requests == ()


def _one_step_away(endpoint_id: str) -> Iterator[tuple[str, dict[str, Json]]]:
    """Give inputs that break one rule at one place, with each alternative of each input in turn."""
    schema = find_endpoint(endpoint_id).input_schema
    whole = PLAIN.value(schema, full=True)
    for name, inner in cast("dict[str, Node]", schema["properties"]).items():
        for branch in PLAIN.branches(inner):
            base = whole | {name: PLAIN.value(branch, full=True)}
            for place in PLAIN.places(inner, base[name], (name,)):
                for label, new in near_misses(place):
                    yield f"{label} at {place.pointer}", put(base, place.path, new)


@pytest.mark.parametrize("endpoint_id", ENDPOINT_IDS)
def test_inputs_one_step_away_from_their_schema_are_refused(
    endpoint_id: str, feeder: Feeder
) -> None:
    tried = 0
    for label, inputs in _one_step_away(endpoint_id):
        if _refused(endpoint_id, inputs):
            fed = _submit(feeder, endpoint_id, inputs)
            assert isinstance(fed.outcome, InvalidInputError), f"{label}: {fed.outcome!r}"
            assert fed.requests == (), label
            tried += 1
    assert tried >= 5


@pytest.mark.parametrize("endpoint_id", ENDPOINT_IDS)
def test_nothing_is_sent_while_a_required_input_is_missing(
    endpoint_id: str, feeder: Feeder
) -> None:
    whole = plain_inputs(endpoint_id)
    assert whole
    for name in whole:
        rest = {key: value for key, value in whole.items() if key != name}
        fed = _submit(feeder, endpoint_id, rest)
        assert isinstance(fed.outcome, InvalidInputError)
        assert (fed.outcome.field, fed.requests) == (name, ())


@pytest.mark.parametrize(
    "address",
    [
        "https://pictures.example/my cat.png",
        "https://b\u00fccher.example/k\u00e4tzchen.png",
        "https://[::1",
        "https://pictures.example/%zz",
        "https://pictures.example/\ud800",
        "data:image/gif,GIF89a with blanks",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("endpoint_id", ENDPOINT_IDS)
def test_an_address_is_sent_as_a_uri_or_refused(
    endpoint_id: str, address: str, feeder: Feeder
) -> None:
    inputs = plain_inputs(endpoint_id) | dict.fromkeys(find_endpoint(endpoint_id).files, address)
    fed = _submit(feeder, endpoint_id, inputs)
    assert all(not problems(request) for request in fed.requests)


@pytest.mark.parametrize("operation_id", VERBS)
@given(
    job_id=st.one_of(
        st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9._~-]*", fullmatch=True), st.text(max_size=40)
    )
)
@GATE
def test_a_question_about_any_job_keeps_the_contract_or_is_not_sent(
    operation_id: str, job_id: str, feeder: Feeder
) -> None:
    shape = next(it for it in SHAPES if it.operation.operation_id == operation_id)
    finished = itertools.repeat(Reply.of(200, output_of(shape.endpoint)))
    fed = feeder.catch(lambda: feeder.ask(shape, job_id), finished)
    if isinstance(fed.outcome, InvalidInputError):
        assert fed.requests == ()
        return
    request, *others = fed.requests
    assert len(others) == (operation_id == "stream_status"), "a look follows what is no stream"
    assert [problem for each in fed.requests for problem in problems(each)] == []
    assert request.method == shape.operation.method
    assert f"/{job_id}" in request.url.path


def test_the_log_lines_of_a_wait_are_asked_for_by_the_contract(feeder: Feeder) -> None:
    endpoint_id = ENDPOINT_IDS[0]
    states = [{"status": name, "request_id": JOB_ID} for name in ("IN_QUEUE", "COMPLETED")]
    replies = [*(Reply.of(200, state) for state in states), Reply.of(200, output_of(endpoint_id))]
    client = feeder.clients["fal"]
    fed = feeder.catch(
        lambda: list(client.job(JOB_ID, endpoint=endpoint_id).updates()), iter(replies)
    )
    assert [request.url.query for request in fed.requests] == [b"logs=1", b"logs=1", b""]
    assert [problem for request in fed.requests for problem in problems(request)] == []
