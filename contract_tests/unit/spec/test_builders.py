from collections.abc import Callable

import pytest

from spec.builders import Argument, arguments, builder
from spec.errors import SpecError
from spec.hints import Shapes
from spec.inline import inlined
from spec.nodes import JsonMap

FILE: JsonMap = {"type": "string", "x-file-types": ["png"]}
POINT: JsonMap = {
    "type": "object",
    "required": ["x"],
    "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
}
DOCUMENT: JsonMap = {
    "components": {
        "schemas": {
            "Point": POINT,
            "Kind": {"type": "string", "enum": ["a", "b"], "x-evidence": []},
            "Tree": {
                "type": "object",
                "properties": {"sub": {"$ref": "#/components/schemas/Tree"}},
            },
        }
    }
}


def reference(name: str) -> JsonMap:
    return {"$ref": f"#/components/schemas/{name}"}


def argument(schema: JsonMap, name: str = "field") -> Argument:
    whole: JsonMap = {"type": "object", "properties": {name: schema}}
    (found,) = arguments(DOCUMENT, whole, "In", Shapes(DOCUMENT))
    return found


@pytest.mark.parametrize(
    ("schema", "source"),
    [
        (FILE, "field: FileInput | None = None"),
        ({"type": "array", "items": FILE}, "field: Sequence[FileInput] | None = None"),
        ({"type": "array", "x-file-types": ["png"]}, "field: Sequence[FileInput] | None = None"),
        (
            {"type": "array", "items": {"type": "integer"}, "default": [1]},
            "field: Sequence[int] | None = None",
        ),
        ({**reference("Kind"), "default": "a"}, "field: Literal['a', 'b'] = 'a'"),
        (
            {"oneOf": [reference("Kind"), {"type": "null"}], "default": "b"},
            "field: Literal['a', 'b'] | None = 'b'",
        ),
        (
            {"anyOf": [reference("Kind"), reference("Point")], "x-aliases": {"c": "a"}},
            "field: Literal['a', 'b', 'c'] | PointDict | None = None",
        ),
        (POINT, "field: InFieldDict | None = None"),
        (reference("Tree"), "field: TreeDict | None = None"),
        ({"type": ["integer", "null"]}, "field: int | None = None"),
        ({"type": "number", "enum": [0.5, 1]}, "field: Literal[1] | float | None = None"),
        ({"allOf": [reference("Kind")]}, "field: Literal['a', 'b'] | None = None"),
        ({"type": "object"}, "field: Mapping[str, object] | None = None"),
        ({}, "field: object | None = None"),
    ],
)
def test_a_schema_becomes_an_argument_of_its_type(schema: JsonMap, source: str) -> None:
    assert argument(schema).source == source


def test_an_object_becomes_a_typed_dict_that_follows_what_it_uses() -> None:
    shapes = Shapes(DOCUMENT)
    outer: JsonMap = {"type": "object", "properties": {"at": reference("Point")}}
    assert shapes.hint(outer, "InArea") == "InAreaDict"
    assert list(shapes.fields) == ["PointDict", "InAreaDict"]
    assert shapes.fields["PointDict"] == ["'x': float", "'y': NotRequired[float]"]


def test_a_builder_gathers_what_was_given_and_leaves_out_what_was_not() -> None:
    schema: JsonMap = {
        "required": ["class", "none"],
        "properties": {
            "class": {"type": "string", "description": 'A "word".\\', "maxLength": 3},
            "none": {"type": ["string", "null"]},
            "list": {"type": "array", "items": {"type": "integer"}, "default": [1]},
            "seed": {"type": "integer", "minimum": 0},
        },
    }
    fields = [*arguments(DOCUMENT, schema, "In", Shapes(DOCUMENT))]
    scope: dict[str, Callable[..., object]] = {}
    exec(  # noqa: S102 - the source under test
        "from __future__ import annotations\n" + builder("draw", {"summary": "Draw"}, fields), scope
    )
    draw = scope["draw"]
    assert draw(class_="x", none=None) == {"class": "x", "none": None, "list": [1]}
    assert draw(class_="x", none="n", list=[], seed=0) == {
        "class": "x",
        "none": "n",
        "list": [],
        "seed": 0,
    }
    assert 'A "word".\\ No longer than 3 characters.' in str(draw.__doc__)
    assert "seed: At least 0." in str(draw.__doc__)


def test_fields_that_would_share_a_name_are_refused() -> None:
    schema: JsonMap = {"properties": {"a-b": {"type": "string"}, "a_b": {"type": "string"}}}
    with pytest.raises(SpecError, match="two fields become a_b"):
        list(arguments(DOCUMENT, schema, "In", Shapes(DOCUMENT)))


def test_an_inlined_schema_stands_alone_and_keeps_what_clients_need() -> None:
    schema: JsonMap = {
        "properties": {"example": {**reference("Kind"), "x-aliases": {"c": "a"}}},
        "example": {"x-evidence": 1},
    }
    assert inlined(DOCUMENT, schema) == {
        "properties": {"example": {"type": "string", "enum": ["a", "b"], "x-aliases": {"c": "a"}}}
    }
    with pytest.raises(SpecError, match="contains itself"):
        inlined(DOCUMENT, reference("Tree"))


def test_no_name_of_an_input_hides_one_of_the_builders_own() -> None:
    names = ("given", "given_", "dict", "str", "object", "class", "self", "2x", "a b")
    whole: JsonMap = {"type": "object", "properties": {name: {"type": "string"} for name in names}}
    found = [*arguments(DOCUMENT, whole, "In", Shapes(DOCUMENT))]
    source = builder("draw", {"summary": "Draw"}, found)
    made: dict[str, Callable[..., object]] = {}
    exec(f"from __future__ import annotations\n{source}", made)  # noqa: S102 - what is generated is run
    values = {argument.name: argument.field for argument in found}
    assert made["draw"](**values) == {name: name for name in names}
