"""Planted secrets show nowhere: in no repr, log, error, traceback, receipt, reference or pickle."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chainhub_fal import ChainHubError, Client, ContractError, JobRef

from ..drive import Drive
from .router import Scripted, SpecRouter, lie
from .samples import (
    CANCEL,
    CDN,
    CONTRACT,
    GATEWAY,
    PATH,
    REDUX,
    REQUEST_ID,
    RESULT,
    SUBMIT,
    Json,
    at_once,
    example,
    output,
    page,
    pending,
    png,
    ticket,
)

KEY = "sk-canary-4f1c9a7e"
PICTURE = png(b"canary of the picture" * 20)
ENCODED = base64.b64encode(PICTURE).decode()
DATA_URI = f"data:image/png;base64,{ENCODED}"
PROMPT = "a canary that sings of the customer's secret plans"
SECRETS = {
    "the key": KEY,
    "the prompt": PROMPT,
    "the picture": "canary of the picture",
    "the data URI": ENCODED[:40],
}
JOB = JobRef(REDUX.id, REQUEST_ID, PATH)


def shown_by(value: object) -> str:
    """Gather everything that a value shows of itself, to people and to a pickle."""
    shown = [repr(value), str(value)]
    if isinstance(value, BaseException):
        shown += traceback.format_exception(value)
        shown += [repr(vars(value)), *getattr(value, "__notes__", [])]
    return "\n".join(shown)


def check_secrecy(*texts: str) -> None:
    """Fail when a secret stands in one of these texts; say which, and not more of it."""
    for text in texts:
        found = [name for name, secret in SECRETS.items() if secret in text]
        assert not found, f"{', '.join(found)} shows in {text[:300]!r}"


@pytest.fixture
def secret_router(caplog: pytest.LogCaptureFixture) -> Iterator[SpecRouter]:
    """Give a router whose key is the canary, while everything is logged."""
    caplog.set_level(logging.DEBUG)
    with SpecRouter(CONTRACT, base_url=GATEWAY, key=KEY, scheme="Bearer") as router:
        yield router
    check_secrecy(caplog.text, *(repr(vars(record)) for record in caplog.records))


@pytest.fixture
def client(secret_router: SpecRouter, drive: Drive) -> Client:
    """Give a client with the canary as its key."""
    return drive.client(
        transport=secret_router.transport,
        api_key=KEY,
        base_url=GATEWAY,
        schedule=at_once,
        missing_patience=0,
    )


def test_a_good_run_shows_no_secret(
    secret_router: SpecRouter,
    client: Client,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret_router[SUBMIT].answers(ticket())
    secret_router[RESULT].answers(pending(), output(f"{CDN}/a.png", DATA_URI, prompt=PROMPT))
    secret_router.file(f"{CDN}/a.png", PICTURE)
    job = client.submit(REDUX, image_url=PICTURE)
    updates = list(job.updates())
    result = job.result()
    paths = result.save(tmp_path)
    assert paths[1].read_bytes() == PICTURE
    assert caplog.records
    settings = client._settings
    values = [
        client,
        settings,
        settings.api_key,
        job,
        job.ref,
        result,
        result.receipt,
        *updates,
        *result.files,
        *paths,
    ]
    check_secrecy(*map(shown_by, values))
    check_secrecy(job.ref.to_json())
    check_secrecy(*(repr(pickle.dumps(value)) for value in (job.ref, result.receipt)))
    assert "image/png" in str(result.receipt.parameters["image_url"])


def test_a_key_that_a_server_repeats_reaches_no_result(
    secret_router: SpecRouter, client: Client
) -> None:
    secret_router[SUBMIT].answers(ticket())
    repeated = {**output(f"{CDN}/a.png").json(), "prompt": f"you are {KEY}"}
    secret_router[RESULT].answers(httpx.Response(200, json=repeated))
    result = client.run(REDUX, image_url=PICTURE)
    assert result.raw["prompt"] == "you are [the key]"


@pytest.mark.parametrize("value", ["the client", "the job", "the settings"])
def test_what_holds_the_key_is_not_pickled(
    value: str, secret_router: SpecRouter, client: Client
) -> None:
    assert not secret_router.calls
    job = client.job(JOB)
    held = {"the client": client, "the job": job, "the settings": client._settings}[value]
    with pytest.raises((TypeError, AttributeError)):
        pickle.dumps(held)


ECHO = {"detail": [{"loc": ["body", "image_url"], "msg": "no", "type": "x", "input": DATA_URI}]}
ON_SUBMIT: dict[str, Scripted] = {
    "refused": httpx.Response(422, json=ECHO),
    "a wrong key": httpx.Response(401, json=example(SUBMIT, 401, "gateway")),
    "unknown fate": httpx.ReadTimeout("The read operation timed out"),
    "no ticket": lie(httpx.Response(200, json={"prompt": PROMPT, "key": KEY})),
    "a web page": lie(httpx.Response(200, html=f"<p>{PROMPT} {KEY} {DATA_URI}</p>")),
    "another job's ticket": ticket(response_url=f"{GATEWAY}/admin?prompt={KEY}"),
}


@pytest.mark.parametrize("fault", ON_SUBMIT)
def test_an_error_of_the_submit_shows_no_secret(
    fault: str, secret_router: SpecRouter, client: Client
) -> None:
    secret_router[SUBMIT].answers(ON_SUBMIT[fault])
    with pytest.raises(ChainHubError) as caught:
        client.submit(REDUX, image_url=PICTURE)
    check_secrecy(shown_by(caught.value), repr(pickle.dumps(caught.value)))


ON_RESULT: dict[str, httpx.Response] = {
    "failed": httpx.Response(422, json=ECHO),
    "of another shape": lie(httpx.Response(200, json={"prompt": PROMPT, "data": DATA_URI})),
    "missing": httpx.Response(404, json=example(RESULT, 404, "fal") | {"prompt": PROMPT}),
    "a web page": lie(page()),
}


@pytest.mark.parametrize("fault", ON_RESULT)
def test_an_error_of_the_wait_shows_no_secret(
    fault: str, secret_router: SpecRouter, client: Client
) -> None:
    secret_router[RESULT].mock(ON_RESULT[fault])
    with pytest.raises(ChainHubError) as caught:
        client.job(JOB).result()
    check_secrecy(shown_by(caught.value), repr(pickle.dumps(caught.value)))


def test_an_output_that_does_not_fit_its_type_shows_no_secret(
    secret_router: SpecRouter, client: Client
) -> None:
    secret_router[RESULT].answers(output(DATA_URI, prompt=PROMPT))
    body = output(DATA_URI, prompt=PROMPT, timings=PROMPT).json()
    del body["seed"]
    secret_router[RESULT].answers(lie(httpx.Response(200, json=body)))
    result = client.job(JOB).result()
    with pytest.raises(ContractError) as caught:
        _ = result.output
    check_secrecy(shown_by(caught.value))


WORDS = {
    "the key": f"Invalid token {KEY}",
    "the data URI": f"Failed to fetch {DATA_URI}",
}


@pytest.mark.parametrize("secret", WORDS)
@pytest.mark.parametrize("shape", ["text", "list", "gateway"])
def test_a_server_that_repeats_a_secret_is_not_repeated(
    secret: str, shape: str, secret_router: SpecRouter, client: Client
) -> None:
    text = WORDS[secret]
    bodies: dict[str, Json] = {
        "text": {"detail": text},
        "list": {"detail": [{"loc": ["body"], "msg": text, "type": "x"}]},
        "gateway": {"error": {"message": text, "type": "new_api_error"}},
    }
    secret_router[SUBMIT].answers(httpx.Response(400, json=bodies[shape]))
    with pytest.raises(ChainHubError) as caught:
        client.submit(REDUX, image_url=PICTURE)
    check_secrecy(shown_by(caught.value))


@pytest.mark.parametrize("text", [DATA_URI, f"{DATA_URI}@@"], ids=["whole", "broken"])
def test_a_refused_input_is_described_and_not_repeated(
    text: str, secret_router: SpecRouter, client: Client
) -> None:
    inputs = {"image_url": text, "image_size": PROMPT}
    with pytest.raises(ChainHubError) as caught:
        client.run(REDUX.id, **inputs)
    check_secrecy(shown_by(caught.value))
    assert not secret_router.calls


def test_a_failed_cancel_shows_no_secret(secret_router: SpecRouter, client: Client) -> None:
    secret_router[CANCEL].answers(lie(httpx.Response(200, html=f"{KEY} {PROMPT}")))
    with pytest.raises(ChainHubError) as caught:
        client.job(JOB).cancel()
    check_secrecy(shown_by(caught.value))
