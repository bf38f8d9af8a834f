"""Which places of an OpenAPI document hold objects, schemas or plain data."""

from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from spec.nodes import Json, JsonMap, Place


class Kind(Enum):
    """What stands at a place. Only OBJECT and SCHEMA may carry `x-` extensions."""

    OBJECT = auto()
    OBJECTS = auto()
    SCHEMA = auto()
    SCHEMAS = auto()
    DATA = auto()


class Located(NamedTuple):
    """One mapping of the document, where it stands and what it is there."""

    place: Place
    kind: Kind
    node: JsonMap


_BELOW_MAP = {Kind.DATA: Kind.DATA, Kind.OBJECTS: Kind.OBJECT, Kind.SCHEMAS: Kind.SCHEMA}
_NAMED: dict[Kind, str] = {
    Kind.DATA: "example value default const enum security required mapping scopes",
    Kind.OBJECTS: "paths webhooks responses parameters examples requestBodies headers links tags "
    "securitySchemes callbacks pathItems content encoding variables servers",
    Kind.SCHEMAS: "properties patternProperties dependentSchemas $defs schemas oneOf anyOf allOf "
    "prefixItems",
    Kind.SCHEMA: "schema items additionalProperties unevaluatedProperties unevaluatedItems not if "
    "then else contains propertyNames",
}
_KINDS = {name: kind for kind, names in _NAMED.items() for name in names.split()}


def child_kind(kind: Kind, step: str | int) -> Kind:
    """Say what stands one step below a place of the given kind."""
    if kind in _BELOW_MAP:
        return _BELOW_MAP[kind]
    named = Kind.DATA if str(step).startswith("x-") else _KINDS.get(str(step))
    if kind is Kind.SCHEMA:
        return named if named in (Kind.SCHEMA, Kind.SCHEMAS) else Kind.DATA
    return named or Kind.OBJECT


def kind_at(place: Place) -> Kind:
    """Say what stands at a place, counted from the root of the document."""
    kind = Kind.OBJECT
    for step in place:
        kind = child_kind(kind, step)
    return kind


def visit(node: Json, place: Place = (), kind: Kind = Kind.OBJECT) -> Iterator[Located]:
    """Yield every mapping that is no plain data, parents before children."""
    if kind is Kind.DATA:
        return
    if isinstance(node, dict):
        yield Located(place, kind, node)
        children: list[tuple[str | int, Json]] = [(key, node[key]) for key in node]
    elif isinstance(node, list):
        children = list(enumerate(node))
    else:
        return
    for step, child in children:
        yield from visit(child, (*place, step), child_kind(kind, step))


def schemas(document: JsonMap) -> Iterator[Located]:
    """Yield every schema of the document, parents before children."""
    return (found for found in visit(document) if found.kind is Kind.SCHEMA)
