"""Edits of the contract that a careless page, overlay or merge could make, each with its reason."""

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
    output_schema,
    put,
    with_keyword,
)

_CHOICES = with_keyword(input_schema, "type", "enum")
_RANGE = with_keyword(input_schema, "minimum", "maximum")
_FILE = with_keyword(input_schema, "x-file-types")
_ALIASED = with_keyword(input_schema, "x-aliases")
_WIDER = "it allows more than the server does, and no answer or refusal shows it"

_INPUTS = (
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
        "the format refuses an empty address as well",
    ),
    ContractMutant(
        "input-file-types-dropped",
        "input",
        "a local file is no longer loaded",
        dropped(_FILE, "x-file-types"),
        "it says how the client is to be generated, and nothing about the wire",
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

_STATES = tuple(
    ContractMutant(
        f"state-{state.lower().replace('_', '-')}-dropped",
        "answer",
        "a state that the queue reports",
        changed(component("QueueState"), "enum", less(state)),
    )
    for state in ("IN_QUEUE", "IN_PROGRESS", "COMPLETED", "FAILED")
)

_ANSWERS = (
    *_STATES,
    ContractMutant(
        "state-added",
        "answer",
        "a state is announced that the queue never reports",
        changed(component("QueueState"), "enum", more("EXPIRED")),
        _WIDER,
    ),
    ContractMutant(
        "cancel-word-dropped",
        "answer",
        "a word that a cancel is answered with",
        changed(
            component("CancelAnswer", "properties", "status"),
            "enum",
            less("CANCELLATION_REQUESTED"),
        ),
    ),
    ContractMutant(
        "refusal-word-dropped",
        "answer",
        "a word that an unknown id is answered with",
        changed(component("RequestRefusal", "properties", "status"), "enum", less("NOT_FOUND")),
        "FalErrorText and its kin do not match it, yet only fal's own dialect says it",
    ),
    ContractMutant(
        "ticket-field-demanded",
        "answer",
        "no ticket has it",
        changed(component("QueueTicket"), "required", more("expires_at")),
    ),
    ContractMutant(
        "ticket-id-not-demanded",
        "answer",
        "the id is the only receipt",
        changed(component("QueueTicket"), "required", less("request_id")),
        _WIDER,
    ),
    ContractMutant(
        "ticket-id-dropped",
        "answer",
        "the id is the only receipt",
        dropped(component("QueueTicket", "properties"), "request_id"),
        _WIDER,
    ),
    ContractMutant(
        "ticket-id-a-number",
        "answer",
        "ids are text",
        put(component("QueueTicket", "properties", "request_id"), "type", "integer"),
    ),
    ContractMutant(
        "ticket-address-of-another-form",
        "answer",
        "an address is no date",
        put(component("QueueTicket", "properties", "status_url"), "format", "date"),
    ),
    ContractMutant(
        "ticket-address-without-form",
        "answer",
        "any text is taken for an address",
        dropped(component("QueueTicket", "properties", "status_url"), "format"),
        _WIDER,
    ),
    ContractMutant(
        "ticket-place-from-one",
        "answer",
        "0 is next",
        changed(
            component("QueueTicket", "properties", "queue_position"),
            "minimum",
            lambda least: least + 1,
        ),
    ),
    ContractMutant(
        "ticket-logs-never-null",
        "answer",
        "a fresh ticket has no logs",
        changed(component("QueueTicket", "properties", "logs"), "type", less("null")),
    ),
    ContractMutant(
        "status-logs-never-null",
        "answer",
        "logs are null unless asked for",
        changed(component("QueueStatus", "properties", "logs"), "type", less("null")),
    ),
    ContractMutant(
        "status-place-demanded",
        "answer",
        "a finished job has no place",
        changed(component("QueueStatus"), "required", more("queue_position")),
    ),
    ContractMutant(
        "status-word-not-demanded",
        "answer",
        "a status says where a job stands",
        changed(component("QueueStatus"), "required", less("status")),
        _WIDER,
    ),
    ContractMutant(
        "status-word-of-another-type",
        "answer",
        "a state is a word",
        changed(component("QueueStatus", "properties"), "status", lambda _: {"type": "integer"}),
    ),
    ContractMutant(
        "status-error-never-null",
        "answer",
        "most jobs have no error",
        changed(component("QueueStatus", "properties", "error"), "type", less("null")),
        "servers leave the field out where there is no error",
    ),
    ContractMutant(
        "output-pictures-at-least-two",
        "answer",
        "one picture is the default",
        put(with_keyword(output_schema, "minItems"), "minItems", 2),
    ),
    ContractMutant(
        "output-pictures-at-most-none",
        "answer",
        "every output has pictures",
        put(with_keyword(output_schema, "maxItems"), "maxItems", 0),
    ),
    ContractMutant(
        "output-field-demanded",
        "answer",
        "no output has it",
        changed(output_schema, "required", more("no_such_field")),
    ),
    ContractMutant(
        "output-field-not-demanded",
        "answer",
        "the pictures are what was paid for",
        changed(output_schema, "required", lambda _: []),
        _WIDER,
    ),
    ContractMutant(
        "output-number-made-text",
        "answer",
        "the seed is a number",
        put(of_type(output_schema, "integer"), "type", "string"),
    ),
    ContractMutant(
        "picture-address-dropped",
        "answer",
        "the address is all that a picture must have",
        changed(component("Image"), "required", lambda _: []),
        _WIDER,
    ),
    ContractMutant(
        "picture-size-demanded",
        "answer",
        "no picture has it",
        changed(component("Image"), "required", more("no_such_field")),
    ),
    ContractMutant(
        "picture-width-bounded",
        "answer",
        "pictures are wider than that",
        put(component("Image", "properties", "width"), "maximum", 1),
    ),
    ContractMutant(
        "result-without-output",
        "answer",
        "a finished job answers with its output",
        changed(component("JobResult"), "anyOf", lambda items: items[:1]),
    ),
    ContractMutant(
        "result-without-status",
        "answer",
        "a pending job answers with its status",
        changed(component("JobResult"), "anyOf", lambda items: items[1:]),
    ),
    ContractMutant(
        "refusals-without-the-queues",
        "answer",
        "an unknown id is answered in a form of its own",
        changed(component("RequestError"), "anyOf", lambda items: items[1:]),
    ),
    ContractMutant(
        "errors-without-lists",
        "answer",
        "a refused input is answered with a list",
        changed(component("Error"), "anyOf", lambda items: items[1:]),
    ),
    ContractMutant(
        "error-code-never-null",
        "answer",
        "an error may have no code",
        changed(component("GatewayErrorBody", "properties", "code"), "type", less("null")),
        "servers send an empty code or none",
    ),
    ContractMutant(
        "error-message-renamed",
        "answer",
        "the words stand in another field",
        changed(component("GatewayErrorBody"), "required", lambda _: ["text", "type"]),
    ),
)

CONTENT = (*_INPUTS, *_ANSWERS)
"""What bodies are made of."""
