"""Where a schema says what: every keyword at its place, and how it is broken in a value there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import jsonschema_rs

from ..schemas import Node, lookup
from .mechanical_values import Json, proposals

ITEM, MEMBER = "[]", "{}"  # steps of a place: any item of a list, any undeclared member
_UNIONS = ("anyOf", "oneOf", "allOf")
_LEADS_ON = frozenset({*_UNIONS, "properties", "items"})
_FOR_PEOPLE = ("title", "description", "$comment", "example", "examples", "default", "deprecated")
_FOR_TOOLS = ("$ref", "readOnly", "writeOnly", "discriminator", "xml", "externalDocs")
_SAYS_NOTHING = frozenset((*_FOR_PEOPLE, *_FOR_TOOLS))


@dataclass(frozen=True)
class Spot:
    """One keyword at one place of a body; ``member`` is the property that is required."""

    place: tuple[str, ...]
    keyword: str
    member: str = ""

    @property
    def words(self) -> str:
        """The keyword and its place as a name holds them: ``required:images[].url``."""
        path = ".".join((*self.place, self.member) if self.member else self.place)
        return ":".join(filter(None, (self.keyword, path.replace(f".{ITEM}", ITEM))))


class Schemas:
    """Reads the schemas of one document, and breaks their keywords one by one."""

    def __init__(self, document: Node) -> None:
        self._document = document
        # By identity; what an identity belongs to is kept along, so that it stays its own.
        self._validators: dict[int, tuple[Node, jsonschema_rs.Draft202012Validator]] = {}
        self._merged: dict[int, tuple[Node, Node]] = {}

    def spots(self, schema: object) -> list[Spot]:
        """List every keyword that can be broken in a value of a schema, each place once."""
        return list(dict.fromkeys(self._spots(schema, (), ())))

    def broken(self, schema: object, value: Json, spot: Spot) -> Iterator[Json]:
        """Yield values that differ from ``value`` at a spot, where they break its keyword alone.

        Nothing comes for a value that has nothing at that place. A whole that allows something
        else instead may still take such a value: its own validator has the last word.
        """
        return self._broken(schema, value, spot, spot.place)

    def _spots(
        self, schema: object, place: tuple[str, ...], above: tuple[object, ...]
    ) -> Iterator[Spot]:
        if not isinstance(schema, Mapping) or (schema.get("$ref") or schema) in above:
            return
        node, above = self._resolved(schema), (*above, schema.get("$ref") or schema)
        for keyword in node:
            yield from self._own(node, keyword, place)
        for step, inner in self._inner(node):
            yield from self._spots(inner, (*place, step) if step else place, above)

    def _own(self, node: Node, keyword: str, place: tuple[str, ...]) -> Iterator[Spot]:
        if keyword == "required":
            yield from (
                Spot(place, keyword, str(name)) for name in cast("list[str]", node[keyword])
            )
        elif keyword == "additionalProperties" and node[keyword] is not False:
            return
        elif keyword == "type":
            yield from _of_type(node, place)
        elif keyword not in _SAYS_NOTHING | _LEADS_ON and not keyword.startswith("x-"):
            yield Spot(place, keyword)

    def _inner(self, node: Node) -> Iterator[tuple[str, object]]:
        """Yield the schemas inside a schema, each with the step that leads to its values."""
        for word in _UNIONS:
            yield from (("", branch) for branch in cast("list[object]", node.get(word, [])))
        yield from cast("Node", node.get("properties", {})).items()
        if "items" in node:
            yield ITEM, node["items"]
        if isinstance(node.get("additionalProperties"), Mapping):
            yield MEMBER, node["additionalProperties"]

    def _broken(
        self, schema: object, value: Json, spot: Spot, place: tuple[str, ...]
    ) -> Iterator[Json]:
        if not isinstance(schema, Mapping) or not self._keeps(schema, value):
            return  # another branch of a union is the one that this value follows
        node = self._resolved(schema)
        for step, inner in self._inner(node):
            if not step:
                yield from self._broken(inner, value, spot, place)
            elif place and step == place[0]:
                yield from self._broken_inside(node, inner, value, spot, place)
        if not place and _says(node, spot):
            changed = proposals(spot.keyword, node, value, spot.member)
            yield from (each for each in changed if self._breaks_alone(node, each, spot))

    def _broken_inside(
        self, node: Node, inner: object, value: Json, spot: Spot, place: tuple[str, ...]
    ) -> Iterator[Json]:
        for key in _keys(node, value, place[0]):
            for changed in self._broken(inner, value[key], spot, place[1:]):
                yield _with(value, key, changed)

    def _keeps(self, schema: Node, value: Json) -> bool:
        return self._validator(schema).is_valid(value)

    def _breaks_alone(self, node: Node, value: Json, spot: Spot) -> bool:
        keyword = "type" if spot.keyword == "null" else spot.keyword
        found = [error.schema_path for error in self._validator(node).iter_errors(value)]
        return found == [[keyword]]

    def _resolved(self, schema: Node) -> Node:
        reference = schema.get("$ref")
        if reference is None:
            return schema
        if id(schema) not in self._merged:
            rest = {name: value for name, value in schema.items() if name != "$ref"}
            found = self._resolved(lookup(self._document, str(reference)))
            self._merged[id(schema)] = schema, {**found, **rest} if rest else found
        return self._merged[id(schema)][1]

    def _validator(self, schema: Node) -> jsonschema_rs.Draft202012Validator:
        kept = self._validators.get(id(schema))
        if kept is None:
            whole = {**schema, "components": self._components}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            kept = self._validators[id(schema)] = schema, validator
        return kept[1]

    @cached_property
    def _components(self) -> object:
        return self._document.get("components", {})


def _of_type(node: Node, place: tuple[str, ...]) -> Iterator[Spot]:
    if "enum" in node or "const" in node:
        return  # no other type is among the words either: the type cannot be broken alone
    yield Spot(place, "type")
    if "null" not in cast("str | list[str]", node["type"]):
        yield Spot(place, "null")


def _says(node: Node, spot: Spot) -> bool:
    if spot.keyword == "required":
        return spot.member in cast("list[str]", node.get("required", []))
    return ("type" if spot.keyword == "null" else spot.keyword) in node


def _keys(node: Node, value: Json, step: str) -> list[str | int]:
    """List where a step leads in a value; nowhere if the value has nothing there."""
    if isinstance(value, list):
        return list(range(len(value))) if step == ITEM else []
    if not isinstance(value, dict):
        return []
    declared = cast("Node", node.get("properties", {}))
    if step == MEMBER:
        return [name for name in value if name not in declared]
    return [step] if step in value else []


def _with(value: Json, key: str | int, changed: Json) -> Json:
    """Return a list or an object with one part changed."""
    if isinstance(value, list):
        return [changed if index == key else item for index, item in enumerate(value)]
    return {**value, key: changed}
