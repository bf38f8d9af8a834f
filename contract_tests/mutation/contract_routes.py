"""Edits of what stands around bodies: statuses, media types, security, paths, names, links."""

from __future__ import annotations

from ..contract import X_EVENT
from ..events import EVENT_STREAM
from .contract_edits import (
    ContractMutant,
    Edit,
    Node,
    changed,
    dropped,
    named,
    of_submit,
    put,
    renamed,
    submit,
)

_JSON = "application/json"


def _root(document: Node) -> Node:
    return document


def _paths(document: Node) -> Node:
    paths: Node = document["paths"]
    return paths


def _query(document: Node) -> Node:
    parameter: Node = named("get_status")(document)["parameters"][0]
    return parameter


def _status_dropped(operation_id: str, status: str) -> ContractMutant:
    return ContractMutant(
        f"{operation_id.replace('_', '-')}-{status}-dropped",
        "status",
        "the server answers it, and the contract does not say so",
        dropped(named(operation_id, "responses"), status),
    )


def _submit_status_dropped(status: str) -> ContractMutant:
    return ContractMutant(
        f"submit-{status}-dropped",
        "status",
        "the server answers it, and the contract does not say so",
        dropped(of_submit("responses"), status),
    )


def _path_changed(old: str, new: str) -> Edit:
    def edit(document: Node) -> None:
        path = next((path for path in document["paths"] if path.endswith(old)), old)
        renamed(_paths, path, path.removesuffix(old) + new)(document)

    return edit


def _id_changed(document: Node) -> None:
    submit(document)["operationId"] += "_again"


_STATUSES = (
    *map(_submit_status_dropped, ("200", "401", "422", "429", "503")),
    _status_dropped("get_result", "200"),
    _status_dropped("get_result", "400"),
    _status_dropped("get_result", "404"),
    _status_dropped("get_status", "200"),
    _status_dropped("get_status", "202"),
    _status_dropped("get_status", "401"),
    _status_dropped("cancel_request", "202"),
    _status_dropped("cancel_request", "404"),
    ContractMutant(
        "submit-200-made-201",
        "status",
        "a ticket comes with 200",
        renamed(of_submit("responses"), "200", "201"),
    ),
    ContractMutant(
        "ticket-of-another-media-type",
        "media type",
        "tickets are JSON",
        renamed(of_submit("responses", "200", "content"), _JSON, "application/xml"),
    ),
    ContractMutant(
        "ticket-without-a-body",
        "media type",
        "the ticket is the body",
        dropped(of_submit("responses", "200"), "content"),
    ),
    ContractMutant(
        "ticket-of-another-schema",
        "media type",
        "a submit answers with a ticket",
        put(of_submit("responses", "200", "content", _JSON), "schema", {"type": "array"}),
    ),
)

_ACCESS = (
    ContractMutant(
        "security-removed", "access", "every route demands the key", dropped(_root, "security")
    ),
    ContractMutant(
        "security-optional", "access", "no key is no way in", put(_root, "security", [{}])
    ),
    ContractMutant(
        "submit-made-public",
        "access",
        "a submit without a key is refused",
        put(submit, "security", []),
    ),
    ContractMutant(
        "key-of-another-scheme",
        "access",
        "the gateway takes a Bearer token",
        put(
            lambda document: document["components"]["securitySchemes"]["bearer"], "scheme", "basic"
        ),
    ),
    ContractMutant(
        "server-changed",
        "access",
        "the key would be sent to another host",
        put(lambda document: document["servers"][0], "url", "https://api.example"),
    ),
)

