"""Values that break one keyword of a schema, proposed from a value that keeps it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Json: TypeAlias = Any  # whatever JSON can say
Schema: TypeAlias = Mapping[str, Any]
Rule: TypeAlias = Callable[[Schema, Json], Iterator[Json]]

_UNKNOWN = "a_field_that_nobody_documents"
_OTHERS: tuple[Json, ...] = ("a", 7, 0.5, True, {"a": 1}, ["a"])
_NO_FORMAT = ("no such thing", "", "99-99", "x" * 300)
_NO_PATTERN = ("", " ", "\N{SNOWMAN}")


def proposals(keyword: str, schema: Schema, value: Json, member: str) -> Iterator[Json]:
    """Yield values in the place of ``value`` that are meant to break one keyword of its schema.

    ``member`` names the property that ``required`` is about. Whether a value breaks the keyword,
    and nothing else, is for a validator to say. A keyword without a rule yields nothing.
    """
    if not _speaks_of(keyword, value):
        return
    if keyword == "required":
        yield {name: inner for name, inner in value.items() if name != member}
    elif keyword in _RULES:
        yield from _RULES[keyword](schema, value)


def _speaks_of(keyword: str, value: Json) -> bool:
    """Tell whether a keyword says anything about a value of this type."""
    kinds = next((kinds for names, kinds in _SUBJECTS.items() if keyword in names), object)
    return isinstance(value, kinds) and not (kinds is _NUMBER and isinstance(value, bool))


_NUMBER = int | float
_SUBJECTS: Mapping[frozenset[str], Any] = {  # a type or a union of types
    frozenset({"minLength", "maxLength", "pattern", "format"}): str,
    frozenset({"minItems", "maxItems", "uniqueItems"}): list,
    frozenset({"required", "minProperties", "maxProperties", "additionalProperties"}): dict,
    frozenset(
        {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
    ): _NUMBER,
}


def _types(_: Schema, value: Json) -> Iterator[Json]:
    """Yield the same value as text first: the slip that a careless reader lets through."""
    if not isinstance(value, str | dict | list) and value is not None:
        yield str(value)
    yield from _OTHERS


def _null(_: Schema, __: Json) -> Iterator[Json]:
    yield None


def _words(_: Schema, value: Json) -> Iterator[Json]:
    yield f"{value}_OR_NOT"
    yield from _OTHERS


def _past(keyword: str, distance: float) -> Rule:
    def rule(schema: Schema, _: Json) -> Iterator[Json]:
        yield schema[keyword] + distance

    return rule


def _off_grid(schema: Schema, _: Json) -> Iterator[Json]:
    yield from (schema["multipleOf"] + 1, schema["multipleOf"] / 2)


def _shorter(keyword: str) -> Rule:
    def rule(schema: Schema, value: Json) -> Iterator[Json]:
        if schema[keyword]:
            yield value[: schema[keyword] - 1]

    return rule


def _longer(keyword: str) -> Rule:
    def rule(schema: Schema, value: Json) -> Iterator[Json]:
        size = schema[keyword] + 1
        filling = value or ("a" if isinstance(value, str) else [None])
        yield (filling * size)[:size]

    return rule


def _repeated(_: Schema, value: Json) -> Iterator[Json]:
    if value:
        yield [value[0], *value]


def _fewer(_: Schema, __: Json) -> Iterator[Json]:
    yield {}


def _more(schema: Schema, value: Json) -> Iterator[Json]:
    missing = schema["maxProperties"] + 1 - len(value)
    yield {**value, **{f"{_UNKNOWN}_{number}": 1 for number in range(missing)}}


def _added(_: Schema, value: Json) -> Iterator[Json]:
    yield {**value, _UNKNOWN: 1}


_RULES: Mapping[str, Rule] = {
    "type": _types,
    "null": _null,
    "enum": _words,
    "const": _words,
    "format": lambda *_: iter(_NO_FORMAT),
    "pattern": lambda *_: iter(_NO_PATTERN),
    "minimum": _past("minimum", -1),
    "maximum": _past("maximum", 1),
    "exclusiveMinimum": _past("exclusiveMinimum", 0),
    "exclusiveMaximum": _past("exclusiveMaximum", 0),
    "multipleOf": _off_grid,
    "minLength": _shorter("minLength"),
    "maxLength": _longer("maxLength"),
    "minItems": _shorter("minItems"),
    "maxItems": _longer("maxItems"),
    "uniqueItems": _repeated,
    "minProperties": _fewer,
    "maxProperties": _more,
    "additionalProperties": _added,
}
