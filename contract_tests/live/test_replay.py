"""A recording held against the contract again: the same, a changed one, and files that are none."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import yaml

from chainhub_fal_sandbox import Sandbox

from ..contract import OPENAPI, Contract
from ..events import EVENT_STREAM
from ..harness.findings import Finding
from .command import main
from .conftest import CONTRACT, URL, Rig
from .recordings import Recorder
from .replay import replay
from .routes import Routes

Edit = Any


def document() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(OPENAPI.read_text("utf-8")))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record a run with one paid job, once for all tests of this module."""
    folder = tmp_path_factory.mktemp("live")
    with Sandbox(unrouted="404") as server, pytest.MonkeyPatch.context() as environment:
        environment.setenv("API_KEY", server.key)
        options = ["--base-url", server.base_url, "--rate", "10000", "--record", str(folder)]
        assert main(options) == 0
    (path,) = folder.iterdir()
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in records), "utf-8")
    return path


def errors(found: tuple[Finding, ...]) -> set[tuple[str, str]]:
    return {(each.operation, each.rule) for each in found if each.level == "error"}


def test_the_same_contract_is_kept_by_the_same_answers(recording: Path) -> None:
    run = replay(recording, CONTRACT)
    assert run.findings == ()
    assert {operation for operation, _ in run.ledger.answers} == set(CONTRACT.operations)
    assert main(["--replay", str(recording)]) == 0


def schemas(contract: dict[str, Any]) -> dict[str, Any]:
    return cast("dict[str, Any]", contract["components"]["schemas"])


