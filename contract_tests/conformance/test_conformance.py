from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import QUEUE_KINDS, Exchange
from chainhub_fal_sandbox.rules import Rules

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.sandboxes import by_turns
from ..harness.target import Dialect, Target
from ..semantics.lies import LIES
from .issued import Issued
from .layer import FAST_EXAMPLES, run
from .tuning import PHASES, accepted, rejected

# It explores for seconds of its own, and several times that on a machine that does more besides.
pytestmark = pytest.mark.timeout(300)

KEY = "very-secret:indeed-it-is"
DIALECTS: tuple[Dialect, ...] = ("gateway", "fal")
CONTRACT = Contract.load()
CREATING = {link.source for link in Issued.of(CONTRACT).links}


def conforming(dialect: Dialect, **changes: Any) -> Sandbox:  # the fields of its Settings
    return Sandbox(
        dialect=dialect,
        key=KEY,
        unrouted="404",
        foreign_images="invent",
        queue_seconds=0,
        run_seconds=by_turns(),
        workers=1_000_000,
        **changes,
    )


def explored(
    sandbox: Sandbox,
    ledger: Ledger | None = None,
    *,
    key: str = KEY,
    seed: int = 1,
    first: bool = False,
    contract: Contract = CONTRACT,
    examples: int = FAST_EXAMPLES,
) -> list[Finding]:
    target = Target(sandbox.base_url, key, sandbox.settings.dialect)
    book = Ledger() if ledger is None else ledger
    return run(target, contract, book, seed=seed, first=first, examples=examples)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_conforming_server_is_green_and_everything_was_exercised(dialect: Dialect) -> None:
    ledger = Ledger()
    with conforming(dialect) as sandbox:
        assert explored(sandbox, ledger) == []
    answered = {name for name, status in ledger.answers if 200 <= status < 300}
    assert answered == set(CONTRACT.operations)
    assert ledger.answers["get_result", 200] > 5
    assert all(ledger.phases[phase] > len(CONTRACT.operations) for phase in PHASES)


def test_a_new_endpoint_is_explored_with_no_line_written(tmp_path: Path) -> None:
    contract = _with_a_second_endpoint(tmp_path / "openapi.yaml")
    ledger = Ledger()
    with conforming("fal", contract=tmp_path / "openapi.yaml") as sandbox:
        assert explored(sandbox, ledger, contract=contract, examples=5) == []
    assert ledger.answers["submit_second", 200] > 5
    assert ledger.answers["submit_second", 422] > 5


def _with_a_second_endpoint(path: Path) -> Contract:
    document = cast("dict[str, Any]", copy.deepcopy(CONTRACT.document))
    name = next(path for path, item in document["paths"].items() if "post" in item)
    second = copy.deepcopy(document["paths"][name])
    second["post"] |= {"operationId": "submit_second", "x-endpoint-id": "fal-ai/flux-2/second"}
    for link in second["post"]["responses"]["200"]["links"].values():
        link["parameters"]["model_name"] = "flux-2"
    document["paths"]["/fal-ai/flux-2/second"] = second
    path.write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")
    return Contract.read(document)


def _without_allow(answer: Answer, _: Exchange) -> Answer:
    return answer.without_header("allow")


def _twice(answer: Answer, _: Exchange) -> Answer:
    return replace(answer, body=answer.body.replace(b"{", b'{"request_id":"0",', 1))


@pytest.mark.parametrize(
    ("operation", "fault", "rule"),
    [
        ("submit", "submit-unknown-state", "response_schema_conformance"),
        ("submit", "submit-redirect-302", "status_code_conformance"),
        ("submit", "submit-413", "positive_data_acceptance"),
        ("submit", "submit-no-validation", "negative_data_rejection"),
        ("submit", "submit-drop-done", "engine_error"),
        ("submit", Fault(alter=_twice), "strict_answer"),
        ("status", "status-no-auth", "ignored_auth"),
        ("status", "status-not-found", "positive_data_acceptance"),
        ("result", "result-text", "content_type_conformance"),
        ("stream", Fault.fields(request_id=7), "response_schema_conformance"),
        ("stream", "stream-nonsense", "response_schema_conformance"),
        ("stream", "stream-ends-early", "answered"),
        ("stream", "stream-not-events", "content_type_conformance"),
        ("stream", "stream-of-another", "one_id_in_the_body"),
        ("cancel", "cancel-500", "not_a_server_error"),
        ("cancel", Fault(alter=_without_allow), "unsupported_method"),
    ],
    ids=lambda value: getattr(value, "alter", None) and value.alter.__name__,
)
def test_a_fault_is_found_by_its_own_rule(operation: str, fault: str | Fault, rule: str) -> None:
    with conforming("fal") as sandbox:
        kind = Fault.named(fault) if isinstance(fault, str) else fault
        sandbox.faults.add(operation, kind, times=None)
        findings = explored(sandbox, first=True)
    assert rule in {finding.rule for finding in findings}
    assert {finding.operation for finding in findings} <= set(CONTRACT.operations)


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("result-changes", "result"),
        ("result-without-its-seed", "result"),
        ("verdicts-missing", "result"),
        ("urls-of-a-lookalike", "submit"),
        ("status-abroad", "status"),
        ("seconds-below-zero", "status"),
        ("key-after-lookup", "status"),  # a 404 without the key: only asked for after the run
    ],
)
def test_a_lie_that_no_schema_sees_is_found_by_a_rule_of_the_queue(
    name: str, operation: str
) -> None:
    lie = LIES[name]
    with conforming("gateway") as sandbox:
        sandbox.faults.add(operation, lie.make(), times=None)
        findings = explored(sandbox, first=True)
    assert lie.rule in {finding.rule for finding in findings}
    assert {finding.operation for finding in findings} <= set(CONTRACT.operations)
    assert all(finding.curl for finding in findings)