_PLACES = (
    ContractMutant(
        "status-path-changed",
        "path",
        "the route is another",
        _path_changed("{request_id}/status", "{request_id}/state"),
    ),
    ContractMutant(
        "cancel-path-changed",
        "path",
        "the route is another",
        _path_changed("/cancel", "/stop"),
    ),
    ContractMutant(
        "result-path-changed",
        "path",
        "the route is another",
        _path_changed("/requests/{request_id}", "/jobs/{request_id}"),
    ),
    ContractMutant(
        "cancel-method-changed",
        "path",
        "a cancel is a PUT",
        renamed(
            lambda found: found["paths"][next(p for p in found["paths"] if p.endswith("/cancel"))],
            "put",
            "post",
        ),
    ),
    ContractMutant(
        "submit-renamed",
        "path",
        "the generated function and its endpoint are found by it",
        _id_changed,
    ),
    ContractMutant(
        "status-renamed",
        "path",
        "the generated function is found by it",
        put(named("get_status"), "operationId", "read_status"),
    ),
    ContractMutant(
        "link-to-nowhere",
        "link",
        "a ticket leads to its status",
        put(of_submit("responses", "200", "links", "status"), "operationId", "no_such_operation"),
    ),
    ContractMutant(
        "link-reads-another-field",
        "link",
        "the id of the ticket is the id of the job",
        put(
            of_submit("responses", "200", "links", "result", "parameters"),
            "request_id",
            "$response.body#/status_url",
        ),
    ),
    ContractMutant(
        "link-names-another-app",
        "link",
        "a job is asked for below its own app",
        put(
            of_submit("responses", "200", "links", "result", "parameters"),
            "model_name",
            "no-such-app",
        ),
    ),
    ContractMutant(
        "query-demanded",
        "parameter",
        "a status may be asked for without the logs",
        put(_query, "required", value=True),
    ),
    ContractMutant(
        "query-renamed",
        "parameter",
        "the server knows no such name",
        put(_query, "name", "lines"),
    ),
    ContractMutant(
        "query-bounded-off",
        "parameter",
        "1 is how logs are asked for",
        changed(lambda document: _query(document)["schema"], "maximum", lambda most: most - 1),
    ),
    ContractMutant(
        "id-made-a-number",
        "parameter",
        "ids are text",
        put(
            lambda document: document["components"]["parameters"]["RequestId"]["schema"],
            "type",
            "integer",
        ),
    ),
    ContractMutant(
        "example-of-a-ticket-broken",
        "example",
        "mocks and documents are made from examples",
        dropped(of_submit("responses", "200", "content", _JSON, "example"), "request_id"),
    ),
    ContractMutant(
        "example-of-a-pending-result-broken",
        "example",
        "mocks and documents are made from examples",
        put(
            named(
                "get_result", "responses", "202", "content", _JSON, "examples", "queued", "value"
            ),
            "status",
            "WAITING",
        ),
    ),
    ContractMutant(
        "endpoint-id-changed",
        "path",
        "people name a model by it",
        put(submit, "x-endpoint-id", "fal-ai/no-such-model"),
    ),
)


_TOLD = ("responses", "200", "content", EVENT_STREAM)
_STREAMS = (
    _status_dropped("stream_status", "200"),
    _status_dropped("stream_status", "404"),
    ContractMutant(
        "stream-path-changed",
        "path",
        "the route is another",
        _path_changed("/status/stream", "/status/events"),
    ),
    ContractMutant(
        "stream-link-dropped",
        "link",
        "a ticket leads to its stream",
        dropped(of_submit("responses", "200", "links"), "stream"),
    ),
    ContractMutant(
        "stream-link-to-the-status",
        "link",
        "the stream is another operation than the status",
        put(of_submit("responses", "200", "links", "stream"), "operationId", "get_status"),
    ),
    ContractMutant(
        "stream-of-another-media-type",
        "media type",
        "a stream is events, and no JSON",
        renamed(named("stream_status", *_TOLD[:-1]), EVENT_STREAM, _JSON),
    ),
    ContractMutant(
        "stream-of-nothing",
        "answer",
        "the data of each event is a status",
        dropped(named("stream_status", *_TOLD, "schema"), X_EVENT),
    ),
    ContractMutant(
        "stream-of-tickets",
        "answer",
        "the data of each event is a status, which a ticket holds more than",
        put(
            named("stream_status", *_TOLD, "schema"),
            X_EVENT,
            {"$ref": "#/components/schemas/QueueTicket"},
        ),
    ),
    ContractMutant(
        "stream-made-an-object",
        "answer",
        "the whole of a stream is text",
        put(named("stream_status", *_TOLD, "schema"), "type", "object"),
    ),
    ContractMutant(
        "example-of-a-stream-broken",
        "example",
        "mocks and documents are made from examples",
        put(
            named("stream_status", *_TOLD, "examples", "short"),
            "value",
            'data: {"status": "WAITING"}\n\n',
        ),
    ),
)

ROUTES = (*_STATUSES, *_ACCESS, *_PLACES, *_STREAMS)
"""From the answer inwards to the address."""
