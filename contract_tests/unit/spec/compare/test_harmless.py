"""Edits that mean nothing to anybody stay silent, or are notes that break nobody."""

import pytest

from spec.compare.changes import Verdict
from spec.nodes import Json, JsonMap, at

from .made import Edit, base, compared, cut, edited, put, told
from .test_operation_kinds import BODY, GET, NO, POST, SCHEMAS, VALUE, YES, both, rename, reorder

STRING: JsonMap = {"type": "string"}
OBJECT: JsonMap = {"type": "object", "properties": {"a": STRING, "b": {"type": "integer"}}}


def respelt(old: Json, new: Json) -> tuple[Edit, Edit]:
    """One schema in two spellings, sent and read."""
    output = (*SCHEMAS, "Output", "properties", "value")
    first, second = (both(put(side, *VALUE), put(side, *output)) for side in (old, new))
    return first, second


def inline(document: JsonMap) -> None:
    """Write a component where it is used, and keep it."""
    size = at(document, *SCHEMAS, "Size")
    put({"allOf": [size], "title": "Size"}, *SCHEMAS, "Input", "properties", "size")(document)


SILENT: dict[str, tuple[Edit, Edit]] = {
    "summaries": (both(), put("Other words", *POST, "summary")),
    "descriptions": (both(), put("Other words", *SCHEMAS, "Size", "description")),
    "examples": (both(), put("small", *SCHEMAS, "Size", "examples")),
    "examples of a body": (both(), put({"prompt": "a"}, *BODY, "content", "application/json", "example")),
    "evidence": (both(), put([{"source": "inferred", "note": "-"}], *SCHEMAS, "Size", "x-evidence")),
    "words of a server": (both(), put("Main", "servers", 0, "description")),
    "words of an answer": (both(), put("Gone", *GET, "responses", "404", "description")),
    "further tags": (both(), put(["queue", "more"], *GET, "tags")),
    "tag list": (both(), put([{"name": "queue"}], "tags")),
    "title and version": (both(), put({"title": "Another", "version": "1.2.3"}, "info")),
    "order of properties": (both(), reorder(*SCHEMAS, "Image", "properties")),
    "order of paths": (both(), reorder("paths")),
    "order of required": (both(), put(["state", "id"], *SCHEMAS, "Ticket", "required")),
    "order of values": (both(), put(["large", "small"], *SCHEMAS, "Size", "enum")),
    "explicit false": (both(), put(NO, *GET, "deprecated")),
    "default style": (both(), put("form", *GET, "parameters", 0, "style")),
    "ignored header": (
        both(),
        put({"name": "Accept", "in": "header", "schema": STRING}, *GET, "parameters", 2),
    ),
    "inlined reference": (both(), inline),
    "renamed scheme": (
        both(),
        both(
            put({"type": "http", "scheme": "bearer"}, "components", "securitySchemes", "token"),
            put([{"token": []}], "security"),
        ),
    ),
    "inlined response": (
        both(),
        lambda it: put(at(it, "components", "responses", "Refused"), *POST, "responses", "422")(it),
    ),
    "null": respelt({"type": ["string", "null"]}, {"anyOf": [STRING, {"type": "null"}]}),
    "null of an object": respelt(
        {**OBJECT, "type": ["object", "null"]}, {"oneOf": [{"type": "null"}, OBJECT]}
    ),
    "allOf of one": respelt(OBJECT, {"allOf": [OBJECT]}),
    "allOf of several": respelt(
        {**OBJECT, "required": ["a"]},
        {"allOf": [{"type": "object", "properties": {"a": STRING}, "required": ["a"]},
                   {"properties": {"b": {"type": "integer"}}}]},
    ),
    "oneOf and anyOf of different types": respelt(
        {"oneOf": [STRING, OBJECT]}, {"anyOf": [OBJECT, STRING]}
    ),
    "const": respelt({"const": "a"}, {"type": "string", "enum": ["a"]}),
    "type beside values": respelt({"enum": ["a", "b"]}, {"type": "string", "enum": ["b", "a"]}),
    "integer bounds": respelt(
        {"type": "integer", "minimum": 1}, {"type": "integer", "exclusiveMinimum": 0}
    ),
    "length beside values": respelt({"enum": ["a", "b"]}, {"enum": ["a", "b"], "maxLength": 5}),
    "integer format": respelt({"type": "integer"}, {"type": "integer", "format": "int64"}),
    "limits of another type": respelt(STRING, {"type": "string", "maximum": 5, "maxItems": 2}),
    "limits that say nothing": respelt(STRING, {"type": "string", "minLength": 0}),
    "additional true": respelt(OBJECT, {**OBJECT, "additionalProperties": True}),
    "schema true": respelt(YES, {}),
    "number 1.0": respelt({"type": "number", "maximum": 1}, {"type": "number", "maximum": 1.0}),
    "number or integer": respelt({"type": "number"}, {"type": ["number", "integer"]}),
    "twice the same bound": respelt(
        {"type": "integer", "maximum": 3}, {"type": "integer", "maximum": 3, "exclusiveMaximum": 9}
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SILENT)
def test_a_harmless_edit_is_no_change(name: str) -> None:
    before, after = SILENT[name]
    old, new = edited(before), edited(after)
    assert old != new or name in {"order of properties", "order of paths", "number 1.0"}
    assert told(compared(old, new)) == {}
    assert told(compared(new, old)) == {}


NOTES: dict[str, Edit] = {
    "renamed component": rename("Image", "Picture"),
    "inlined and deleted component": both(
        inline, cut(*SCHEMAS, "Size"), cut(*SCHEMAS, "Input", "properties", "size", "title")
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_component_that_only_models_name_is_a_note(name: str) -> None:
    for old, new in ((base(), edited(NOTES[name])), (edited(NOTES[name]), base())):
        (change,) = compared(old, new).changes
        assert change.kind == "model-renamed"
        assert (change.wire, change.generated.verdict) == (Verdict.UNTOUCHED, Verdict.COMPATIBLE)
