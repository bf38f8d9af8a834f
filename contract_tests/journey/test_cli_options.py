"""Options made from a schema, whichever model it belongs to; help texts; the table of codes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from chainhub_fal import FLUX_1_SCHNELL_REDUX, Endpoint
from chainhub_fal.cli import fields
from chainhub_fal.cli.app import commands
from chainhub_fal.cli.exits import Exit
from chainhub_fal.cli.values import read_value

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "help"
COMMANDS = ("", "run", "submit", "status", "result", "cancel", "batch", "jobs")


def endpoint(properties: Mapping[str, object], files: Mapping[str, tuple[str, ...]]) -> Endpoint[..., object]:  # fmt: skip
    redux: Any = FLUX_1_SCHNELL_REDUX
    return Endpoint(
        id="fal-ai/other",
        path="/fal-ai/other",
        model_name="other",
        operation_id="submit_other",
        build=dict,
        input_model=redux.input_model,
        output_model=object,
        input_schema={"properties": properties, "required": ["clip_urls"]},
        output_schema={},
        files=files,
        summary="",
    )


OTHER = endpoint(
    {
        "mask_url": {"type": "string", "x-file-types": ["png"]},
        "clip_urls": {"type": "array", "items": {"type": "string"}},
        "prompt": {"type": "string"},
        "out": {"type": "integer"},
        "loras": {"type": "array", "items": {"type": "integer"}},
        "strength": {"anyOf": [{"type": "number"}, {"type": "null"}], "maximum": 1},
        "steps": {"type": "integer", "enum": [4, 8]},
    },
    {"mask_url": ("png",), "clip_urls": ("mp4",)},
)


def parse(arguments: list[str]) -> dict[str, object]:
    given: dict[str, object] = {}

    @click.pass_context
    def take(context: click.Context, /, **_: object) -> None:
        given.update(fields.given(context))

    parameters = fields.options(OTHER, taken={"--out"})
    click.Command("other", params=parameters, callback=take).main(arguments, standalone_mode=False)
    return given


def test_options_follow_the_schema_of_a_model_never_seen_before() -> None:
    command = ["--mask-url", "m.png", "--prompt", "5", "--loras", "1", "--loras", "2"]
    assert parse([*command, "--strength", "0.5", "--steps", "8"]) == {
        "mask_url": "m.png", "prompt": "5", "loras": [1, 2], "strength": 0.5, "steps": 8,
    }  # fmt: skip
    assert parse(["--strength", "null"]) == {"strength": None}
    assert parse([]) == {}
    flags = [flag for option in fields.options(OTHER, taken={"--out"}) for flag in option.opts]
    assert "--out" not in flags  # the command's own; the input is left to --set
    assert "--clip-urls" not in flags  # the argument


def test_the_argument_is_the_required_file_and_a_list_where_the_model_takes_one() -> None:
    assert fields.file_field(OTHER) == "clip_urls"
    assert fields.file_value(OTHER, "a.mp4") == ["a.mp4"]
    (argument,) = fields.argument(OTHER, several=True)
    assert argument.metavar == "CLIP..."
    assert fields.argument(endpoint({}, {}), several=True) == []
    (optional,) = fields.argument(endpoint({}, {"image_url": ("png",)}), several=False)
    assert optional.metavar == "[IMAGE]"


def test_inputs_become_arguments_and_arguments_the_same_inputs() -> None:
    inputs = {"prompt": "it's", "steps": 8, "strength": 0.5, "loras": [1, 2], "out": 3}
    words = list(fields.arguments(inputs, OTHER, taken={"--out"}))
    options = {"prompt": "it's", "steps": 8, "strength": 0.5}
    assert parse(words[: words.index("--set")]) == options
    settings = [fields.read_setting(word, OTHER) for word in words if "=" in word]
    assert {**options, **dict(settings)} == inputs
    urls = {"clip_urls": ["a.mp4", "data:video/mp4;base64,AA"], "mask_url": "data:image/png,x"}
    shown = ["--set", 'clip_urls=["a.mp4", "FILE"]', "--mask-url", "FILE"]
    assert list(fields.arguments(urls, OTHER, taken=())) == shown


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ("4", {"type": "integer"}, 4),
        ("4.5", {"type": "integer"}, "4.5"),
        ("4.5", {"type": "number"}, 4.5),
        ("true", {"type": "boolean"}, True),
        ("1", {"type": "boolean"}, "1"),
        ("true", {"type": "string"}, "true"),
        ("5", {"type": ["integer", "string"]}, "5"),
        ("null", {"type": ["integer", "null"]}, None),
        ('{"a": 1}', {"type": "object"}, {"a": 1}),
        ("[1]", {"type": "array"}, [1]),
        ("640x480", FLUX_1_SCHNELL_REDUX.input_schema["properties"]["image_size"], {"width": 640, "height": 480}),  # type: ignore[index]
        ("16:9", FLUX_1_SCHNELL_REDUX.input_schema["properties"]["image_size"], "16:9"),  # type: ignore[index]
        ("anything", {}, "anything"),
    ],
)  # fmt: skip
def test_text_is_read_by_the_type_of_the_input(
    text: str, schema: dict[str, object], value: object
) -> None:
    read = read_value(text, schema)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_is_the_one_that_was_reviewed(name: str) -> None:
    arguments = [*([name] if name else []), "--help"]
    shown = CliRunner().invoke(commands, arguments, prog_name="chainhub-fal", terminal_width=90)
    snapshot = SNAPSHOTS / f"{name or 'chainhub-fal'}.txt"
    assert shown.exit_code == 0
    assert shown.stdout == snapshot.read_text("utf-8"), f"if this is meant, put it into {snapshot}"


def test_the_codes_in_the_documentation_are_the_ones_in_the_code() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    documented = re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE)
    assert documented == [(str(int(code)), code.meaning) for code in Exit]


def test_every_shared_option_is_in_the_documentation() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    options = [option for parameter in commands.params for option in parameter.opts]
    assert [option for option in options if f"`{option}" not in page] == []
