"""Edits of what a model is sent, as a careless page, overlay or merge could make them."""

from __future__ import annotations

from .contract_edits import (
    ContractMutant,
    changed,
    component,
    dropped,
    input_schema,
    less,
    more,
    of_submit,
    of_type,
    put,
    with_keyword,
)

_CHOICES = with_keyword(input_schema, "type", "enum")
_RANGE = with_keyword(input_schema, "minimum", "maximum")
_FILE = with_keyword(input_schema, "x-file-types")
_ALIASED = with_keyword(input_schema, "x-aliases")

INPUTS = (
    ContractMutant(
        "input-choice-dropped",
        "input",
        "a value that the model takes is refused",
        changed(_CHOICES, "enum", lambda items: items[:-1]),
    ),
    ContractMutant(
        "input-choice-added",
        "input",
        "a value is offered that the model refuses",
        changed(_CHOICES, "enum", more("default")),
    ),
    ContractMutant(
        "input-default-changed",
        "input",
        "the client sends its defaults, so another result",
        changed(_CHOICES, "default", lambda _: "no-such-value"),
    ),
    ContractMutant(
        "input-most-raised",
        "input",
        "more is offered than the model takes",
        changed(_RANGE, "maximum", lambda most: most + 1),
    ),
    ContractMutant(
        "input-most-lowered",
        "input",
        "the most that is allowed is refused",
        changed(_RANGE, "maximum", lambda most: most - 1),
    ),
    ContractMutant(
        "input-least-raised",
        "input",
        "the least that is allowed is refused",
        changed(_RANGE, "minimum", lambda least: least + 1),
    ),
    ContractMutant(
        "input-least-lowered",
        "input",
        "less is offered than the model takes",
        changed(_RANGE, "minimum", lambda least: least - 1),
    ),
    ContractMutant(
        "input-type-changed",
        "input",
        "a number is to be sent as text",
        put(_RANGE, "type", "string"),
    ),
    ContractMutant(
        "input-switch-made-text",
        "input",
        "true is to be sent as text",
        put(of_type(input_schema, "boolean"), "type", "string"),
    ),
    ContractMutant(
        "input-null-dropped",
        "input",
        "null means: the model may choose",
        changed(of_type(input_schema, "null"), "type", less("null")),
    ),
    ContractMutant(
        "input-null-added",
        "input",
        "null is offered where the model takes none",
        changed(_RANGE, "type", lambda name: [name, "null"]),
    ),
    ContractMutant(
        "input-format-changed",
        "input",
        "an address is to be something else",
        put(_FILE, "format", "uuid"),
    ),
    ContractMutant(
        "input-least-length-dropped",
        "input",
        "an empty address is offered",
        dropped(_FILE, "minLength"),
        "equivalent: an empty text is no address, so the format refuses it as well",
    ),
    ContractMutant(
        "input-file-types-dropped",
        "input",
        "a local file is no longer loaded",
        dropped(_FILE, "x-file-types"),
    ),
    ContractMutant(
        "input-alias-changed",
        "input",
        "a ratio becomes another size",
        changed(_ALIASED, "x-aliases", lambda names: dict.fromkeys(names, "square")),
    ),
    ContractMutant(
        "input-alternatives-cut",
        "input",
        "one form of an input is no longer allowed",
        changed(with_keyword(input_schema, "oneOf"), "oneOf", lambda items: items[:1]),
    ),
    ContractMutant(
        "input-required-dropped",
        "input",
        "what the model needs may be left out",
        changed(input_schema, "required", lambda _: []),
    ),
    ContractMutant(
        "input-required-added",
        "input",
        "what the model does not need is demanded",
        changed(input_schema, "required", more("no_such_input")),
    ),
    ContractMutant(
        "input-closed",
        "input",
        "what is not documented yet is refused",
        put(input_schema, "additionalProperties", value=False),
    ),
    ContractMutant(
        "body-made-optional",
        "input",
        "a submit without a body is offered",
        put(of_submit("requestBody"), "required", value=False),
    ),
    ContractMutant(
        "body-of-another-media-type",
        "input",
        "JSON is to be sent as a form",
        changed(
            of_submit("requestBody"),
            "content",
            lambda content: {"application/x-www-form-urlencoded": content["application/json"]},
        ),
    ),
    ContractMutant(
        "body-of-another-schema",
        "input",
        "the input is another's",
        put(
            of_submit("requestBody", "content", "application/json"),
            "schema",
            {"$ref": "#/components/schemas/QueueTicket"},
        ),
    ),
    ContractMutant(
        "pixels-bounded-off",
        "input",
        "the smallest picture is refused",
        changed(
            component("ImageSize", "properties", "width"),
            "exclusiveMinimum",
            lambda least: least + 1,
        ),
    ),
    ContractMutant(
        "preset-dropped",
        "input",
        "a size that the model takes is refused",
        changed(component("ImageSizePreset"), "enum", less("landscape_4_3")),
    ),
)
"""What a submit may hold."""
