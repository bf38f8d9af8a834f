"""One spelling for schemas: equal forms mean the same, and a form needs no document around it."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from spec.compare.values import ALL, dump, type_names
from spec.nodes import Json, JsonMap, mapping, sequence

if TYPE_CHECKING:
    from spec.compare.schemas import Schema


class Former:
    """Writes schemas in one spelling; one that contains itself becomes a definition."""

    def __init__(self, *, is_closed: bool) -> None:
        self._is_closed = is_closed
        self._open: list[Schema] = []
        self._named: dict[int, str] = {}
        self._definitions: JsonMap = {}

    def form(self, schema: "Schema") -> JsonMap:
        """Return the schema with all it refers to."""
        found = self._visit(schema)
        return {**found, "$defs": self._definitions} if self._definitions else found

    def _visit(self, schema: "Schema") -> JsonMap:
        if schema in self._open:
            name = self._named.setdefault(id(schema), f"S{len(self._named)}")
            return {"$ref": f"#/$defs/{name}"}
        self._open.append(schema)
        found = self._write(schema)
        self._open.pop()
        if id(schema) not in self._named:
            return found
        self._definitions[self._named[id(schema)]] = found
        return {"$ref": f"#/$defs/{self._named[id(schema)]}"}

    def _write(self, schema: "Schema") -> JsonMap:
        if schema.takes_nothing:
            return {"not": {}}
        found: JsonMap = dict(_own_keywords(schema))
        if schema.properties:
            found["properties"] = {k: self._visit(v) for k, v in sorted(schema.properties.items())}
        rest = schema.additional
        if rest is not None:
            found["additionalProperties"] = False if rest.takes_nothing else self._visit(rest)
        elif self._is_closed and schema.properties:
            found["additionalProperties"] = False
        if schema.items is not None:
            found["items"] = self._visit(schema.items)
        demands: list[Json] = [self._choice(schema, *choice) for choice in schema.choices]
        demands += [{key: value} for key, given in schema.conditions.items() for value in given]
        demands += [{key: json.loads(v)} for key, given in schema.texts.items() for v in given]
        for demand in sorted(demands, key=dump):
            self._demand(found, mapping(demand, schema.place))
        return found

    def _demand(self, found: JsonMap, demand: JsonMap) -> None:
        if demand.keys() & found.keys():
            sequence(found.setdefault("allOf", []), ()).append(demand)
        else:
            found.update(demand)

    def _choice(self, schema: "Schema", choice: str, arms: "list[Schema]") -> JsonMap:
        written: list[Json] = [self._visit(arm) for arm in arms]
        written += [{"type": ["null"]}] if schema.null else []
        return {choice: sorted(written, key=dump)}


def _own_keywords(schema: "Schema") -> Iterator[tuple[str, Json]]:
    null: list[Json] = [None] if schema.null else []
    if schema.values is not None:
        yield "enum", [*sorted(schema.values, key=dump), *null]
    elif schema.types != ALL or not schema.null:
        yield "type", [*type_names(schema.types), *(["null"] if schema.null else [])]
    for key, (bound, is_excluded) in schema.bounds.items():
        yield (f"exclusive{key.capitalize()}" if is_excluded else key), bound
    yield from schema.sizes.items()
    if schema.is_unique:
        yield "uniqueItems", True
    if schema.required:
        yield "required", [*sorted(schema.required)]
