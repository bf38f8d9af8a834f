"""Values by rule: for each keyword one that keeps it and one that breaks it, nothing else wrong."""

from __future__ import annotations

import jsonschema_rs
import pytest

from ..schemas import Node
from .samples import Samples
from .values import Values


def tried(schema: Node) -> set[tuple[str, str, str]]:
    """Propose for a schema; return place, keyword and polarity of what a validator confirms."""
    validator = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)
    samples = Samples({})
    return {
        (found.place, found.keyword, found.polarity)
        for found in Values(samples).proposals(schema, samples.of(schema))
        if validator.is_valid(found.value) == (found.polarity == "valid")
    }


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3},
        {"type": "integer", "maximum": -3},
        {"type": "integer", "exclusiveMinimum": 0},
        {"type": "number", "exclusiveMaximum": 0},
        {"type": "integer", "multipleOf": 4},
        {"type": "number", "multipleOf": 0.5, "minimum": 1.2},
        {"type": "string", "minLength": 3},
        {"type": "string", "maxLength": 3},
        {"type": "string", "pattern": "^a+$"},
        {"type": "string", "format": "uri"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "date"},
        {"type": "string", "format": "email"},
        {"type": "string", "enum": ["calm", "wild"]},
        {"const": "calm"},
        {"type": "array", "minItems": 2, "items": {"type": "integer"}},
        {"type": "array", "maxItems": 2, "items": {"type": "integer"}},
        {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}},
    ],
    ids=str,
)
def test_each_keyword_is_kept_and_broken(schema: Node) -> None:
    keyword = next(name for name in schema if name not in {"type", "items", "properties"})
    assert {("", keyword, "valid"), ("", keyword, "invalid")} <= tried(schema)


@pytest.mark.parametrize("kind", ["integer", "number", "boolean", "string", "array", "object"])
def test_each_type_meets_what_is_easily_taken_for_it(kind: str) -> None:
    assert {("", "type", "valid"), ("", "type", "invalid")} <= tried({"type": kind})


def test_an_integer_meets_the_four_classic_coercions() -> None:
    values = [each.value for each in Values(Samples({})).proposals({"type": "integer"}, 1)]
    for classic in ("2", True, 1.5, [1]):
        assert any(type(value) is type(classic) and value == classic for value in values)


def inside(schema: Node) -> list[object]:
    """Return the valid values of a schema that no keyword bounds, as a validator confirms them."""
    validator = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)
    samples = Samples({})
    found = Values(samples).proposals(schema, samples.of(schema))
    return [each.value for each in found if each.interior and validator.is_valid(each.value)]


@pytest.mark.parametrize(
    ("schema", "integers"),
    [
        ({"type": "integer"}, [0, -1, 2**31, 2**53 - 1]),
        ({"type": ["null", "integer"], "maximum": 5}, [0, -1]),
        ({"type": "integer", "minimum": 1}, [2**31, 2**53 - 1]),
        ({"type": "integer", "format": "int32"}, [0, -1, 2**31 - 1, 2**31 - 1]),
        ({"type": "integer", "format": "int64"}, [0, -1, 2**31, 2**53 - 1]),
        ({"type": "integer", "format": "uint8"}, [0, 255, 255]),
    ],
    ids=str,
)
def test_integers_are_tried_as_far_as_bounds_and_format_reach(
    schema: Node, integers: list[int]
) -> None:
    assert [value for value in inside(schema) if isinstance(value, int)] == integers
    assert any(isinstance(value, float) and value.is_integer() for value in inside(schema))


def test_a_text_is_tried_long_empty_and_beyond_the_bmp() -> None:
    texts = [str(value) for value in inside({"type": "string"})]
    assert "" in texts
    assert any(len(text) > 2000 for text in texts)
    assert any(ord(letter) > 0xFFFF for text in texts for letter in text)
    bounded = [str(value) for value in inside({"type": "string", "minLength": 2, "maxLength": 9})]
    assert bounded
    assert all(2 <= len(text) <= 9 for text in bounded)


def test_a_text_with_a_format_is_only_made_longer_if_it_is_an_address() -> None:
    (address,) = inside({"type": "string", "format": "uri"})
    assert str(address).startswith("https://")
    assert len(str(address)) > 2000
    assert inside({"type": "string", "format": "a-format-of-their-own"}) == []


def test_a_place_deep_inside_is_reached_and_the_rest_stays_as_it_was() -> None:
    inner = {"type": "array", "items": {"type": "integer", "minimum": 1}}
    schema: Node = {"properties": {"a": {"oneOf": [{"type": "null"}, inner]}, "b": {}}}
    base = {"a": None, "b": "kept"}
    found = list(Values(Samples({})).proposals(schema, base))
    deep = [each for each in found if (each.place, each.keyword) == (".a[]", "minimum")]
    assert [each.value for each in deep] == [{"a": [1], "b": "kept"}, {"a": [0], "b": "kept"}]


def test_a_schema_that_contains_itself_comes_to_an_end() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Tree"}}}
    document: Node = {"components": {"schemas": {"Tree": tree}}}
    samples = Samples(document)
    values = Values(samples)
    assert len(list(values.proposals(tree, samples.of(tree)))) < 200
    assert ("", "type") in set(values.asserted(tree))
