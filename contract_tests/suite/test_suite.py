"""The suite on a server that keeps the contract, on one that breaks it, and on a new endpoint."""

from __future__ import annotations

import asyncio
import copy
import re
import time
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.events import PING, Blocks
from chainhub_fal_sandbox.exchange import Exchange

from ..contract import OPENAPI, Contract
from ..harness.floors import shortfalls
from ..harness.runs import LayerRun
from ..harness.target import Dialect, Target
from .exchange import KEY_WORD
from .layer import PHASES
from .walk import usual_patience
from .worlds import CONTRACT, examine, sandbox

DIALECTS: tuple[Dialect, ...] = ("gateway", "fal")
# What no single answer shows: identity between answers, whose address a URL is, a file's content.
# The semantics layer looks there.
UNSEEN = {"submit-foreign-urls", "submit-other-id", "submit-same-id", "status-other-id"}
# Nor what no single event shows.
UNSEEN |= {"stream-of-another", "stream-repeats", "stream-backwards", "stream-buffered"}
SEEN = [n for n, fault in CATALOGUE.items() if n not in UNSEEN and fault.operation != "file"]
SHORT = 0.1  # seconds that a job waits, and then runs
IMPATIENT, PATIENT = 1.5, 10.0  # seconds
SILENT = ("-slow", "-stalled", "-never")  # faults that are waited out
HALF_A_MINUTE = 30  # seconds


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_server_that_keeps_the_contract_is_green_and_everything_was_exercised(
    dialect: Dialect,
) -> None:
    with sandbox(dialect, queue_seconds=SHORT, run_seconds=SHORT) as server:
        findings, ledger = examine(server)
    assert findings == []
    worked = LayerRun("suite", (), ledger, 0, PHASES)
    assert shortfalls(CONTRACT, dialect, [worked]) == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_jobs_that_end_at_once_are_no_finding(dialect: Dialect) -> None:
    with sandbox(dialect) as server:
        findings, _ = examine(server)
    assert findings == []


@pytest.mark.parametrize("name", SEEN)
def test_each_fault_that_an_answer_shows_is_found(name: str) -> None:
    with sandbox(DIALECTS[SEEN.index(name) % 2], faults=(name,)) as server:
        timeout = IMPATIENT if name.endswith(SILENT) else PATIENT
        findings, _ = examine(server, first=True, timeout=timeout)
    (finding,) = findings
    assert finding.level == "error"
    if CATALOGUE[name].operation in {"status", "stream", "cancel"}:
        assert CATALOGUE[name].operation in finding.operation


@pytest.mark.parametrize(
    ("operation", "after", "fault", "rule"),
    [
        ("submit", 100, Fault.status(500), {"valid-refused", "invalid-accepted"}),
        ("get_status", 3, Fault.fields(request_id=7), {"answer"}),
        ("cancel_request", 5, Fault.status(404), {"known-refused"}),
    ],
)
def test_a_fault_that_comes_once_and_late_is_found(
    operation: str, after: int, fault: Fault, rule: set[str]
) -> None:
    with sandbox("fal") as server:
        server.faults.add(operation, fault, after=after)
        findings, _ = examine(server)
    assert {finding.rule for finding in findings} & rule


def test_a_job_that_never_ends_is_found() -> None:
    with sandbox("gateway", run_seconds=3600) as server:
        findings, _ = examine(server, first=True, patience=SHORT)
    assert [finding.rule for finding in findings] == ["never-ends"]


def test_a_picture_may_take_its_minute_but_not_from_a_server_with_nothing_to_make() -> None:
    assert usual_patience(Target("http://127.0.0.1:8000", "k")) < HALF_A_MINUTE
    assert usual_patience(Target("https://gateway.example", "k")) > 3 * HALF_A_MINUTE


def test_the_seed_changes_nothing_but_the_ids_that_nobody_was_given() -> None:
    with sandbox("fal") as one, sandbox("fal") as two:
        ledgers = [examine(one, seed=1)[1], examine(two, seed=2)[1]]
        unknown = [
            {call.request_id for call in server.calls if call.status == 404} - set(server.paid_ids)
            for server in (one, two)
        ]
    assert ledgers[0].answers == ledgers[1].answers
    assert ledgers[0].keywords == ledgers[1].keywords
    assert ledgers[0].phases == ledgers[1].phases
    assert len(unknown[0] ^ unknown[1]) == 2  # the one that each of them drew


def test_a_status_that_makes_no_sense_does_not_hide_how_the_job_ended() -> None:
    with sandbox("fal", run_seconds=SHORT, faults=("status-unknown-state",)) as server:
        findings, ledger = examine(server)
    assert {finding.operation for finding in findings} == {"get_status"}
    assert ledger.answers["get_result", 200]


def test_a_server_that_falls_silent_ends_the_run() -> None:
    with sandbox("gateway", faults=("submit-drop-done",)) as server:
        findings, ledger = examine(server)
    assert {finding.rule for finding in findings} == {"no-answer"}
    assert ledger.phases.total() == 3


def test_jobs_are_cancelled_as_soon_as_they_are_accepted() -> None:
    with sandbox("fal", queue_seconds=SHORT, run_seconds=SHORT) as server:
        examine(server)
        cancelled = {call.request_id for call in server.calls_to("cancel")}
        assert set(server.paid_ids) <= cancelled


