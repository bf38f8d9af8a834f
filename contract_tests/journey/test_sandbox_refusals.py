"""What the sandbox refuses, in the words of the service it plays, at no cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from .sandbox_client import DIALECTS, SUBMIT, Connect, connections


@pytest.fixture
def connect(chainhub_sandbox_factory: SandboxFactory) -> Iterator[Connect]:
    yield from connections(chainhub_sandbox_factory)


@DIALECTS
@pytest.mark.parametrize(
    "sent",
    [None, "{scheme} wrong", "{other} {key}", "{key}", "{scheme}", "{scheme} {key}x"],
)
def test_without_the_right_key_every_route_is_401_before_anything_else(
    connect: Connect, dialect: str, sent: str | None
) -> None:
    here = connect(dialect=dialect)
    job = here.job()
    del here.client.headers["authorization"]
    if sent is not None:
        schemes = ("Bearer", "Key") if dialect == "gateway" else ("Key", "Bearer")
        words = {"scheme": schemes[0], "other": schemes[1], "key": here.sandbox.key}
        here.client.headers["authorization"] = sent.format(**words)
    answers = [here.submit(), here.submit(num_images=99)]
    for name in (job, "unknown"):
        answers += [here.status(name), here.result(name), here.cancel(name)]
    assert {answer.status_code for answer in answers} == {401}
    assert all("www-authenticate" in answer.headers for answer in answers)
    assert here.sandbox.paid == 1
    assert here.sandbox.key not in repr(here.sandbox.calls)


@DIALECTS
def test_a_wrong_method_is_405_and_names_the_right_one(connect: Connect, dialect: str) -> None:
    client = connect(dialect=dialect).client
    job = "/fal-ai/flux-1/requests/1"
    tried = [("GET", SUBMIT), ("POST", job), ("DELETE", f"{job}/status"), ("GET", f"{job}/cancel")]
    answers = [client.request(method, path) for method, path in tried]
    assert {answer.status_code for answer in answers} == {405}
    assert [answer.headers["allow"] for answer in answers] == ["POST", "GET", "GET", "PUT"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b'{"image_url":"https://a.b/c","image_url":"https://a.b/d"}', "application/json"),
        (b'{"image_url":"https://a.b/c","seed":NaN}', "application/json"),
        (b"[]", "application/json"),
        (b'{"image_url":"https://a.b/c"}', "text/plain"),
        (b'{"image_url":"https://a.b/c"}', ""),
    ],
)
@DIALECTS
def test_a_body_that_is_no_json_object_is_refused_and_costs_nothing(
    connect: Connect, dialect: str, body: bytes, content_type: str
) -> None:
    here = connect(dialect=dialect)
    name = "submit_flux_1_schnell_redux"
    answer = here.ask(name, "POST", SUBMIT, content=body, headers={"content-type": content_type})
    assert answer.status_code in ((400, 422) if dialect == "gateway" else (422,))
    assert here.sandbox.paid == 0


@DIALECTS
def test_a_bad_input_is_422_at_submit_or_deferred_to_the_result(
    connect: Connect, dialect: str
) -> None:
    strict = connect(dialect=dialect)
    assert strict.submit(num_images=5).status_code == 422
    assert strict.sandbox.paid == 0
    lenient = connect(
        dialect=dialect, validation="deferred", failure="detail", queue_seconds=0, run_seconds=0
    )
    answer = lenient.result(lenient.job(num_images=5))
    assert (answer.status_code, answer.json()["detail"][0]["type"]) == (422, "less_than_equal")


@DIALECTS
def test_a_body_over_the_limit_is_413(connect: Connect, dialect: str) -> None:
    here = connect(dialect=dialect, body_limit=1000)
    assert here.submit().status_code == 413


def test_only_the_gateway_answers_unknown_paths_with_its_web_page(
    connect: Connect,
) -> None:
    gateway = connect(gateway_routes="result-only")
    paths = ["/", "/fal-ai/no/such/model", f"/fal-ai/flux-1/requests/{gateway.job()}/status"]
    answers = [gateway.client.get(path) for path in paths]
    assert {(a.status_code, a.headers["content-type"]) for a in answers} == {
        (200, "text/html; charset=utf-8")
    }
    for other in (connect(unrouted="404"), connect(dialect="fal")):
        assert other.client.post("/fal-ai/no/such/model", json={}).status_code == 404
    assert gateway.client.get("/v1/x").json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "mistake", [{"dialect": "gatway"}, {"pending": "later"}, {"key": ""}, {"workers": 0}]
)
def test_a_setting_that_means_nothing_is_refused_by_name(mistake: dict[str, Any]) -> None:
    (name,) = mistake
    with pytest.raises(ValueError, match=f"^{name} is"):
        Sandbox(**mistake)
