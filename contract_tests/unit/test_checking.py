"""The checker agrees with a full JSON Schema validator on everything it reads."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainhub_fal import InvalidInputError
from chainhub_fal._checking import check, check_names

SCALARS: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(-5, 5).filter(lambda value: not value.is_integer()),
    st.text("ab1", max_size=4),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)
    ),
    max_leaves=4,
)
TYPES = st.sampled_from(["string", "integer", "number", "boolean", "object", "array", "null"])
BOUNDS = st.integers(-3, 3)
SIZES = st.integers(0, 3)
LEAVES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "type": st.one_of(TYPES, st.lists(TYPES, min_size=1, max_size=2, unique=True)),
        "enum": st.lists(SCALARS, min_size=1, max_size=3),
        "minimum": BOUNDS,
        "maximum": BOUNDS,
        "exclusiveMinimum": BOUNDS,
        "exclusiveMaximum": BOUNDS,
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "minLength": SIZES,
        "maxLength": SIZES,
        "minItems": SIZES,
        "maxItems": SIZES,
        "pattern": st.sampled_from(["^a", "b$", "1"]),
        "required": st.lists(st.sampled_from("ab"), max_size=2, unique=True),
    },
)
SCHEMAS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        LEAVES,
        st.fixed_dictionaries({"anyOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"items": inner}),
        st.fixed_dictionaries({"properties": st.fixed_dictionaries({"a": inner, "b": inner})}),
    ),
    max_leaves=3,
)


@given(schema=SCHEMAS, value=VALUES)
@example(schema={"multipleOf": 1}, value=1.175494351e-38)
@example(schema={"multipleOf": 0.1}, value=0.3)
@example(schema={"multipleOf": 7}, value=1e22)
@example(schema={"multipleOf": 7}, value=7 * 10**400 + 1)
def test_it_accepts_what_a_full_validator_accepts(schema: dict[str, Any], value: Any) -> None:
    try:
        check(value, schema, "field")
        accepted = True
    except InvalidInputError:
        accepted = False
    assert accepted == jsonschema_rs.is_valid(schema, value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_json_cannot_carry_is_none(number: float) -> None:
    with pytest.raises(InvalidInputError):
        check(number, {"type": "number"}, "field")


def test_a_long_value_is_not_repeated() -> None:
    with pytest.raises(InvalidInputError) as caught:
        check("a secret prompt " * 10, {"type": "integer"}, "prompt")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "schema", "words"),
    [
        ([1, "x"], {"items": {"type": "integer"}}, "field[1]: 'x' is not an integer"),
        (
            {"a": {"b": 0}},
            {"properties": {"a": {"properties": {"b": {"minimum": 1}}}}},
            "field.a.b",
        ),
        ({}, {"required": ["a"]}, "field.a: this input is required"),
        ([1], {"minItems": 2}, "it has 1 items, fewer than 2"),
        ("abc", {"maxLength": 2}, "it has 3 characters, more than 2"),
        ("b", {"pattern": "^a"}, "does not match ^a"),
        ({"c": 1}, {"properties": {"a": {}}}, "field.c: there is no such input"),
    ],
)
def test_a_refusal_names_the_place_and_the_rule(value: Any, schema: Any, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(value, schema, "field")
    assert words in str(caught.value)


@given(value=st.sampled_from([1, 2, 0.3, 0.7, 7, 3.5]), step=st.sampled_from([0.1, 0.5, 2]))
def test_multiples_allow_for_binary_fractions(value: float, step: float) -> None:
    try:
        check(value, {"multipleOf": step}, "field")
        accepted = True
    except InvalidInputError:
        accepted = False
    assert accepted == (Fraction(str(value)) % Fraction(str(step)) == 0)


def test_true_is_not_the_choice_one() -> None:
    with pytest.raises(InvalidInputError):
        check(True, {"enum": [1]}, "field")  # noqa: FBT003 - the value under test


def test_an_input_goes_by_its_field_or_by_its_argument() -> None:
    schema = {"properties": {"class": {"x-argument": "class_"}, "b": {}}, "required": ["class"]}
    check_names(["class"], schema)
    check_names(["class_", "b"], schema)
    for names, says in (
        (["b"], "is required"),
        (["class", "class__"], "Did you mean class"),
        (["class", "None"], "no such"),
    ):
        with pytest.raises(InvalidInputError, match=says):
            check_names(names, schema)
