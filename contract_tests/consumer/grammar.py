"""Makes values of a schema, and tells what stands at each place of one: by rule, for any schema."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from ..schemas import Node, lookup

Json: TypeAlias = Any  # any value may stand in JSON
Path: TypeAlias = tuple[str | int, ...]

DROPPED = object()
"""Put at a place, it takes the place's key away."""
_FORMATS = {
    "uri": "https://files.example/a.png",
    "uuid": "11111111-2222-4333-8444-555555555555",
    "date-time": "2026-01-02T03:04:05Z",
}
_INTEGERS = {"int32": 2**31 - 1, "int64": 2**63 - 1}
_BIGGEST = 2**70
_TEXT = "Ünï¢ode 画像 🐈 \u0000\u202e"
_LONG = 50_000  # characters
_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_STRANGERS: tuple[Json, ...] = ("text", 7, 1.5, True, [], {"a": 1})


@dataclass(frozen=True)
class Place:
    """One place in a value: the way to it, what stands there, and the schema that holds for it."""

    path: Path
    value: Json
    schema: Node
    nullable: bool

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return "".join(f"/{step}" for step in self.path) or "/"


class Grammar:
    """Reads the schemas of one document."""

    def __init__(self, document: Node) -> None:
        self._document = document

    def resolve(self, schema: Node) -> Node:
        """Follow a reference, if the schema is one."""
        return (
            self.resolve(lookup(self._document, str(schema["$ref"])))
            if "$ref" in schema
            else schema
        )

    def branches(self, schema: Node) -> list[Node]:
        """List the alternatives of a schema, without the one that is only null."""
        found = self.resolve(schema)
        alternatives = found.get("oneOf") or found.get("anyOf")
        if alternatives is None:
            return [found]
        resolved = map(self.resolve, cast("list[Node]", alternatives))
        return [item for item in resolved if item.get("type") != "null"]

    def is_nullable(self, schema: Node) -> bool:
        """Tell whether null is allowed, too."""
        found = self.resolve(schema)
        alternatives = found.get("oneOf") or found.get("anyOf")
        if alternatives is not None:
            return any(map(self.is_nullable, cast("list[Node]", alternatives)))
        return "null" in kinds(found) or not kinds(found)

    def value(self, schema: Node, *, full: bool) -> Json:
        """Make the smallest value of a schema, or one with all that it may hold."""
        found = self.branches(schema)[0]
        if "enum" in found:
            return cast("list[Json]", found["enum"])[-1 if full else 0]
        kind = next((kind for kind in kinds(found) if kind != "null"), "")
        if kind == "object":
            return self._object(found, full=full)
        if kind == "array":
            size = (
                min(cast("int", found.get("maxItems", 2)), 3) if full else found.get("minItems", 0)
            )
            items = cast("Node", found.get("items", {}))
            return [self.value(items, full=full) for _ in range(cast("int", size))]
        return _scalar(kind, found, full=full)

    def _object(self, found: Node, *, full: bool) -> Json:
        required = cast("list[str]", found.get("required", []))
        made = {
            name: self.value(schema, full=full)
            for name, schema in _properties(found).items()
            if full or name in required
        }
        others = found.get("additionalProperties")
        if full and isinstance(others, dict):
            made["another"] = self.value(others, full=True)
        return made

    def places(self, schema: Node, value: Json, path: Path = ()) -> Iterator[Place]:
        """Walk a value: each place that the schema speaks of, the outermost first."""
        found = self._branch_of(schema, value)
        yield Place(path, value, found, self.is_nullable(schema))
        if isinstance(value, dict):
            others = found.get("additionalProperties")
            for name, item in value.items():
                inner = _properties(found).get(name, others)
                if isinstance(inner, dict):
                    yield from self.places(inner, item, (*path, name))
        elif isinstance(value, list) and value and "items" in found:
            yield from self.places(cast("Node", found["items"]), value[0], (*path, 0))

    def _branch_of(self, schema: Node, value: Json) -> Node:
        branches = self.branches(schema)
        return next((item for item in branches if _has_kind(value, item)), branches[0])


