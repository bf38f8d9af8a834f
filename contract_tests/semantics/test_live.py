"""Where jobs cost money: never one more than allowed, and every rule left out is named."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..contract import OPENAPI, Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Dialect, Target
from .conftest import AT_ONCE
from .course import RULE_NAMES, SCENARIOS
from .hearings import STREAM_RULES
from .live import run_within
from .rules import RULES, TARGET_RULES

DIALECTS: tuple[Dialect, ...] = ("gateway", "fal")


def _within(jobs: int, sandbox: Sandbox, **changes: Any) -> list[Finding]:
    target = Target(sandbox.base_url, sandbox.key, sandbox.settings.dialect, 5.0)
    options = {"seed": 1, "first": False, "patience": 5.0, **changes}
    return run_within(target, Contract.load(), Ledger(), jobs=jobs, **options)


def _accepted(sandbox: Sandbox) -> int:
    return sum(call.operation == "submit" and call.status == 200 for call in sandbox.calls)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("jobs", [0, 1, 2, 4, 9])
def test_no_job_more_than_allowed_is_submitted_and_what_is_left_out_is_named(
    chainhub_sandbox_factory: SandboxFactory, dialect: Dialect, jobs: int
) -> None:
    # An input that breaks the contract is queued like any other, and counts.
    sandbox = chainhub_sandbox_factory(dialect=dialect, validation="deferred", **AT_ONCE)
    (warning,) = _within(jobs, sandbox)
    assert (warning.rule, warning.level) == ("left_out", "warning")
    assert sandbox.paid <= jobs
    assert _accepted(sandbox) <= jobs
    assert jobs == 0 or _accepted(sandbox) > 0
    assert "random walks" in warning.message
    assert ("result_is_stable" in warning.message) is (jobs == 0)
    assert ("cancel_shows" in warning.message) is (jobs < 2)
    # With one job left, what needs two is not begun, and what needs one has its turn.
    assert ("invalid_input_fails" in warning.message) is (jobs < 4)


def test_without_any_job_every_route_is_still_asked_for_nobodys_job_and_without_the_key(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(**AT_ONCE)
    _within(0, sandbox)
    asked = {(call.operation, call.status) for call in sandbox.calls}
    assert asked >= {(route, 404) for route in ("status", "stream", "result", "cancel")}
    assert asked >= {(route, 401) for route in ("submit", "status", "stream", "result", "cancel")}


@pytest.mark.parametrize(
    "fault", ["submit-no-auth", "status-no-auth", "result-no-auth", "cancel-no-auth"]
)
def test_an_open_door_is_found_without_any_job(
    chainhub_sandbox_factory: SandboxFactory, fault: str
) -> None:
    sandbox = chainhub_sandbox_factory(faults=(fault,), **AT_ONCE)
    assert "key_is_needed" in {each.rule for each in _within(0, sandbox)}
    assert _accepted(sandbox) == 0


@pytest.mark.parametrize("fault", ["result-shape", "file-page", "submit-foreign-urls"])
def test_one_job_finds_what_is_wrong_with_jobs(
    chainhub_sandbox_factory: SandboxFactory, fault: str
) -> None:
    sandbox = chainhub_sandbox_factory(faults=(fault,), **AT_ONCE)
    assert any(each.level == "error" for each in _within(1, sandbox))
    assert _accepted(sandbox) == 1


@pytest.mark.parametrize("fault", ["submit-drop-done", "submit-500", "submit-redirect-307"])
def test_a_submit_that_may_have_been_accepted_counts(
    chainhub_sandbox_factory: SandboxFactory, fault: str
) -> None:
    sandbox = chainhub_sandbox_factory(faults=(fault,), **AT_ONCE)
    _within(1, sandbox)
    with_an_input = [call for call in sandbox.calls if call.operation == "submit" and call.fields]
    assert len(with_an_input) == 1
    assert sandbox.paid <= 1


def test_a_second_endpoint_gets_its_life_before_the_first_gets_more(
    chainhub_sandbox_factory: SandboxFactory, tmp_path: Path
) -> None:
    document = yaml.safe_load(OPENAPI.read_text("utf-8"))
    (path,) = (path for path in document["paths"] if "{" not in path)
    second = copy.deepcopy(document["paths"][path])
    second["post"] |= {"operationId": "submit_second", "x-endpoint-id": "fal-ai/flux-2/second"}
    for link in second["post"]["responses"]["200"]["links"].values():
        link["parameters"]["model_name"] = "flux-2"
    document["paths"]["/fal-ai/flux-2/second"] = second
    place = tmp_path / "openapi.yaml"
    place.write_text(yaml.safe_dump(document))
    sandbox = chainhub_sandbox_factory(contract=place, **AT_ONCE)
    ledger, target = Ledger(), Target(sandbox.base_url, sandbox.key)
    contract = Contract.load(place)
    found = run_within(target, contract, ledger, seed=1, first=False, jobs=2, patience=5.0)
    assert [each.rule for each in found] == ["left_out", "left_out"]
    assert [count for (name, status), count in ledger.answers.items() if _took(name, status)] == [
        1,
        1,
    ]


def _took(operation: str, status: int) -> bool:
    return operation.startswith("submit_") and status == 200


def test_a_job_is_waited_for_as_long_as_patience_lasts(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(run_seconds=1e6)
    error, warning = _within(1, sandbox, patience=0.3)
    assert (error.rule, error.level) == ("ends", "error")
    assert "0.3 s" in error.message
    assert (warning.rule, warning.level) == ("left_out", "warning")
    assert "unknown_is_404" in warning.message


def test_less_than_no_job_is_refused(chainhub_sandbox_factory: SandboxFactory) -> None:
    with pytest.raises(ValueError, match="-1 paid jobs"):
        _within(-1, chainhub_sandbox_factory())


def test_each_rule_is_brought_into_play_by_a_scenario_that_says_so() -> None:
    assert {each.__name__ for each in (*RULES, *TARGET_RULES, *STREAM_RULES)} <= RULE_NAMES
    assert all(each.tests or each.jobs == 0 for each in SCENARIOS)
