"""Finds the place where an answer leaves its schema, to be named in an error or judged typed.

Only what a type can say is looked at: types, required fields, enums, alternatives. Fields that the
contract does not know fit, and so does a number out of its range: answers are read leniently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ._checking import Schema, is_type


@dataclass(frozen=True, slots=True)
class Misfit:
    """A place, as a JSON pointer (RFC 6901, ``""`` is the whole), and what is wrong there."""

    pointer: str
    words: str


def misfit(value: object, schema: Schema, pointer: str = "") -> Misfit | None:
    """Return the first place where a JSON value does not fit the types of its schema."""
    return next(_misfits(value, schema, pointer), None)


def _misfits(value: object, schema: Schema, pointer: str) -> Iterator[Misfit]:
    yield from _of_type(value, schema, pointer)
    if "enum" in schema and value not in cast("Sequence[object]", schema["enum"]):
        yield Misfit(pointer, "a value that the contract does not list")
    yield from _of_alternatives(value, schema, pointer)
    for part in cast("Sequence[Schema]", schema.get("allOf", ())):
        yield from _misfits(value, part, pointer)
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _misfits(item, cast("Schema", schema["items"]), f"{pointer}/{index}")
    elif isinstance(value, dict):
        yield from _of_properties(value, schema, pointer)


def _of_type(value: object, schema: Schema, pointer: str) -> Iterator[Misfit]:
    allowed = schema.get("type", ())
    names = [allowed] if isinstance(allowed, str) else list(cast("Sequence[str]", allowed))
    if names and not any(_is(value, name) for name in names):
        yield Misfit(pointer, f"{_kind(value)} where {' or '.join(names)} belongs")


def _is(value: object, name: str) -> bool:
    """Tell whether a value is of a type as JSON Schema means it: 1.0 is an integer."""
    return is_type(value, name) or (
        name == "integer" and isinstance(value, float) and value.is_integer()
    )


def _of_alternatives(value: object, schema: Schema, pointer: str) -> Iterator[Misfit]:
    for keyword in ("anyOf", "oneOf"):
        arms = cast("Sequence[Schema]", schema.get(keyword, ()))
        found = [misfit(value, arm, pointer) for arm in arms]
        if found and all(found):
            # The arm that held out longest is the one that was meant.
            yield max((one for one in found if one), key=lambda one: len(one.pointer))


def _of_properties(value: Mapping[str, object], schema: Schema, pointer: str) -> Iterator[Misfit]:
    for name in cast("Sequence[str]", schema.get("required", ())):
        if name not in value:
            yield Misfit(f"{pointer}/{_escaped(name)}", "a field is missing")
    known = cast("Mapping[str, Schema]", schema.get("properties", {}))
    others = schema.get("additionalProperties")
    for name, item in value.items():
        item_schema = known.get(name, others)
        if isinstance(item_schema, dict):
            yield from _misfits(item, item_schema, f"{pointer}/{_escaped(name)}")


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _kind(value: object) -> str:
    names = ("null", "boolean", "integer", "number", "string", "array", "object")
    return next((name for name in names if is_type(value, name)), "no JSON value")
