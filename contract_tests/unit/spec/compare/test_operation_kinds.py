"""Every change around schemas: operations, parameters, bodies, answers, security, servers, names."""

import pytest

from spec.compare.kinds import KINDS
from spec.nodes import Json, JsonMap

from . import test_schema_kinds as schema_kinds
from .made import Edit, base, compared, cut, edited, move, put, told

POST = ("paths", "/jobs", "post")
GET = ("paths", "/jobs/{job_id}", "get")
BODY = (*POST, "requestBody")
TICKET = (*POST, "responses", "200")
SCHEMAS = ("components", "schemas")
REF = "#/components/schemas/"
GIF: JsonMap = {"name": "gif", "in": "query", "schema": {"type": "boolean"}}
OTHER_OPERATION: JsonMap = {
    "operationId": "cancel_job",
    "tags": ["queue"],
    "responses": {"200": {"description": "Done"}},
}
KEY_TOO: Json = [{"bearer": []}, {"key": []}]
XML: JsonMap = {"schema": {"type": "string"}}
STATE: JsonMap = {"$ref": REF + "State"}
VALUE = (*SCHEMAS, "Input", "properties", "value")
NUMBERS: list[Json] = [{"type": "number"}, {"type": "integer", "minimum": 5}]
YES, NO = True, False


def both(*edits: Edit) -> Edit:
    def edit(document: JsonMap) -> None:
        for one in edits:
            one(document)

    return edit


def rename(old: str, new: str) -> Edit:
    """Rename a component and every reference to it."""

    def edit(document: JsonMap) -> None:
        move((*SCHEMAS, old), (*SCHEMAS, new))(document)
        _repoint(document, REF + old, REF + new)

    return edit


def _repoint(node: object, old: str, new: str) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if value == old:
                node[key] = new
            _repoint(value, old, new)
    elif isinstance(node, list):
        for value in node:
            _repoint(value, old, new)


def reorder(*place: str | int) -> Edit:
    def edit(document: JsonMap) -> None:
        parent: object = document
        for step in place:
            parent = parent[step]  # type: ignore[index]
        assert isinstance(parent, dict)
        first = next(iter(parent))
        parent[first] = parent.pop(first)

    return edit


