"""Every change of a schema, where callers send it and where readers get it, there and back."""

from typing import NamedTuple

import pytest

from spec.compare.changes import Change
from spec.nodes import Json, JsonMap

from .made import breaks_on_the_wire, compared, edited, letters, put

INPUT = ("components", "schemas", "Input", "properties", "value")
OUTPUT = ("components", "schemas", "Output", "properties", "value")


class Row(NamedTuple):
    """A change that narrows what is allowed: its kind, the kind of its way back, the schemas.

    `generated`: the verdicts for users of the client, as argument and as attribute, there and back.
    """

    there: str
    back: str
    old: Json
    new: Json
    generated: str = "CC CC"


STRING: JsonMap = {"type": "string"}
NUMBER: JsonMap = {"type": "number"}
INTEGER: JsonMap = {"type": "integer"}
ARRAY: JsonMap = {"type": "array", "items": STRING}
OBJECT: JsonMap = {"type": "object"}
ONE: JsonMap = {"type": "object", "properties": {"a": STRING}}
TWO: JsonMap = {"type": "object", "properties": {"a": STRING, "b": STRING}}
NARROWING = [
    Row("type-narrowed", "type-widened", NUMBER, INTEGER, "BC CB"),
    Row("type-narrowed", "type-widened", {"type": ["string", "integer"]}, STRING, "BC CB"),
    Row("type-narrowed", "type-widened", {}, {"type": ["string", "null"]}, "BC CB"),
    Row("null-refused", "null-allowed", {"type": ["string", "null"]}, STRING, "BC CB"),
    Row("null-refused", "null-allowed", {"oneOf": [ONE, {"type": "null"}]}, ONE, "BC CB"),
    Row("enum-introduced", "enum-lifted", STRING, {**STRING, "enum": ["a", "b"]}, "BB BB"),
    Row("enum-value-removed", "enum-value-added", {"enum": ["a", "b", 3]}, {"enum": ["a", 3]}, "BB CC"),
    Row("minimum-raised", "minimum-lowered", {**INTEGER, "minimum": 1}, {**INTEGER, "minimum": 2}),
    Row("minimum-raised", "minimum-lowered", INTEGER, {**INTEGER, "minimum": 0}),
    Row("minimum-raised", "minimum-lowered", {**NUMBER, "minimum": 0}, {**NUMBER, "exclusiveMinimum": 0}),
    Row("maximum-lowered", "maximum-raised", {**INTEGER, "maximum": 9}, {**INTEGER, "maximum": 8}),
    Row("maximum-lowered", "maximum-raised", {**NUMBER, "maximum": 9}, {**NUMBER, "exclusiveMaximum": 9}),
    Row("maximum-lowered", "maximum-raised", NUMBER, {**NUMBER, "maximum": 0.5}),
    Row("step-introduced", "step-lifted", NUMBER, {**NUMBER, "multipleOf": 0.25}),
    Row("step-changed", "step-changed", {**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 4}),
    Row("min-length-raised", "min-length-lowered", STRING, {**STRING, "minLength": 1}),
    Row("max-length-lowered", "max-length-raised", {**STRING, "maxLength": 9}, {**STRING, "maxLength": 5}),
    Row("min-items-raised", "min-items-lowered", ARRAY, {**ARRAY, "minItems": 2}),
    Row("max-items-lowered", "max-items-raised", {**ARRAY, "maxItems": 9}, {**ARRAY, "maxItems": 5}),
    Row("min-properties-raised", "min-properties-lowered", OBJECT, {**OBJECT, "minProperties": 1}),
    Row("max-properties-lowered", "max-properties-raised", OBJECT, {**OBJECT, "maxProperties": 2}),
    Row("unique-items-demanded", "unique-items-lifted", ARRAY, {**ARRAY, "uniqueItems": True}),
    Row("pattern-introduced", "pattern-lifted", STRING, {**STRING, "pattern": "^[a-z]+$"}),
    Row("format-introduced", "format-lifted", STRING, {**STRING, "format": "uri"}),
    Row("typed-format-introduced", "typed-format-lifted", STRING, {**STRING, "format": "date"}, "BB BB"),
    Row("items-limited", "items-freed", {"type": "array"}, ARRAY, "BB BB"),
    Row("additional-refused", "additional-allowed", ONE, {**ONE, "additionalProperties": False}, "BB CC"),
    Row("additional-narrowed", "additional-widened", OBJECT, {**OBJECT, "additionalProperties": NUMBER}, "BB BB"),
    Row("arm-removed", "arm-added", {"oneOf": [STRING, ONE, ARRAY]}, {"oneOf": [STRING, ONE]}, "BC CB"),
    Row("arm-removed", "arm-added", {"anyOf": [ONE, {"type": "object", "required": ["z"], "properties": {"z": NUMBER}}, STRING]},
        {"anyOf": [{**ONE, "required": ["a"]}, STRING]}, "BC CB"),
    Row("choice-restricted", "choice-relaxed", {"anyOf": [NUMBER, {**INTEGER, "minimum": 5}]},
        {"oneOf": [NUMBER, {**INTEGER, "minimum": 5}]}),
    Row("condition-introduced", "condition-lifted", STRING, {**STRING, "not": {"enum": ["text"]}}),
    Row("condition-introduced", "condition-lifted", ARRAY, {**ARRAY, "contains": {"const": "abc"}}),
    Row("condition-introduced", "condition-lifted", OBJECT, {**OBJECT, "propertyNames": {"maxLength": 3}}),
    Row("condition-introduced", "condition-lifted", OBJECT, {**OBJECT, "dependentRequired": {"unknown": ["b"]}}),
    Row("condition-introduced", "condition-lifted", OBJECT, {**OBJECT, "patternProperties": {"^u": NUMBER}}),
    Row("condition-introduced", "condition-lifted", {"type": "array"}, {"type": "array", "prefixItems": [NUMBER]}),
    Row("property-required", "property-optional", ONE, {**ONE, "required": ["a"]}, "BC CB"),
]  # fmt: skip
CHANGING = [
    Row("type-changed", "type-changed", STRING, INTEGER, "BB BB"),
    Row("const-changed", "const-changed", {"const": "a"}, {"const": "b"}, "BB BB"),
    Row("pattern-changed", "pattern-changed", {"type": "string", "pattern": "^[a-z]+$"}, {"type": "string", "pattern": "^[A-Z]+$"}),
    Row("format-changed", "format-changed", {**STRING, "format": "uri"}, {**STRING, "format": "email"}),
    Row("typed-format-changed", "typed-format-changed", {**STRING, "format": "date"}, {**STRING, "format": "uuid"}, "BB BB"),
    Row("step-changed", "step-changed", {**INTEGER, "multipleOf": 2}, {**INTEGER, "multipleOf": 3}),
    Row("condition-changed", "condition-changed", {**STRING, "not": {"enum": ["a"]}}, {**STRING, "not": {"enum": ["b"]}}),
]  # fmt: skip
OTHER: dict[str, tuple[Json, Json, str, str]] = {
    # name: old, new, then callers/readers and generated: (sent there, read there, sent back, read back)
    "property-added": (ONE, TWO, "property-removed", "C-C -CC U-B -UB"),
    "property-added-closed": (
        {**ONE, "additionalProperties": False},
        {**TWO, "additionalProperties": False},
        "property-removed-closed",
        "C-C -BC B-B -UB",
    ),
    "property-added-required": (
        ONE,
        {**TWO, "required": ["b"]},
        "property-removed-required",
        "B-B -CC U-B -BB",
    ),
    "property-added-required-default": (
        ONE,
        {
            "type": "object",
            "properties": {"a": STRING, "b": {"type": "string", "default": "x"}},
            "required": ["b"],
        },
        "property-removed-required",
        "B-C -CC U-B -BB",
    ),
    "property-required-default": (
        {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}},
        {"type": "object", "properties": {"a": {"type": "string", "default": "x"}}, "required": ["a"]},
        "property-optional",
        "B-C -CC C-C -BB",
    ),
    "default-introduced": (STRING, {**STRING, "default": "x"}, "default-removed", "C-B --C U-B --C"),
    "default-changed": (
        {**STRING, "default": "y"},
        {**STRING, "default": "x"},
        "default-changed",
        "U-B --C U-B --C",
    ),
    "property-deprecated": (
        STRING,
        {**STRING, "deprecated": True},
        "property-undeprecated",
        "C-- -C- C-- -C-",
    ),
    "read-only-added": (STRING, {**STRING, "readOnly": True}, "read-only-removed", "B-- --- C-- ---"),
    "write-only-added": (STRING, {**STRING, "writeOnly": True}, "write-only-removed", "--- -B- --- -C-"),
    "discriminator-changed": (
        {"oneOf": [ONE, STRING]},
        {"oneOf": [ONE, STRING], "discriminator": {"propertyName": "a"}},
        "discriminator-changed",
        "B-- -B- B-- -B-",
    ),
    "file-input-introduced": (
        STRING,
        {**STRING, "x-file-types": ["png"]},
        "file-input-removed",
        "--C --B --B --C",
    ),
    "file-type-added": (
        {**STRING, "x-file-types": ["png"]},
        {**STRING, "x-file-types": ["png", "gif"]},
        "file-type-removed",
        "--C --C --B --C",
    ),
    "alias-added": (
        {**STRING, "x-aliases": {"1:1": "square"}},
        {**STRING, "x-aliases": {"1:1": "square", "4:3": "wide"}},
        "alias-removed",
        "--C --C --B --C",
    ),
    "alias-changed": (
        {**STRING, "x-aliases": {"1:1": "square"}},
        {**STRING, "x-aliases": {"1:1": "square_hd"}},
        "alias-changed",
        "--B --C --B --C",
    ),
    "enum-member-renamed": (
        {"type": "string", "enum": ["none", "some"]},
        {"type": "string", "enum": ["none", "some"], "x-enum-varnames": ["NOTHING", "SOME"]},
        "enum-member-renamed",
        "--B --B --B --B",
    ),
}  # fmt: skip


