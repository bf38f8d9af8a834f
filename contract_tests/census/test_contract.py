"""What must hold of the contract whichever models it has."""

from pathlib import Path

import pytest

from spec import names
from spec.derive import submits
from spec.evidence import SOURCES
from spec.generate import read_yaml
from spec.grammar import visit
from spec.hints import ALIASES, FILE_TYPES
from spec.nodes import JsonMap, at, branch, sequence
from spec.operations import operations

ERRORS = {"400", "401", "403", "404", "422", "429", "500", "502", "503", "504"}
CONTRACT = read_yaml(Path(__file__).resolve().parents[2] / "openapi.yaml")
SUBMITS = dict(submits(CONTRACT))
OPERATIONS = {str(each["operationId"]): each for _, _, each in operations(CONTRACT)}


def answer(operation: JsonMap, status: str, *steps: str) -> object:
    return at(operation, "responses", status, "content", "application/json", *steps)


def test_the_queue_has_its_five_kinds_of_operation() -> None:
    assert SUBMITS
    followed = OPERATIONS.keys() - {str(each["operationId"]) for each in SUBMITS.values()}
    assert followed == {"get_result", "get_status", "stream_status", "cancel_request"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_documents_its_errors_and_needs_the_key(name: str) -> None:
    documented = set(branch(OPERATIONS[name], "responses"))
    assert documented >= ERRORS
    assert CONTRACT["security"] == [{"bearer": []}]
    assert "security" not in OPERATIONS[name]


@pytest.mark.parametrize("path", SUBMITS)
def test_a_submit_takes_a_named_input_and_answers_the_ticket(path: str) -> None:
    operation = SUBMITS[path]
    body = branch(operation, "requestBody")
    assert body["required"] is True
    assert at(body, "content", "application/json", "schema", "$ref") == (
        f"#/components/schemas/{names.component(path, 'Input')}"
    )
    assert at(body, "content", "application/json", "example")
    assert answer(operation, "200", "schema", "$ref") == "#/components/schemas/QueueTicket"
    links = branch(operation, "responses", "200", "links")
    assert set(links) == {"status", "stream", "result", "cancel"}
    assert {"$ref": operation["x-output"]} in sequence(
        at(CONTRACT, "components", "schemas", "JobResult", "anyOf"), ()
    )


@pytest.mark.parametrize("path", SUBMITS)
def test_a_tickets_example_keeps_the_app_of_its_endpoint(path: str) -> None:
    ticket = answer(SUBMITS[path], "200", "example")
    assert isinstance(ticket, dict)
    own = f"https://queue.fal.run/fal-ai/{names.model_name(path)}/requests/{ticket['request_id']}"
    assert [ticket["response_url"], ticket["status_url"], ticket["cancel_url"]] == [
        own,
        f"{own}/status",
        f"{own}/cancel",
    ]


def test_the_redux_input_is_what_page_and_upstream_say() -> None:
    fields = branch(CONTRACT, "components", "schemas", "Flux1SchnellReduxInput", "properties")
    assert {name: at(field, "default") for name, field in fields.items()} == {
        "image_url": None,
        "num_inference_steps": 4,
        "image_size": "landscape_4_3",
        "num_images": 1,
        "enable_safety_checker": True,
        "output_format": "jpeg",
        "acceleration": "regular",
        "seed": None,
        "sync_mode": False,
    }
    bounds = {name: (at(node, "minimum"), at(node, "maximum")) for name, node in fields.items()}
    assert bounds["num_inference_steps"] == (1, 12)
    assert bounds["num_images"] == (1, 4)
    assert at(fields, "image_url", FILE_TYPES) == ["jpg", "jpeg", "png", "webp", "gif", "avif"]
    assert at(fields, "image_size", ALIASES, "16:9") == "landscape_16_9"
    assert at(fields, "output_format", "enum") == ["jpeg", "png"]
    assert at(fields, "acceleration", "enum") == ["none", "regular", "high"]
    assert at(fields, "seed", "x-evidence", 0, "source") == "upstream"


def test_nobody_can_take_the_status_and_cancel_routes_for_documented_ones() -> None:
    sources = {
        name: [at(entry, "source") for entry in sequence(operation["x-evidence"], ())]
        for name, operation in OPERATIONS.items()
    }
    assert sources["get_result"] == ["gateway-docs"]
    assert sources["get_status"] == sources["cancel_request"] == ["upstream"]
    assert {source for listed in sources.values() for source in listed} <= set(SOURCES)


def test_the_word_default_is_never_a_value() -> None:
    enums = [sequence(node.get("enum") or [], ()) for _, _, node in visit(CONTRACT)]
    assert "default" not in [value for enum in enums for value in enum]