def kinds(schema: Node) -> list[str]:
    """List the JSON types that a schema names; none means any."""
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else list(cast("list[str]", named))


def put(value: Json, path: Path, new: Json) -> Json:
    """Return a copy with something else at a place, or with its key dropped."""
    if not path:
        return new
    changed = copy.deepcopy(value)
    parent = changed
    for step in path[:-1]:
        parent = parent[step]
    if new is DROPPED:
        del parent[path[-1]]
    else:
        parent[path[-1]] = new
    return changed


def allowed_changes(place: Place) -> Iterator[tuple[str, Json]]:
    """Say what else may stand at a place, by the schema."""
    schema, kind = place.schema, place.schema.get("type")
    if place.nullable:
        yield "null", None
    for choice in cast("list[Json]", schema.get("enum", [])):
        yield f"the choice {choice}", choice
    if isinstance(place.value, dict) and schema.get("additionalProperties", True) is True:
        yield "an unknown field", place.value | {"novelty": {"deep": [None, _BIGGEST, _TEXT]}}
    if isinstance(place.value, str) and not {"enum", "format", "maxLength"} & set(schema):
        yield "unicode", _TEXT
        yield "a long text", "x" * _LONG
    if kind == "array" and not schema.get("minItems"):
        yield "an empty list", []
    if "integer" in kinds(schema):
        yield "a big integer", _most(schema)


def near_misses(place: Place) -> Iterator[tuple[str, Json]]:
    """Say what may not stand at a place, one step away from what may."""
    schema = place.schema
    for name in cast("list[str]", schema.get("required", [])):
        yield f"no {name}", put(place.value, (name,), DROPPED)
    if not place.nullable:
        yield "null", None
    for stranger in _STRANGERS:
        if kinds(schema) and not _has_kind(stranger, schema):
            yield f"a {type(stranger).__name__}", stranger
    if "enum" in schema:
        yield "an unknown choice", "NOVELTY"
    yield from _out_of_bounds(place)


def _out_of_bounds(place: Place) -> Iterator[tuple[str, Json]]:
    schema = place.schema
    if "minimum" in schema:
        yield "too small", cast("int", schema["minimum"]) - 1
    if "exclusiveMinimum" in schema:
        yield "at the edge", schema["exclusiveMinimum"]
    if "maximum" in schema:
        yield "too large", cast("int", schema["maximum"]) + 1
    if "minItems" in schema:
        yield "an empty list", []
    if "maxItems" in schema:
        yield "too many", [place.value[0]] * (cast("int", schema["maxItems"]) + 1)


def _has_kind(value: Json, schema: Node) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds(schema)
    return any(isinstance(value, _KINDS[kind]) for kind in kinds(schema))


def _scalar(kind: str, schema: Node, *, full: bool) -> Json:
    if kind == "string":
        return _text(schema, full=full)
    if kind in {"integer", "number"}:
        least = cast(
            "int", schema.get("minimum", cast("int", schema.get("exclusiveMinimum", -1)) + 1)
        )
        return _most(schema) if full and kind == "integer" else least + 0.5 * full
    if kind == "boolean":
        return full
    return {"anything": [1, "x", None]} if full else None


def _text(schema: Node, *, full: bool) -> str:
    if "format" in schema:
        return _FORMATS[str(schema["format"])]
    if full:
        return _TEXT[: cast("int", schema.get("maxLength", len(_TEXT)))]
    return "x" * cast("int", schema.get("minLength", 0))


def _most(schema: Node) -> int:
    by_format = _INTEGERS.get(str(schema.get("format")), _BIGGEST)
    return cast("int", schema.get("maximum", by_format))


def _properties(schema: Node) -> dict[str, Node]:
    return cast("dict[str, Node]", schema.get("properties", {}))
