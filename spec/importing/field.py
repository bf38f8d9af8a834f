"""The fields of an input: where each stands, its schema, and what the page's example gives it."""

from collections.abc import Iterator
from dataclasses import dataclass

from spec.importing.literals import kind_of
from spec.nodes import Json, JsonMap, Place, mapping, sequence, text


@dataclass(frozen=True)
class Field:
    """One property of an input, at any depth; `examples` holds its value in the example, if any."""

    name: str
    place: Place
    schema: JsonMap
    examples: tuple[Json, ...] = ()
    required: bool = False

    @property
    def kind(self) -> str:
        """Its one type besides null, or an empty word."""
        return kind_of(self.schema)

    @property
    def prose(self) -> str:
        """Its description, or nothing."""
        return text(self.schema.get("description") or "", (*self.place, "description"))

    @property
    def owner(self) -> Place:
        """The schema whose property it is."""
        return self.place[:-2]


def fields(schema: JsonMap, place: Place, examples: tuple[Json, ...]) -> Iterator[Field]:
    """Yield every property of a schema and of the objects and lists within, outer ones first."""
    required = sequence(schema.get("required") or [], (*place, "required"))
    for name, node in mapping(schema.get("properties") or {}, (*place, "properties")).items():
        here = (*place, "properties", name)
        inner = mapping(node, here)
        given = tuple(one[name] for one in examples if isinstance(one, dict) and name in one)
        yield Field(name, here, inner, given, name in required)
        yield from fields(inner, here, given)
    items = schema.get("items")
    if isinstance(items, dict):
        listed = tuple(item for one in examples if isinstance(one, list) for item in one)
        yield from fields(items, (*place, "items"), listed)
