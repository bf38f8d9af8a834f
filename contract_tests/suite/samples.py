"""Valid values for a schema of the contract, the plainest that its keywords allow."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from typing import cast

from ..schemas import Node, lookup

_DEEPEST = 6  # a schema may contain itself

# By format: values that keep it and values that do not (RFC 3986, 3339, 9562, 5321).
FORMATS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "uri": (
        ("https://pictures.example/cat.png", "https://pictures.example/%C3%BC.png?a=1&b=2#c"),
        ("no address", "/cat.png", "https://pictures.example/a cat.png", "https://[::1/cat.png"),
    ),
    "uuid": (("123e4567-e89b-42d3-a456-426614174000",), ("123e4567e89b42d3a456426614174000", "x")),
    "date-time": (("2026-01-02T03:04:05Z",), ("2026-13-02T03:04:05Z", "2026-01-02", "now")),
    "date": (("2026-01-02",), ("2026-02-30", "02.01.2026")),
    "email": (("someone@pictures.example",), ("someone", "@pictures.example")),
}


class Samples:
    """Reads schemas of one document; references are followed, siblings of a ``$ref`` count."""

    def __init__(self, document: Node) -> None:
        self._document = document
        self._by_type: Mapping[str, Callable[[Node, int], object]] = {
            "null": lambda _, __: None,
            "boolean": lambda _, __: True,
            "integer": lambda schema, _: math.ceil(lowest(schema, 1)),
            "number": lambda schema, _: lowest(schema, 0.5),
            "string": lambda schema, _: _text(schema),
            "array": self._array,
            "object": self._object,
        }

    def resolve(self, schema: object) -> Node:
        """Follow ``$ref``; what is no schema is an empty one."""
        node = cast("Node", schema) if isinstance(schema, Mapping) else {}
        reference = node.get("$ref")
        if reference is None:
            return node
        rest = {name: value for name, value in node.items() if name != "$ref"}
        return {**self.resolve(lookup(self._document, str(reference))), **rest}

    def of(self, schema: object, depth: int = 0) -> object:
        """Return a value for a schema; whether it is valid is for a validator to say."""
        node = self.resolve(schema)
        for name in ("const", "example", "default"):
            if name in node:
                return copy.deepcopy(node[name])
        if listed := branches(node, "enum") or branches(node, "examples"):
            return copy.deepcopy(listed[0])
        if chosen := branches(node, "oneOf") or branches(node, "anyOf"):
            return self.of(chosen[0], depth + 1)
        for part in branches(node, "allOf"):
            node = {**self.resolve(part), **node}
        types = types_of(node)
        return self._by_type[types[0]](node, depth + 1) if types else "a"

    def of_type(self, schema: Node, name: str) -> object:
        """Return a value of one of the types that a schema allows."""
        return self._by_type[name](schema, 1)

    def _array(self, schema: Node, depth: int) -> object:
        """One item at least, so that there is something to try, unless none is allowed."""
        if depth > _DEEPEST or "items" not in schema:
            return []
        fewest, most = schema.get("minItems", 0), schema.get("maxItems", 1)
        count = max(cast("int", fewest), min(1, cast("int", most)))
        return [self.of(schema["items"], depth) for _ in range(count)]

    def _object(self, schema: Node, depth: int) -> object:
        inner = properties(schema)
        if depth > _DEEPEST:
            return {}
        return {str(name): self.of(inner.get(str(name)), depth) for name in required(schema)}


def types_of(schema: Node) -> list[str]:
    """List the types a schema names, null last."""
    found = schema.get("type", [])
    names = [found] if isinstance(found, str) else list(cast("list[str]", found))
    if not names and "properties" in schema:
        names = ["object"]
    return sorted(names, key=lambda name: name == "null")


def branches(schema: Node, keyword: str) -> list[object]:
    """Return the list that stands under a keyword; empty if there is none."""
    found = schema.get(keyword)
    return list(found) if isinstance(found, list) else []


def properties(schema: Node) -> Node:
    """Return the properties of an object's schema."""
    return cast("Node", schema.get("properties", {}))


def required(schema: Node) -> list[object]:
    """List the names an object's schema requires."""
    return branches(schema, "required")


def lowest(schema: Node, otherwise: float) -> float:
    """Return the least number a schema allows; without a lower bound the greatest, or another."""
    if "exclusiveMinimum" in schema:
        return bound(schema, "exclusiveMinimum") + step_of(schema)
    if "minimum" in schema:
        return bound(schema, "minimum")
    return min(otherwise, bound(schema, "maximum")) if "maximum" in schema else otherwise


def bound(schema: Node, keyword: str) -> float:
    """Return the number under a keyword."""
    return cast("float", schema[keyword])


def step_of(schema: Node) -> float:
    """Return the distance between a bound and the next number past it."""
    return 1 if "integer" in types_of(schema) else 0.25


def _text(schema: Node) -> str:
    kept, _ = FORMATS.get(str(schema.get("format")), ((), ()))
    if kept:
        return kept[0]
    return "a" * int(cast("int", schema.get("minLength", min(1, int(_most(schema))))))


def _most(schema: Node) -> float:
    return cast("float", schema.get("maxLength", 1))