def drop_a_state(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueState"]["enum"].remove("COMPLETED")


def demand_a_field(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["required"].append("priority")


def change_a_type(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["properties"]["request_id"] = {"type": "integer"}


def forbid_null(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["properties"]["logs"]["type"] = "array"


def change_a_format(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["properties"]["status_url"]["format"] = "email"


def shorten(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["properties"]["status_url"]["maxLength"] = 70


def undocument_a_status(contract: dict[str, Any]) -> None:
    path = "/fal-ai/{model_name}/requests/{request_id}/cancel"
    del contract["paths"][path]["put"]["responses"]["401"]


def change_the_media_type(contract: dict[str, Any]) -> None:
    content = contract["components"]["responses"]["Unauthorized"]["content"]
    content["text/plain"] = content.pop("application/json")


def stream_text(contract: dict[str, Any]) -> None:
    path = "/fal-ai/{model_name}/requests/{request_id}/status/stream"
    content = contract["paths"][path]["get"]["responses"]["200"]["content"]
    content["text/plain"] = content.pop(EVENT_STREAM)


SUBMIT, STATUS, STREAM, RESULT, CANCEL = (
    "submit_flux_1_schnell_redux",
    "get_status",
    "stream_status",
    "get_result",
    "cancel_request",
)


@pytest.mark.parametrize(
    ("edit", "operation"),
    [
        (drop_a_state, STATUS),
        (drop_a_state, STREAM),
        (stream_text, STREAM),
        (demand_a_field, SUBMIT),
        (change_a_type, SUBMIT),
        (forbid_null, SUBMIT),
        (change_a_format, SUBMIT),
        (shorten, SUBMIT),
        (undocument_a_status, CANCEL),
        (change_the_media_type, RESULT),
    ],
)
def test_a_changed_contract_is_checked_against_what_was_recorded(
    edit: Edit, operation: str, recording: Path
) -> None:
    changed = document()
    edit(changed)
    run = replay(recording, Contract.read(changed))
    assert (operation, "answer") in errors(run.findings)


def test_what_a_placeholder_may_hide_is_a_warning(recording: Path) -> None:
    changed = document()
    fields = copy.deepcopy(schemas(changed)["GatewayErrorBody"])
    fields["properties"]["type"]["enum"] = ["new_api_error"]
    body = {"type": "object", "required": ["error"], "properties": {"error": fields}}
    content = changed["components"]["responses"]["Unauthorized"]["content"]
    content["application/json"]["schema"] = body
    found = replay(recording, Contract.read(changed)).findings
    assert {(each.rule, each.level) for each in found} == {("masked", "warning")}
    assert {each.operation for each in found} == set(CONTRACT.operations)

    fields["properties"]["type"] = {"type": "integer"}
    found = replay(recording, Contract.read(changed)).findings
    assert {(each.rule, each.level) for each in found} == {("answer", "error")}


def test_an_answer_that_broke_the_contract_when_it_was_recorded_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sandbox(unrouted="404", faults=("status-unknown-state",)) as server:
        monkeypatch.setenv("API_KEY", server.key)
        options = ["--base-url", server.base_url, "--rate", "10000", "--record", str(tmp_path)]
        assert main([*options, "--jobs", "0"]) == 1
    (path,) = tmp_path.iterdir()
    assert (STATUS, "answer") in errors(replay(path, CONTRACT).findings)
    assert "PAUSED" not in path.read_text("utf-8")


TICKET: dict[str, Any] = {
    "status": "IN_QUEUE",
    "request_id": "0b2a6a4e-3d0f-4f0e-9d3c-5f0a4f3f9e11",
    "response_url": "https://queue.fal.run/fal-ai/flux-1/requests/0b2a6a4e-3d0f-4f0e-9d3c-5f0a4f3f9e11",
    "status_url": "https://some-tenant.example/a/very/long/way/to/the/status/of/0b2a6a4e-3d0f-4f0e-9d3c-5f0a4f3f9e11",
    "cancel_url": "https://queue.fal.run/fal-ai/flux-1/requests/0b2a6a4e-3d0f-4f0e-9d3c-5f0a4f3f9e11/cancel",
    "logs": None,
    "metrics": {},
    "queue_position": 0,
}


def demand_a_beginning(contract: dict[str, Any]) -> None:
    schemas(contract)["QueueTicket"]["properties"]["request_id"]["pattern"] = "^0b2a6a4e"


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda _: None, set()),
        (demand_a_beginning, {("masked", "warning")}),  # kept by the id, not by its placeholder
        (shorten, {("answer", "error")}),  # broken by the address, not by its placeholder
    ],
)
def test_the_recording_knows_what_the_true_answer_was(
    edit: Edit, told: set[tuple[str, str]], tmp_path: Path
) -> None:
    changed = document()
    edit(changed)
    contract, rig = Contract.read(changed), Rig(1, lambda _: httpx.Response(200, json=TICKET))
    with (
        Recorder(tmp_path, rig.target, contract, Routes(contract, URL)) as recorder,
        rig.gate.heard_by(recorder),
        rig.target.client() as client,
    ):
        client.post("/fal-ai/flux-1/schnell/redux", json={})
    findings = replay(recorder.path, contract).findings
    assert {(each.rule, each.level) for each in findings if each.layer == "replay"} == told


def state(name: str) -> str:
    return json.dumps({"status": name, "request_id": TICKET["request_id"]})


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (f": hello\n\ndata: {state('IN_QUEUE')}\n\ndata: {state('COMPL')[:-9]}", set()),
        (f"data: {state('IN_QUEUE')}\n\ndata: {state('PAUSED')}\n\ndat", {"answer"}),
        ("data: {", set()),
        ("data: {\n\n", {"answer"}),
    ],
    ids=["left within an event", "wrong before that", "left before any", "no JSON"],
)
def test_of_a_stream_that_was_left_the_whole_events_are_kept(
    text: str, rules: set[str], tmp_path: Path
) -> None:
    answer = {"headers": {"content-type": EVENT_STREAM}, "content": text.encode()}
    rig = Rig(1, lambda _: httpx.Response(200, **answer))  # type: ignore[arg-type]
    path = f"/fal-ai/flux-1/requests/{TICKET['request_id']}/status/stream"
    with (
        Recorder(tmp_path, rig.target, CONTRACT, Routes(CONTRACT, URL)) as recorder,
        rig.gate.heard_by(recorder),
        rig.target.client() as client,
        client.stream("GET", path) as response,
    ):
        next(response.iter_bytes())
    findings = replay(recorder.path, CONTRACT).findings
    assert {each.rule for each in findings if each.layer == "replay"} == rules


def test_an_answer_about_another_job_is_found(recording: Path, tmp_path: Path) -> None:
    records = lines(recording)
    ticket = next(each for each in records if each.get("method") == "POST")
    spoilt = copy.deepcopy(ticket)
    spoilt["body"]["json"]["request_id"] = "00000000-0000-4000-8000-000000000000"
    status = next(each for each in records if each.get("url", "").endswith("/status"))
    other = copy.deepcopy(status)
    other["status"], other["body"]["json"] = (
        200,
        {**ticket["body"]["json"], "request_id": "another"},
    )
    stream = copy.deepcopy(next(each for each in records if "events" in (each.get("body") or {})))
    stream["body"]["events"][-1]["request_id"] = "another"
    path = written(tmp_path / "spoilt.jsonl", [records[0], spoilt, other, stream])
    expected = {(name, "ids-differ") for name in (SUBMIT, STATUS, STREAM)}
    assert expected <= errors(replay(path, CONTRACT).findings)


def test_a_recording_of_nothing_is_red(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heading = lines(recording)[0]
    assert main(["--replay", str(written(tmp_path / "a.jsonl", [heading]))]) == 1
    unknown = {"method": "GET", "url": "https://gateway.example/", "status": 200, "headers": {}}
    assert main(["--replay", str(written(tmp_path / "b.jsonl", [heading, unknown]))]) == 1
    assert capsys.readouterr().out.count("it proves nothing") == 2


@pytest.mark.parametrize("content", [None, "", "{", "[]\n", '{"recording": 99}\n', "7\n"])
def test_what_is_no_recording_cannot_be_tested(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "some.jsonl"
    if content is not None:
        path.write_text(content, "utf-8")
    assert main(["--replay", str(path)]) == 2
    assert "name a file that a live run wrote" in capsys.readouterr().err
