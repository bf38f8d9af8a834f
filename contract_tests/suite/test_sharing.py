"""Values between the bounds: few requests for many of them, and a refusal names the one at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.contract import Endpoint
from chainhub_fal_sandbox.rules import Rules
from chainhub_fal_sandbox.validation import Detail, detail

from ..harness.findings import Finding
from .sharing import INTEGRAL_FLOAT, Shared, shared_cases
from .subjects import subjects
from .worlds import CONTRACT, examine, sandbox

Dislikes = Callable[[Mapping[str, Any]], bool]  # a valid body


def refusing(dislikes: Dislikes) -> Fault:
    """Refuse a valid body that is disliked."""

    def bend(rules: Rules) -> Rules:
        def errors(endpoint: Endpoint, body: object) -> list[Detail]:
            found = rules.errors(endpoint, body)
            if found or not isinstance(body, dict) or not dislikes(body):
                return found
            return [detail(["body"], "Input is not accepted", "value_error", None)]

        return replace(rules, errors=errors)

    return Fault(operation="submit", bend=bend)


def found_by(dislikes: Dislikes) -> list[Finding]:
    """Run the suite on a server that refuses the bodies it dislikes."""
    with sandbox("gateway") as server:
        server.faults.add("submit", refusing(dislikes), times=None)
        findings, _ = examine(server)
    return findings


def zero(body: Mapping[str, Any]) -> bool:
    return type(body.get("seed")) is int and body["seed"] == 0


def long(body: Mapping[str, Any]) -> bool:
    return len(str(body.get("image_url"))) > 1024


def written_as_float(body: Mapping[str, Any]) -> bool:
    return any(type(value) is float for value in body.values())


def shared() -> list[Shared]:
    return [
        each for subject in subjects(CONTRACT, [], 1) for each in shared_cases(CONTRACT, subject)
    ]


def test_values_of_different_fields_share_a_request() -> None:
    cases = [each for each in shared() if each.alone]
    assert any(len(each.alone) > 2 for each in cases)
    for each in cases:
        fields = [case.tries[0][0].split(".")[1] for case in each.alone]
        assert len(set(fields)) == len(fields)
        assert each.together.tries == tuple(case.tries[0] for case in each.alone)


def test_what_may_be_refused_shares_no_request_with_what_may_not() -> None:
    for each in shared():
        assert len({case.rule for case in each.alone}) <= 1


@pytest.mark.parametrize(("dislikes", "place"), [(zero, "body.seed"), (long, "body.image_url")])
def test_a_refusal_names_the_value_at_fault_and_no_other(dislikes: Dislikes, place: str) -> None:
    (finding,) = found_by(dislikes)
    assert (finding.rule, finding.level) == ("valid-refused", "error")
    assert f" at {place} (" in finding.message


def test_values_that_are_refused_only_together_are_found_too() -> None:
    (finding,) = found_by(lambda body: zero(body) and long(body))
    assert (finding.rule, finding.level) == ("valid-refused", "error")
    assert "all at once" in finding.message


def test_a_server_that_knows_no_integral_floats_is_warned_of_and_not_red() -> None:
    findings = found_by(written_as_float)
    assert {(finding.rule, finding.level) for finding in findings} == {(INTEGRAL_FLOAT, "warning")}
    assert sum("body.seed" in finding.message for finding in findings) == 1