CASES: dict[str, tuple[Edit, Edit, dict[str, str], dict[str, str]]] = {
    # name: edit of the old, edit of the new, what is told there, what is told back
    "operation": (both(), put(OTHER_OPERATION, "paths", "/jobs", "delete"),
        {"operation-added": "C-C"}, {"operation-removed": "B-B"}),
    "path": (both(), move(("paths", "/jobs"), ("paths", "/tasks")),
        {"operation-path-changed": "B-C"}, {"operation-path-changed": "B-C"}),
    "method": (both(), move(POST, ("paths", "/jobs", "put")),
        {"operation-method-changed": "B-C"}, {"operation-method-changed": "B-C"}),
    "operation id": (both(), put("read_job", *GET, "operationId"),
        {"operation-id-changed": "--B"}, {"operation-id-changed": "--B"}),
    "lost operation id": (both(), cut(*GET, "operationId"),
        {"operation-id-removed": "--B"}, {"operation-id-added": "--B"}),
    "group": (both(), put(["jobs", "queue"], *GET, "tags"),
        {"operation-group-changed": "--B"}, {"operation-group-changed": "--B"}),
    "deprecated": (both(), put(YES, *GET, "deprecated"),
        {"operation-deprecated": "C--"}, {"operation-undeprecated": "C--"}),
    "callbacks": (both(), put({"done": {"{$url}": {"post": OTHER_OPERATION}}}, *POST, "callbacks"),
        {"callbacks-changed": "UU-"}, {"callbacks-changed": "UU-"}),
    "webhooks": (both(), put({"done": {"post": OTHER_OPERATION}}, "webhooks"),
        {"callbacks-changed": "UU-"}, {"callbacks-changed": "UU-"}),
    "endpoint id": (both(), put("owner/app/fast", *POST, "x-endpoint-id"),
        {"endpoint-id-changed": "--B"}, {"endpoint-id-changed": "--B"}),
    "endpoint": (cut(*POST, "x-endpoint-id"), both(),
        {"endpoint-id-added": "--C"}, {"endpoint-id-removed": "--B"}),
    "output": (cut(*POST, "x-output"), both(),
        {"output-added": "--C"}, {"output-removed": "-UB"}),
    "output model": (both(), both(cut(*GET, "responses", "200"), rename("Output", "Result")),
        {"output-model-renamed": "--B", "success-status-removed": "-CC"},
        {"output-model-renamed": "--B", "success-status-added": "-BB"}),
    "body model": (both(), rename("Input", "Question"),
        {"body-model-renamed": "--B"}, {"body-model-renamed": "--B"}),
    "answer model": (both(), rename("Ticket", "Receipt"),
        {"answer-model-renamed": "--B"}, {"answer-model-renamed": "--B"}),
    "optional parameter": (both(), put(GIF, *GET, "parameters", 2),
        {"parameter-added": "C-C"}, {"parameter-removed": "U-B"}),
    "required parameter": (both(), put({**GIF, "required": True}, *GET, "parameters", 2),
        {"parameter-added-required": "B-B"}, {"parameter-removed": "U-B"}),
    "path parameter": (both(), both(
            move(("paths", "/jobs/{job_id}"), ("paths", "/jobs/{id}")),
            put("id", "paths", "/jobs/{id}", "parameters", 0, "name")),
        {"parameter-renamed": "--B"}, {"parameter-renamed": "--B"}),
    "location": (both(), put("header", *GET, "parameters", 0, "in"),
        {"parameter-moved": "B-C"}, {"parameter-moved": "B-C"}),
    "required": (both(), put(YES, *GET, "parameters", 0, "required"),
        {"parameter-required": "B-B"}, {"parameter-optional": "C-C"}),
    "style": (both(), put("pipeDelimited", *GET, "parameters", 0, "style"),
        {"parameter-style-changed": "B-C"}, {"parameter-style-changed": "B-C"}),
    "deprecated parameter": (both(), put(YES, *GET, "parameters", 0, "deprecated"),
        {"parameter-deprecated": "C--"}, {"parameter-undeprecated": "C--"}),
    "parameter schema": (both(), put(2, *GET, "parameters", 0, "schema", "maximum"),
        {"maximum-raised": "C-C"}, {"maximum-lowered": "B-C"}),
    "optional body": (both(cut(*BODY)), put(NO, *BODY, "required"),
        {"body-added": "C-C"}, {"body-removed": "U-B"}),
    "required body": (cut(*BODY), both(),
        {"body-added-required": "B-B"}, {"body-removed": "U-B"}),
    "body required": (put(NO, *BODY, "required"), both(),
        {"body-required": "B-B"}, {"body-optional": "C-C"}),
    "body media type": (both(), put(XML, *BODY, "content", "text/xml"),
        {"body-media-type-added": "C-C"}, {"body-media-type-removed": "B-B"}),
    "encoding": (both(), put({"prompt": {"style": "form"}}, *BODY, "content", "application/json", "encoding"),
        {"encoding-changed": "B-C"}, {"encoding-changed": "B-C"}),
    "success status": (both(), put({"description": "Soon"}, *POST, "responses", "202"),
        {"success-status-added": "-BB"}, {"success-status-removed": "-CC"}),
    "only success status": (both(), cut(*TICKET),
        {"last-success-status-removed": "-BB"}, {"success-status-added": "-BB"}),
    "error status": (both(), put({"description": "No"}, *POST, "responses", "409"),
        {"error-status-added": "-CC"}, {"error-status-removed": "-CC"}),
    "answer body": (both(), cut(*TICKET, "content"),
        {"answer-body-removed": "-BB"}, {"answer-body-added": "-CB"}),
    "answer media type": (both(), put(XML, *TICKET, "content", "text/xml"),
        {"answer-media-type-added": "-UC"}, {"answer-media-type-removed": "-BB"}),
    "first media type": (put(XML, *TICKET, "content", "text/xml"),
        both(put(XML, *TICKET, "content", "text/xml"), reorder(*TICKET, "content")),
        {"answer-media-type-first": "--B"}, {"answer-media-type-first": "--B"}),
    "header": (both(), put({"schema": {"type": "integer"}}, *TICKET, "headers", "X-Left"),
        {"header-added": "-C-"}, {"header-removed": "-U-"}),
    "required header": (both(), cut(*TICKET, "headers", "X-Request-Id"),
        {"header-removed-required": "-B-"}, {"header-added": "-C-"}),
    "header required": (both(), put(YES, *TICKET, "headers", "X-Hint", "required"),
        {"header-required": "-C-"}, {"header-optional": "-B-"}),
    "header schema": (both(), put({"type": "integer"}, *TICKET, "headers", "X-Hint", "schema"),
        {"type-changed": "-BB"}, {"type-changed": "-BB"}),
    "schema of an answer": (cut(*TICKET, "content", "application/json", "schema"), both(),
        {"schema-introduced": "-CB"}, {"schema-lifted": "-BB"}),
    "link": (both(), cut(*TICKET, "links", "result"),
        {"link-removed": "-U-"}, {"link-added": "-C-"}),
    "link's parameter": (both(), put("$response.body#/state", *TICKET, "links", "result", "parameters", "job_id"),
        {"link-changed": "-U-"}, {"link-changed": "-U-"}),
    "security": (put([], "security"), both(),
        {"security-demanded": "B-B"}, {"security-lifted": "C-C"}),
    "way to authenticate": (both(), put(KEY_TOO, "security"),
        {"security-way-added": "C-C"}, {"security-way-removed": "B-C"}),
    "second credential": (put([{"bearer": [], "key": []}], "security"), both(),
        {"security-way-added": "C-C"}, {"security-way-removed": "B-C"}),
    "scheme": (both(), put("basic", "components", "securitySchemes", "bearer", "scheme"),
        {"security-way-removed": "B-C", "security-way-added": "C-C"},
        {"security-way-removed": "B-C", "security-way-added": "C-C"}),
    "scope": (both(), put([{"bearer": ["jobs:write"]}], *POST, "security"),
        {"security-way-removed": "B-C"}, {"security-way-added": "C-C"}),
    "server": (both(), cut("servers", 1),
        {"server-removed": "B--"}, {"server-added": "C--"}),
    "first server": (both(), put([{"url": "https://other.example.org"}, {"url": "https://api.example.org"}], "servers"),
        {"default-server-changed": "U--"}, {"default-server-changed": "U--"}),
    "server variables": (both(), put({"zone": {"default": "eu"}}, "servers", 0, "variables"),
        {"server-changed": "U--"}, {"server-changed": "U--"}),
    "server of an operation": (both(), put([{"url": "https://far.example.org"}], *POST, "servers"),
        {"server-changed": "U--"}, {"server-changed": "U--"}),
    "nested model": (both(), rename("Image", "Picture"),
        {"model-renamed": "--C"}, {"model-renamed": "--C"}),
    "model": (both(), cut(*SCHEMAS, "Unused"),
        {"model-removed": "--B"}, {"model-added": "--C"}),
    "unused model": (both(), put({"type": "integer"}, *SCHEMAS, "Unused", "properties", "note"),
        {"type-changed": "--B"}, {"type-changed": "--B"}),
    "model on both sides": (put(STATE, *VALUE),
        both(put(STATE, *VALUE), put(["queued", "done", "lost"], *SCHEMAS, "State", "enum")),
        {"enum-value-added": "CBC"}, {"enum-value-removed": "BCB"}),
    "choice": (put({"type": "object"}, *VALUE),
        put({"anyOf": [{"type": "object", "required": ["a"]}, {"type": "object", "required": ["b"]}]},
            *VALUE),
        {"choice-introduced": "B-B"}, {"choice-lifted": "C-B"}),
    "exclusive choice": (put({"oneOf": NUMBERS}, *VALUE),
        put({"oneOf": [*NUMBERS, {"type": ["string", "integer"], "maximum": 0}]}, *VALUE),
        {"exclusive-arm-added": "B-C"}, {"exclusive-arm-removed": "B-B"}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_there_and_back_with_its_verdicts(name: str) -> None:
    before, after, there, back = CASES[name]
    old, new = edited(before), edited(after)
    assert told(compared(old, new)) == there
    assert told(compared(new, old)) == back


BY_PROVER = {"schema-redefined"}


def test_every_kind_of_the_table_is_tried() -> None:
    tried = {kind for *_, there, back in CASES.values() for kind in (*there, *back)}
    rows = [*schema_kinds.NARROWING, *schema_kinds.CHANGING]
    tried |= {kind for row in rows for kind in (row.there, row.back)}
    tried |= {kind for name, row in schema_kinds.OTHER.items() for kind in (name, row[2])}
    assert set(KINDS) - tried - BY_PROVER == set()
    assert len(tried) >= 60


def test_a_contract_equals_itself() -> None:
    assert told(compared(base(), base())) == {}
