"""The key: asked for before anything is read, and what a 401 and a scheme owe to RFC 9110."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, cast

import pytest

from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.rules import Rules

from ..contract import Contract
from ..harness.findings import Finding
from .worlds import CONTRACT, examine, sandbox


def admitting(judge: Any) -> Fault:
    """Let in whom the judge lets in."""

    def bend(rules: Rules) -> Rules:
        return replace(rules, authorised=lambda exchange: judge(exchange, rules))

    return Fault(operation="submit", bend=bend)


def found_by(fault: Fault, contract: Contract = CONTRACT) -> list[Finding]:
    """Run the suite on a server with a fault."""
    with sandbox("gateway") as server:
        server.faults.add(fault.operation, fault, times=None)
        findings, _ = examine(server, contract)
    return findings


@pytest.mark.parametrize(
    ("read_first", "words"),
    [
        (lambda body: not body, "no body"),
        (lambda body: body == b"{", "no JSON"),
        (lambda body: body.startswith(b"["), "a body that is []"),
        (lambda body: b'"num_images"' in body and b'"image_url"' not in body, "required at body"),
    ],
    ids=["none", "broken", "no object", "invalid"],
)
def test_a_body_that_is_judged_before_the_key_is_found(read_first: Any, words: str) -> None:
    def judge(exchange: Exchange, rules: Rules) -> bool:
        return rules.authorised(exchange) or read_first(exchange.body or b"")

    findings = found_by(admitting(judge))
    assert {finding.rule for finding in findings} == {"key-not-asked-for"}
    assert all(words in finding.message for finding in findings)


def unchallenging() -> Fault:
    """Leave the challenge out of every 401 to a submit."""

    def alter(answer: Answer, _: Exchange) -> Answer:
        return answer.without_header("www-authenticate") if answer.status == 401 else answer

    return Fault(operation="submit", alter=alter)


def test_a_401_without_a_challenge_is_one_warning() -> None:
    (finding,) = found_by(unchallenging())
    assert (finding.rule, finding.level) == ("no-challenge", "warning")
    assert finding.operation.startswith("submit_")


def test_a_challenge_that_the_contract_demands_is_no_mere_warning() -> None:
    document = cast("dict[str, Any]", copy.deepcopy(CONTRACT.document))
    header = {"required": True, "schema": {"type": "string"}}
    document["components"]["responses"]["Unauthorized"]["headers"] = {"WWW-Authenticate": header}
    findings = found_by(unchallenging(), Contract.read(document))
    assert {(finding.rule, finding.level) for finding in findings} == {("answer", "error")}


def test_a_scheme_that_is_only_known_in_capitals_is_a_warning_and_costs_no_job() -> None:
    def judge(exchange: Exchange, rules: Rules) -> bool:
        return exchange.headers.get("authorization", "").startswith("Bearer") and rules.authorised(
            exchange
        )

    (finding,) = found_by(admitting(judge))
    assert (finding.rule, finding.level) == ("scheme-case", "warning")
    assert "--data-raw '{'" in finding.curl
