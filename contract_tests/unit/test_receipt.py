"""What users keep is plain data: it survives pickling and copying; what holds a key refuses both."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path
from typing import Any

import pytest

import chainhub_fal
from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import (
    File,
    Item,
    JobRef,
    LogLine,
    Outcome,
    Receipt,
    Row,
    RowState,
    Status,
    Update,
    errors,
)
from chainhub_fal.endpoints import ENDPOINT_IDS, find_endpoint
from chainhub_fal.jobs import AsyncResult, Result

REF = JobRef("fal-ai/flux-1/schnell/redux", "abc-1", "/fal-ai/flux-1/requests/abc-1", 12.5)
RECEIPT = Receipt(REF, 1.0, 2, {"image_url": "image/png, 8 B"}, {"state ODD": 1}, units="2.5")
STATUS = Status("IN_QUEUE", "abc-1", 3, (LogLine("hot"),), {"inference_time": 1}, raw={"x": [1]})
OUTCOME: Outcome[Any] = Outcome(REDUX, {"images": [{"url": "https://cdn.test/a.png"}]}, RECEIPT)
ERROR = errors.JobFailedError("no", code="x", fields=(errors.FieldProblem("a", "b"),), job=REF)
VALUES: list[Any] = [
    REF,
    STATUS,
    STATUS.logs[0],
    Update(STATUS, STATUS.logs, 1.5, 2),
    File("https://cdn.test/a.png", "images[0]", width=5),
    RECEIPT,
    OUTCOME,
    Item(3, {"seed": 1}, RowState.DONE, REF, result=OUTCOME, files=(Path("a.png"),)),
    Row(REF.endpoint, "d", 0, 3, RowState.QUEUED, REF),
    chainhub_fal.Backoff(1, 2, 3),
    chainhub_fal.Cancellation.TOO_LATE,
    ERROR.fields[0],
]
COPIES = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own bytes
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_users_keep_survives(value: Any, way: str) -> None:
    again = COPIES[way](value)
    assert again == value
    assert type(again) is type(value)
    assert repr(again) == repr(value)


def test_no_public_value_is_left_out() -> None:
    public = {getattr(chainhub_fal, name) for name in dir(chainhub_fal) if name[0] != "_"}
    data = {one for one in public if isinstance(one, type) and dataclasses.is_dataclass(one)}
    live = {Result, AsyncResult}  # see below
    assert data - live == {type(value) for value in VALUES if dataclasses.is_dataclass(value)}


@pytest.mark.parametrize("way", COPIES)
def test_an_error_keeps_what_it_says_and_its_notes(way: str) -> None:
    error = copy.deepcopy(ERROR)
    error.add_note("Job abc-1 goes on")
    again = COPIES[way](error)
    assert type(again) is errors.JobFailedError
    assert vars(again) == vars(error)
    assert str(again) == str(error)


def test_a_result_is_pickled_as_the_outcome_it_is(drive: Any) -> None:
    client = drive.client(api_key="canary-key", base_url="https://gateway.test")
    job = client.job(REF)
    inner = getattr(job, "inner", job)
    for kind in (Result, AsyncResult):
        result = kind.of(OUTCOME, inner._work, driver=inner._driver)
        data = pickle.dumps(result)
        assert b"canary-key" not in data
        assert pickle.loads(data) == OUTCOME  # noqa: S301 - our own bytes
        assert copy.copy(result) is copy.deepcopy(result) is result


@pytest.mark.parametrize("way", COPIES)
def test_a_client_refuses_in_words(drive: Any, way: str) -> None:
    client = drive.client(api_key="canary-key", base_url="https://gateway.test")
    with pytest.raises(TypeError, match="holds a key and connections") as caught:
        COPIES[way](getattr(client, "inner", client))
    assert "canary-key" not in str(caught.value)


@pytest.mark.parametrize("endpoint", ENDPOINT_IDS)
def test_the_outcome_of_any_endpoint_is_restored_with_that_endpoint(endpoint: str) -> None:
    found = find_endpoint(endpoint)
    outcome = Outcome(found, {}, RECEIPT)
    assert pickle.loads(pickle.dumps(outcome)).endpoint is found  # noqa: S301 - our own bytes


def test_a_receipt_names_the_client_and_hides_the_inputs() -> None:
    assert RECEIPT.client_version == chainhub_fal.__version__
    assert "image/png, 8 B" not in repr(RECEIPT)
    assert RECEIPT.parameters["image_url"] == "image/png, 8 B"
