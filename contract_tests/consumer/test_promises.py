"""What the contract does not know is kept and counted; an address that leads nowhere is named."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from chainhub_fal import ChainHubError, Outcome, SaveError

from .feeding import VERBS, Feeder, Reply, plain_inputs
from .grammar import Json, put
from .shapes import GRAMMAR, JOB_ID, OUTPUTS, SHAPES, Shape, output_of

RESULTS = {shape.endpoint: shape for shape in SHAPES if shape.name in OUTPUTS}
"""The shape of a finished job, by endpoint."""
TICKETS = {
    shape.endpoint: shape
    for shape in SHAPES
    if shape.operation.operation_id not in VERBS and 200 <= shape.status < 300
}


def _with_novelties(shape: Shape) -> tuple[Json, set[str]]:
    """Put a field that no contract knows into every object whose fields the contract names."""
    body, names = output_of(shape.endpoint), set()
    for place in GRAMMAR.places(shape.schema, body):
        if "properties" in place.schema:
            body = put(body, (*place.path, "novelty"), 1)
            where = "".join("[]" if step == 0 else f".{step}" for step in place.path)
            names.add(f"field {f'{where}.novelty'.lstrip('.')}")
    return body, names


@pytest.mark.parametrize("endpoint", RESULTS)
def test_unknown_fields_and_states_are_kept_and_counted(endpoint: str, feeder: Feeder) -> None:
    body, names = _with_novelties(RESULTS[endpoint])
    odd = Reply.of(200, {"status": "NOVELTY", "request_id": JOB_ID})
    result = feeder.call(RESULTS[endpoint], iter([odd, odd, Reply.of(200, body)])).outcome
    assert isinstance(result, Outcome), repr(result)
    assert result.raw == body
    assert names
    assert result.receipt.unexpected == {"state NOVELTY": 2} | dict.fromkeys(names, 1)


@pytest.mark.parametrize("endpoint", RESULTS)
def test_unknown_fields_of_a_status_are_counted(endpoint: str, feeder: Feeder) -> None:
    odd = Reply.of(200, {"status": "IN_QUEUE", "request_id": JOB_ID, "novelty": 1})
    replies = iter([odd, Reply.of(200, output_of(endpoint))])
    result = feeder.call(RESULTS[endpoint], replies).outcome
    assert isinstance(result, Outcome), repr(result)
    assert any("novelty" in name for name in result.receipt.unexpected)


@pytest.mark.parametrize(
    "url",
    [
        "https:///a.png",
        "https://[::1",
        "https://files.example:99999999/a.png",
        "https://files.example/my cat.png",
        "https://files.example/\x00.png",
        "https://files.example/" + "x" * 70_000,
        "data:image/png;base64,\ud800",
        "https://xn--/a.png",
        "https://files.example/\ud800.png",
    ],
    ids=lambda url: ascii(url[:40]),
)
def test_a_file_whose_address_leads_nowhere_is_told_with_its_job(
    url: str, feeder: Feeder, tmp_path: Path
) -> None:
    (endpoint, shape), client = next(iter(RESULTS.items())), feeder.clients["gateway"]
    whole = output_of(endpoint)
    addresses = (
        it for it in GRAMMAR.places(shape.schema, whole) if it.schema.get("format") == "uri"
    )
    body = put(whole, next(addresses).path, url)
    gone = itertools.repeat(Reply(404, b"gone", "text/plain"))
    fed = feeder.catch(
        lambda: client.job(JOB_ID, endpoint=endpoint).result().save(tmp_path),
        itertools.chain([Reply.of(200, body)], gone),
    )
    assert isinstance(fed.outcome, SaveError), repr(fed.outcome)
    assert JOB_ID in str(fed.outcome)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("endpoint", TICKETS)
def test_an_id_too_long_for_an_address_is_refused_in_words(endpoint: str, feeder: Feeder) -> None:
    ticket = {"status": "IN_QUEUE", "request_id": "x" * 70_000}
    client, inputs = feeder.clients["gateway"], plain_inputs(endpoint)
    fed = feeder.catch(lambda: client.run(endpoint, **inputs), iter([Reply.of(200, ticket)]))
    assert isinstance(fed.outcome, ChainHubError), repr(fed.outcome)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("endpoint", TICKETS)
def test_a_refusal_that_names_a_job_is_not_sent_again(
    endpoint: str, status: int, feeder: Feeder
) -> None:
    queued = Reply.of(status, {"status": "IN_QUEUE", "request_id": "req:acf05732"})
    ticket = Reply.of(200, {"request_id": JOB_ID})
    fed = feeder.call(TICKETS[endpoint], iter([queued, ticket]))
    assert len(fed.requests) == 1