def test_a_failed_finding_can_be_repeated_and_never_shows_the_key(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with conforming("gateway") as sandbox:
        sandbox.faults.add("status", Fault.fields(status="PAUSED"), times=None)
        findings = explored(sandbox, seed=7, first=True, examples=1)
    shown = "".join(capfd.readouterr()) + repr(findings)
    assert KEY not in shown
    last = next(it for it in findings if it.rule == "response_schema_conformance")
    assert last.operation == "get_status"
    assert last.seed == 7
    assert last.curl.startswith('curl -X GET -H "Authorization: Bearer $API_KEY" ')
    assert f"{sandbox.base_url}/fal-ai/" in last.curl


def test_the_same_seed_sends_the_same_requests_and_another_seed_others() -> None:
    assert _sequence(3) == _sequence(3) != _sequence(4)


def _sequence(seed: int) -> str:
    """Return a digest of all requests; ids are counted up, and the port is taken out."""
    ids = (f"00000000-0000-4000-8000-{number:012}" for number in itertools.count())

    def counted(rules: Rules) -> Rules:
        return replace(rules, new_id=lambda: next(ids))

    with conforming("fal") as sandbox:
        sandbox.faults.add("submit", Fault(bend=counted), times=None)
        explored(sandbox, seed=seed, examples=2)
        lines = [
            f"{call.method} {call.path} {call.query} {call.fields} {call.status}"
            for call in sandbox.calls
        ]
    text = "\n".join(lines).replace(sandbox.base_url, "")
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_wrong_key_is_red_on_every_operation() -> None:
    with conforming("gateway") as sandbox:
        findings = explored(sandbox, key="another-key", examples=1)
    refused = {it.operation for it in findings if it.rule == "never_accepted"}
    assert refused == set(CONTRACT.operations)
    assert {"positive_data_acceptance"} <= {it.rule for it in findings if it.operation in CREATING}


def test_a_web_page_in_place_of_the_api_is_red() -> None:
    with conforming("gateway") as sandbox:
        for kind in QUEUE_KINDS:
            sandbox.faults.add(kind, Fault.named(f"{kind}-page"), times=None)
        findings = explored(sandbox, examples=1)
    wrong = {it.operation for it in findings if it.rule == "content_type_conformance"}
    assert wrong == set(CONTRACT.operations)


def test_a_server_that_is_down_is_red() -> None:
    with conforming("gateway") as sandbox:
        target = Target(sandbox.base_url, KEY)
    findings = run(target, CONTRACT, Ledger(), seed=1, first=False, examples=1)
    assert {"engine_error", "silent_phase", "never_accepted"} <= {it.rule for it in findings}


def test_valid_data_has_no_way_out_and_broken_data_no_server_error() -> None:
    for name, operation in CONTRACT.operations.items():
        allowed = set(accepted(operation))
        assert not allowed & {"401", "403", "404", "429"}
        assert not {it for it in (*allowed, *rejected(operation)) if it.startswith("5")}
        if name in CREATING:
            assert {it[0] for it in allowed} == {"2"}
    assert accepted(CONTRACT.operations["get_status"]) == ["200", "202"]
    assert "400" in accepted(CONTRACT.operations["get_result"])


def test_only_the_values_of_one_answer_name_something_known() -> None:
    issued = Issued.of(CONTRACT)
    link = next(it for it in issued.links if it.target == "get_status")
    issued.learn(link.source, 200, b'{"request_id": "one"}')
    path: Mapping[str, object] = {**link.parameters, "request_id": "one"}
    assert issued.names_known("get_status", path)
    assert not issued.names_known("get_status", {**path, "request_id": "two"})
    assert not issued.names_known("get_status", {**path, "model_name": "another"})
    issued.learn(link.source, 200, b"no json")
    issued.learn(link.source, 422, b'{"request_id": "two"}')
    assert not issued.names_known("get_status", {**path, "request_id": "two"})
