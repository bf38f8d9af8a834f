"""The contract as the sandbox reads it, and outputs built by rule for models not seen before."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainhub_fal_sandbox.artefacts import Studio
from chainhub_fal_sandbox.contract import ContractError, load_contract, read_contract
from chainhub_fal_sandbox.files import FileStore
from chainhub_fal_sandbox.orders import read_order
from chainhub_fal_sandbox.outputs import OutputBuilder
from chainhub_fal_sandbox.pictures import invent

OTHER_MODEL: dict[str, object] = {
    "paths": {
        "/acme/painter/v2/edit": {
            "post": {
                "operationId": "submit_painter",
                "x-endpoint-id": "acme/painter/v2/edit",
                "x-output": "#/components/schemas/Painting",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}
                    }
                },
            }
        },
        "/acme/{model_name}/requests/{request_id}/cancel": {"put": {"operationId": "stop"}},
    },
    "components": {
        "schemas": {
            "Wish": {
                "type": "object",
                "properties": {
                    "image_urls": {
                        "type": "array",
                        "items": {"type": "string", "x-file-types": ["png"]},
                    },
                    "video_url": {"type": "string", "x-file-types": ["mp4"]},
                    "prompt": {"type": "string"},
                    "num_images": {"type": "integer", "default": 2},
                    "image_size": {"type": "string", "default": "square"},
                    "output_format": {"type": "string", "default": "png"},
                },
            },
            "Painting": {
                "type": "object",
                "properties": {
                    "image": {"anyOf": [{"type": "null"}, {"$ref": "#/components/schemas/File"}]},
                    "audio": {"allOf": [{"$ref": "#/components/schemas/File"}]},
                    "pages": {"type": "array", "items": {"type": "number"}, "maxItems": 1},
                    "mode": {"enum": ["calm", "wild"]},
                    "level": {"type": ["integer", "null"]},
                    "seed": {"type": "integer"},
                    "prompt": {"type": "string"},
                },
            },
            "File": {
                "type": "object",
                "required": ["url", "file_size", "note"],
                "properties": {
                    "url": {"type": "string"},
                    "content_type": {"type": "string"},
                    "file_size": {"type": "integer"},
                    "note": {"type": "string", "default": "made here"},
                },
            },
        }
    },
}


def test_an_output_follows_the_schema_and_the_input_of_any_model() -> None:
    contract = read_contract(OTHER_MODEL)
    endpoint = contract.endpoints["/acme/painter/v2/edit"]
    files = FileStore()
    order = read_order(endpoint, contract, {"prompt": "a sea", "seed": 5})
    builder = OutputBuilder(contract, files, "http://here", Studio(order, invent("x"), 16), 0.5)
    output = builder.build(endpoint.output_schema)
    assert isinstance(output, dict)
    image, audio = output.pop("image"), output.pop("audio")
    assert output == {"pages": [0.0], "mode": "calm", "level": 0, "seed": 5, "prompt": "a sea"}
    for file, media_type in ((image, "image/png"), (audio, "audio/wav")):
        stored = files.find(file["url"].removeprefix("http://here/files/"))
        assert stored is not None
        assert stored.content_type == file["content_type"] == media_type
        assert file["file_size"] == len(stored.make())
        assert file["note"] == "made here"


@pytest.mark.parametrize(
    ("wanted", "size"),
    [
        (None, (1024, 768)),
        ("square", (512, 512)),
        ("square_hd", (1024, 1024)),
        ("portrait_4_3", (768, 1024)),
        ("portrait_16_9", (576, 1024)),
        ("landscape_16_9", (1024, 576)),
        ("9:16", (576, 1024)),
        ({"width": 30, "height": 20.0}, (30, 20)),
        ({"width": 30}, (30, 512)),
    ],
)
def test_a_size_is_a_preset_a_ratio_or_two_numbers(wanted: object, size: tuple[int, int]) -> None:
    contract = load_contract()
    endpoint = contract.endpoints["/fal-ai/flux-1/schnell/redux"]
    body = {} if wanted is None else {"image_size": wanted}
    assert read_order(endpoint, contract, body).size == size


def test_whole_numbers_count_however_they_are_written() -> None:
    contract = load_contract()
    endpoint = contract.endpoints["/fal-ai/flux-1/schnell/redux"]
    order = read_order(endpoint, contract, {"num_images": 3.0, "seed": 2.0})
    assert (order.count, order.seed) == (3, 2)


def test_operations_are_known_by_what_they_do() -> None:
    contract = read_contract(OTHER_MODEL)
    assert contract.kinds == {"submit_painter": "submit", "stop": "cancel"}
    assert contract.endpoints["/acme/painter/v2/edit"].picture_fields == ("image_urls",)


def test_the_projects_contract_is_found_and_every_submit_operation_is_served() -> None:
    contract = load_contract()
    kinds = set(contract.kinds.values())
    assert kinds == {"submit", "result", "status", "stream", "cancel"}
    assert all(path == f"/{e.endpoint_id}" for path, e in contract.endpoints.items())


@pytest.mark.parametrize("text", ["[]", "paths: {}", "openapi: 3.1.0"])
def test_a_contract_with_nothing_to_serve_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "empty.yaml"
    file.write_text(text)
    with pytest.raises(ContractError, match=r"empty\.yaml"):
        load_contract(file)


def test_a_reference_that_leads_nowhere_is_named() -> None:
    with pytest.raises(ContractError, match="Gone"):
        read_contract(OTHER_MODEL).resolve({"$ref": "#/components/schemas/Gone"})
