"""Edits of what servers answer, as a careless page, overlay or merge could make them."""

from __future__ import annotations

from .contract_edits import (
    ContractMutant,
    changed,
    component,
    dropped,
    less,
    more,
    of_type,
    output_schema,
    put,
    with_keyword,
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

ANSWERS = (
    *_STATES,
    ContractMutant(
        "state-added",
        "answer",
        "a state is announced that the queue never reports",
        changed(component("QueueState"), "enum", more("EXPIRED")),
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
    ),
    ContractMutant(
        "ticket-id-dropped",
        "answer",
        "the id is the only receipt",
        dropped(component("QueueTicket", "properties"), "request_id"),
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
    ),
    ContractMutant(
        "error-message-renamed",
        "answer",
        "the words stand in another field",
        changed(component("GatewayErrorBody"), "required", lambda _: ["text", "type"]),
    ),
)
"""What a ticket, a status, an output, an error may hold."""