def _one(place: tuple[str, ...], old: Json, new: Json, kind: str) -> Change:
    """Compare the contract with a schema put at a place: it has that one kind of change, anywhere."""
    comparison = compared(edited(put(old, *place)), edited(put(new, *place)))
    assert {change.kind for change in comparison.changes} >= {kind}
    return next(change for change in comparison.changes if change.kind == kind)


def _verdicts(there: str, back: str, old: Json, new: Json) -> list[Change]:
    sent, read = _one(INPUT, old, new, there), _one(OUTPUT, old, new, there)
    return [sent, read, _one(INPUT, new, old, back), _one(OUTPUT, new, old, back)]


@pytest.mark.parametrize("row", NARROWING, ids=lambda row: f"{row.there}-{row.new}")
def test_narrowing_breaks_callers_and_its_way_back_breaks_readers(row: Row) -> None:
    found = _verdicts(row.there, row.back, row.old, row.new)
    generated = row.generated.replace(" ", "")
    wire = ["B-", "-C", "C-", "-B"]
    assert [letters(change) for change in found] == [
        w + g for w, g in zip(wire, generated, strict=True)
    ]
    for change in (found[0], found[3]):
        (judgement,) = breaks_on_the_wire(change)
        assert judgement.witness is not None


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: f"{row.there}-{row.new}")
def test_another_set_of_values_breaks_both_sides(row: Row) -> None:
    found = _verdicts(row.there, row.back, row.old, row.new)
    generated = row.generated.replace(" ", "")
    wire = ["B-", "-B", "B-", "-B"]
    assert [letters(change) for change in found] == [
        w + g for w, g in zip(wire, generated, strict=True)
    ]
    assert all(it.witness for change in found for it in breaks_on_the_wire(change))


@pytest.mark.parametrize("kind", OTHER)
def test_what_neither_narrows_nor_widens(kind: str) -> None:
    old, new, back, expected = OTHER[kind]
    found = _verdicts(kind, back, old, new)
    assert " ".join(letters(change) for change in found) == expected
