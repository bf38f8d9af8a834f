from __future__ import annotations

import pytest

from spec.nodes import Json, JsonMap, at, mapping, sequence

from .desk import Desk
from .family import TICKET, page

LOSSES: dict[str, tuple[JsonMap, JsonMap, str, JsonMap, str]] = {
    "only the example has it": ({}, {"size": 4}, "size", {"type": "integer"}, "only the example"),
    "a whole number for a scale": ({}, {"cfg_scale": 4}, "cfg_scale", {"type": "number"}, "number"),
    "an integer with a fraction": (
        {"x": {"type": "integer"}},
        {"x": 0.5},
        "x",
        {"type": "number"},
        "read as number",
    ),
    "two simple types": (
        {"x": {"type": "string"}},
        {"x": 5},
        "x",
        {"type": ["string", "integer"]},
        "contradicts",
    ),
    "no simple type": (
        {"x": {"type": "string"}},
        {"x": {"a": 1}},
        "x",
        {"type": "string"},
        "left out of the example",
    ),
    "type null": ({"x": {"type": "null"}}, {"x": "a"}, "x", {"type": "string"}, "type 'null'"),
    "no type": ({"x": {"description": "d"}}, {"x": True}, "x", {"type": "boolean"}, "without"),
    "a default that does not fit": (
        {"x": {"type": "integer", "default": "a"}},
        {},
        "x",
        {"type": "integer"},
        "does not fit",
    ),
    "an enum of no names": (
        {"x": {"type": "string", "enum": ["1K", "2K"]}},
        {},
        "x",
        {"type": "string", "enum": ["1K", "2K"], "x-enum-varnames": ["VALUE_1K", "VALUE_2K"]},
        "named",
    ),
    "a size": (
        {},
        {"image_size": {"width": 1, "height": 1}},
        "image_size",
        {
            "oneOf": [
                {"$ref": "#/components/schemas/ImageSizePreset"},
                {"$ref": "#/components/schemas/ImageSize"},
            ]
        },
        "a preset or a size",
    ),
}


@pytest.mark.parametrize(
    ("properties", "example", "name", "becomes", "says"), LOSSES.values(), ids=LOSSES
)
def test_a_loss_is_told_and_made_good_as_far_as_the_page_says(
    desk: Desk, properties: JsonMap, example: JsonMap, name: str, becomes: JsonMap, says: str
) -> None:
    desk.bring(page("/fal-ai/app/draw", properties, example))
    assert desk.field(name) == becomes
    assert any(says in line for line in desk.said)


def test_an_example_that_lacks_what_is_required_is_left_out(desk: Desk) -> None:
    text = page("/fal-ai/app/draw", {"prompt": {"type": "string"}}, {"seed": 1})
    desk.bring(text.replace("{type: object, prop", "{type: object, required: [prompt, x], prop"))
    media = ("post", "requestBody", "content", "application/json")
    found = mapping(at(desk.built().document, "paths", "/fal-ai/app/draw", *media), media)
    assert "example" not in found
    assert any("the example lacks prompt, x" in line for line in desk.said)


def test_values_that_are_no_names_get_some_wherever_they_stand(desk: Desk) -> None:
    items: JsonMap = {"type": "array", "items": {"type": "string", "enum": ["a", "A", "16:9"]}}
    desk.bring(page("/fal-ai/app/draw", {"ratios": items}))
    assert at(desk.field("ratios"), "items", "x-enum-varnames") == ["A", "A_2", "VALUE_16_9"]


def test_a_ticket_copied_from_another_page_names_this_endpoints_app(desk: Desk) -> None:
    desk.bring(page("/fal-ai/own/draw", {}))
    answer = ("responses", "200", "content", "application/json", "example", "status_url")
    shown = at(desk.built().document, "paths", "/fal-ai/own/draw", "post", *answer)
    assert shown == "https://queue.fal.run/fal-ai/own/requests/acf05732/status"
    assert any("name app: copied; read as own" in line for line in desk.said)


def test_an_example_that_is_no_ticket_is_replaced_and_no_key_is_no_choice(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw", {}, ticket={**TICKET, "logs": {}}, own_security=[]))
    operation = mapping(at(desk.built().document, "paths", "/fal-ai/app/draw", "post"), ("post",))
    media = mapping(at(operation, "responses", "200", "content", "application/json"), ("media",))
    assert at(media, "example", "request_id") == "00000000-0000-4000-8000-000000000000"
    assert "security" not in operation
    assert any("that no key is needed" in line for line in desk.said)


OUTPUTS: dict[str, tuple[str, JsonMap, str]] = {
    "by its path": ("/fal-ai/app/text-to-video", {"image_url": {"type": "string"}}, "video"),
    "the last of two": ("/fal-ai/app/image-to-video/video-to-image", {}, "images"),
    "speech": ("/fal-ai/app/text-to-speech", {}, "audio"),
    "by its fields": ("/fal-ai/app", {"p": {"type": "string", "description": "视频"}}, "video"),
    "by nothing": ("/fal-ai/app", {"p": {"type": "string"}}, "images"),
}


@pytest.mark.parametrize(("path", "properties", "name"), OUTPUTS.values(), ids=OUTPUTS)
def test_an_output_is_drafted_with_its_files_alone_required_as_inferred_and_asked_about(
    desk: Desk, path: str, properties: JsonMap, name: str
) -> None:
    desk.bring(page(path, properties))
    document = desk.built().document
    reference = str(at(document, "paths", path, "post", "x-output"))
    output = mapping(at(document, "components", "schemas", reference.rsplit("/", 1)[-1]), ("out",))
    assert name in mapping(output["properties"], ("properties",))
    assert output["required"] == [name]
    assert {at(entry, "source") for entry in sequence(output["x-evidence"], ())} == {"inferred"}
    assert any(line.startswith("question: is the output right?") for line in desk.said)


def test_an_output_that_the_page_shows_is_taken_from_it(desk: Desk) -> None:
    shown: Json = {"mesh": {"url": "https://v3.fal.media/a.glb"}, "seed": 7}
    desk.bring(page("/fal-ai/app/draw", {}, ticket=shown))
    output = at(desk.built().document, "components", "schemas", "AppDrawOutput")
    assert at(output, "properties", "mesh", "properties", "url") == {"type": "string"}
    assert at(output, "required") == ["mesh"]
    assert at(output, "x-evidence", 0, "source") == "vendor-page"
    assert at(output, "x-evidence", 1, "source") == "inferred"
    assert "what holds the files" in str(at(output, "x-evidence", 1, "note"))


def test_an_output_without_a_file_requires_nothing(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/caption", {}, ticket={"text": "a cat", "urls": ["x"]}))
    assert "required" not in mapping(
        at(desk.built().document, "components", "schemas", "AppCaptionOutput"), ()
    )