def test_a_finding_repeats_itself_without_telling_the_key() -> None:
    with sandbox("gateway", faults=("submit-no-auth",)) as server:
        findings, _ = examine(server)
        lines = [finding.curl for finding in findings]
        assert not any(server.key in str(finding) for finding in findings)
    assert any("-H 'Content-Type: application/json' --data-raw " in line for line in lines)
    assert any(f'"Authorization: Bearer {KEY_WORD}-x"' in line for line in lines)
    assert {finding.rule for finding in findings} == {"key-not-asked-for"}


def extended() -> dict[str, Any]:
    """Return the contract with an endpoint that nobody has written a line about."""
    document = cast("dict[str, Any]", copy.deepcopy(yaml.safe_load(OPENAPI.read_text("utf-8"))))
    item = copy.deepcopy(next(each for each in document["paths"].values() if "post" in each))
    operation = item["post"]
    operation["operationId"] = "submit_acme_speaker"
    operation["x-endpoint-id"] = "fal-ai/speaker/v2"
    operation["x-output"] = "#/components/schemas/Speech"
    media = operation["requestBody"]["content"]["application/json"]
    media.pop("example")
    media["schema"] = {
        "type": "object",
        "required": ["text", "voices"],
        "additionalProperties": False,
        "properties": {
            "text": {"type": "string", "minLength": 2, "maxLength": 5, "pattern": "^[a-z]+$"},
            "voices": {
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": {
                    "type": "object",
                    "properties": {"pitch": {"type": "number", "exclusiveMaximum": 2}},
                },
            },
        },
    }
    for link in operation["responses"]["200"]["links"].values():
        link["parameters"]["model_name"] = "speaker"
    document["paths"]["/fal-ai/speaker/v2"] = item
    speech = {
        "type": "object",
        "required": ["seconds"],
        "properties": {"seconds": {"type": "number"}},
    }
    schemas = document["components"]["schemas"]
    schemas["Speech"] = speech
    schemas["JobResult"]["anyOf"].append({"$ref": "#/components/schemas/Speech"})
    return document


def test_a_new_endpoint_gets_its_cases_with_no_line_written(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.safe_dump(extended()), "utf-8")
    contract = Contract.load(path)
    with sandbox("fal", contract=path, queue_seconds=SHORT, run_seconds=SHORT) as server:
        findings, ledger = examine(server, contract)
    assert findings == []
    assert shortfalls(contract, "fal", [LayerRun("suite", (), ledger, 0, PHASES)]) == []
    broken = {
        (place, keyword)
        for operation, place, keyword, polarity in ledger.keywords
        if operation == "submit_acme_speaker" and polarity == "invalid"
    }
    assert {
        ("body", "required"),
        ("body", "additionalProperties"),
        ("body.text", "minLength"),
        ("body.text", "maxLength"),
        ("body.text", "pattern"),
        ("body.voices", "minItems"),
        ("body.voices", "maxItems"),
        ("body.voices[].pitch", "exclusiveMaximum"),
        ("body.voices[].pitch", "type"),
    } <= broken


def test_a_keyword_that_no_value_could_be_found_for_is_told(tmp_path: Path) -> None:
    document = extended()
    media = document["paths"]["/fal-ai/speaker/v2"]["post"]["requestBody"]["content"]
    media["application/json"]["schema"]["minProperties"] = 1
    path = tmp_path / "openapi.yaml"
    path.write_text(yaml.safe_dump(document), "utf-8")
    with sandbox("fal", contract=path) as server:
        findings, _ = examine(server, Contract.load(path))
    (finding,) = findings
    assert (finding.level, finding.rule) == ("warning", "untested")
    assert "body minProperties" in finding.message


def chattering(answer: Answer, _: Exchange) -> Answer:
    """Ping for ever, and fast, whatever becomes of the job."""

    async def pings(blocks: Blocks) -> Blocks:
        async for block in blocks:
            yield block
        while True:
            yield PING
            await asyncio.sleep(0.01)

    return answer.reworked(pings)


def test_a_stream_that_never_ends_nor_falls_silent_is_left_and_found() -> None:
    with sandbox("gateway") as server:
        server.faults.add("stream", Fault(alter=chattering), times=None)
        findings, _ = examine(server, first=True, timeout=SHORT * 5)
    (finding,) = findings
    assert (finding.rule, finding.operation) == ("stays-open", "stream_status")


def test_a_stream_is_heard_as_long_as_patience_lasts_and_not_blamed_for_its_job() -> None:
    with sandbox("gateway", run_seconds=HALF_A_MINUTE) as server:
        began = time.monotonic()
        (finding,), ledger = examine(server, first=True, patience=SHORT)
        assert time.monotonic() - began < PATIENT / 2
    assert (finding.rule, finding.operation) == ("never-ends", "get_status")
    assert ledger.answers["stream_status", 200] == 1


def ends_without_its_job(value: dict[str, object]) -> None:
    """Leave the id out of the last event."""
    if value["status"] == "COMPLETED":
        del value["request_id"]


def test_every_event_from_a_jobs_submit_to_its_end_is_held_to_the_contract() -> None:
    with sandbox("gateway", queue_seconds=SHORT, run_seconds=SHORT) as server:
        fault = Fault(alter=lambda answer, _: answer.edited(ends_without_its_job))
        server.faults.add("stream", fault)  # once: later streams have but one event
        (finding,), _ = examine(server, first=True)
    assert (finding.rule, finding.operation) == ("answer", "stream_status")
    assert re.search(r"event [2-9] /: ", finding.message)
