"""A target that keeps the contract is green, in every form that the contract leaves open."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..contract import OPENAPI, Contract
from ..harness.findings import Ledger
from ..harness.target import Target
from .conftest import AT_ONCE, IN_STEPS, Held
from .layer import run

DIALECTS = ("gateway", "fal")
VARIATIONS: dict[str, dict[str, Any]] = {
    "accepted-flat": {"pending": "accepted", "failure": "flat", "unknown_job": "task-not-exist"},
    "detail-relayed": {"pending": "detail", "failure": "relayed", "cancel_queued": "removed"},
    "detail-passed-on": {"pending": "detail", "failure": "detail", "validation": "deferred"},
    "cancels-too-late": {"cancel_running": "too-late", "queue_seconds": 0, "unrouted": "page"},
    "fal-removes": {"dialect": "fal", "cancel_queued": "removed", "cancel_running": "too-late"},
    "fal-defers": {"dialect": "fal", "validation": "deferred"},
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("seed", range(3))
def test_a_conforming_target_is_green(held: Held, dialect: str, seed: int) -> None:
    assert held(dialect=dialect, seed=seed) == []


@pytest.mark.parametrize("changes", VARIATIONS.values(), ids=VARIATIONS)
def test_what_the_contract_leaves_open_is_accepted(held: Held, changes: dict[str, Any]) -> None:
    assert held(**{**IN_STEPS, **changes}) == []


@pytest.mark.parametrize("unrouted", ["404", "page"])
def test_a_gateway_without_status_and_cancel_is_told_so_and_held_to_the_rest(
    held: Held, unrouted: str
) -> None:
    ledger = Ledger()
    found = held(gateway_routes="result-only", unrouted=unrouted, ledger=ledger)
    assert {(each.rule, each.operation, each.level) for each in found} == {
        ("route_not_served", "get_status", "warning"),
        ("route_not_served", "cancel_request", "warning"),
        ("route_not_served", "stream_status", "warning"),
    }
    assert ledger.answers["get_result", 200] > 20


@pytest.mark.parametrize("unrouted", ["404", "page"])
def test_a_gateway_without_the_stream_alone_is_told_so_and_held_to_the_rest(
    held: Held, unrouted: str
) -> None:
    ledger = Ledger()
    (warning,) = held(gateway_routes="no-stream", unrouted=unrouted, ledger=ledger)
    assert (warning.rule, warning.operation) == ("route_not_served", "stream_status")
    assert warning.level == "warning"
    assert ledger.answers["get_status", 200] > 20


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_operation_and_what_only_a_sequence_reaches_is_exercised(
    held: Held, dialect: str
) -> None:
    ledger = Ledger()
    assert held(ledger=ledger, **{**IN_STEPS, "dialect": dialect}) == []
    reached = {
        name: {status for operation, status in ledger.answers if operation == name}
        for name in Contract.load().operations
    }
    (submit,) = (name for name in reached if name.startswith("submit_"))
    assert reached[submit] >= {200, 401, 422}
    assert reached["get_status"] >= {200, 401, 404}
    assert reached["stream_status"] >= {200, 401, 404}
    assert reached["get_result"] >= {200, 401, 404}
    assert reached["cancel_request"] >= {202, 400, 401, 404}
    assert ledger.phases["semantics"] > 50
    assert ledger.phases["semantics machine"] > 100


def test_the_same_seed_asks_the_same_questions(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    def asked(seed: int) -> list[tuple[str, str, str, str]]:
        sandbox = chainhub_sandbox_factory(**AT_ONCE)
        # Who may wait long for a stream does not ask the status whenever a busy machine is late.
        target = Target(sandbox.base_url, sandbox.key, timeout=60.0)
        assert run(target, Contract.load(), Ledger(), seed=seed, first=False) == []
        return [
            (call.method, call.operation, str(call.query), call.body_digest)
            for call in sandbox.calls
        ]

    assert asked(7) == asked(7)
    assert asked(7) != asked(8)


def test_a_new_endpoint_is_held_to_the_rules_with_no_line_written(
    held: Held, tmp_path: Path
) -> None:
    document = yaml.safe_load(OPENAPI.read_text("utf-8"))
    (path,) = (path for path in document["paths"] if "{" not in path)
    added = copy.deepcopy(document["paths"][path])
    added["post"] |= {"operationId": "submit_sketch", "x-endpoint-id": "fal-ai/sketch"}
    for link in added["post"]["responses"]["200"]["links"].values():
        link["parameters"]["model_name"] = "sketch"
    added["post"]["requestBody"]["content"]["application/json"] = {
        "schema": {
            "type": "object",
            "required": ["prompt", "image_urls"],
            "properties": {
                "prompt": {"type": "string", "minLength": 1},
                "image_urls": {
                    "type": "array",
                    "minItems": 1,
                    "items": {"type": "string", "x-file-types": ["jpg"]},
                },
                "num_images": {"type": "integer", "minimum": 1, "maximum": 4},
            },
        }
    }
    document["paths"]["/fal-ai/sketch"] = added
    place = tmp_path / "openapi.yaml"
    place.write_text(yaml.safe_dump(document))
    for dialect in DIALECTS:
        ledger = Ledger()
        assert held(contract=place, ledger=ledger, dialect=dialect) == []
        assert ledger.answers["submit_sketch", 200] > 5


@pytest.fixture
def any_model(tmp_path: Path) -> Path:
    """A contract that names a word for every model on its result route."""
    document = yaml.safe_load(OPENAPI.read_text("utf-8"))
    for item in document["paths"].values():
        if item.get("get", {}).get("operationId") == "get_result":
            item["get"]["x-any-model"] = {"model_name": "whichever"}
    place = tmp_path / "openapi.yaml"
    place.write_text(yaml.safe_dump(document))
    return place


def test_the_word_for_every_model_leads_to_the_same_job_where_the_contract_has_one(
    held: Held, any_model: Path
) -> None:
    def lose(sandbox: Sandbox) -> None:
        gone = Answer.json(404, {"status": "NOT_FOUND"})
        below = Fault(alter=lambda found, ex: gone if "/whichever/" in ex.path else found)
        sandbox.faults.add("result", below, times=None)

    assert held(contract=any_model) == []
    (error,) = held(contract=any_model, prepare=lose)
    assert (error.rule, error.operation) == ("answered", "get_result")
    assert "/whichever/" in error.curl
    assert held(contract=any_model, prepare=lose, dialect="fal") == []
    assert held(prepare=lose) == []


def test_a_contract_without_endpoints_proves_nothing() -> None:
    document = yaml.safe_load(OPENAPI.read_text("utf-8"))
    document["paths"] = {path: item for path, item in document["paths"].items() if "{" in path}
    with pytest.raises(ValueError, match="no operation whose ticket links"):
        run(
            Target("http://127.0.0.1:9", "k"), Contract.read(document), Ledger(), seed=0, first=True
        )
