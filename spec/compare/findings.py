"""What the walk over two contracts yields: differences, and positions where schemas are met."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from spec.compare.parts import target
from spec.compare.schemas import Schema
from spec.nodes import Json, JsonMap, Place, at, mapping, text

Direction: TypeAlias = Literal["request", "response", "model"]
"""Who produces a value: callers, the server, or nobody (a component that no operation uses)."""


class Pair(NamedTuple):
    """The schemas of one position on both sides."""

    old: Schema
    new: Schema


@dataclass(frozen=True, eq=False)
class Proof:
    """A witness for what is no value of a schema: both sides written as schemas of a fact."""

    value: Json
    old: JsonMap
    new: JsonMap


@dataclass(frozen=True, eq=False)
class Finding:
    """One difference. `old` and `new` are places; where one side has nothing, the place around."""

    kind: str
    old: Place
    new: Place
    detail: str = ""
    where: str = ""
    pair: Pair | None = None
    """The schemas on which a witness is sought; for an arm of a choice, those of the choice."""
    is_arm: bool = False
    probes: tuple[Json, ...] = ()
    """Values that are likely to be witnesses."""
    proof: Proof | None = None
    direction: Direction | None = None
    """Who feels it, where that does not follow from the positions it is met in."""


@dataclass(frozen=True, eq=False)
class Position:
    """Two schemas that take each other's place in a request or an answer."""

    pair: Pair
    direction: Direction
    where: str


def listed(values: Iterable[Json]) -> JsonMap:
    """Return the schema of a fact that is one of a list."""
    return {"enum": [*values]}


class Located(NamedTuple):
    """A mapping and where it stands, references followed."""

    place: Place
    node: JsonMap

    def get(self, document: JsonMap, *steps: str | int) -> "Located | None":
        """Return the mapping below, or None when there is none."""
        place = (*self.place, *steps)
        return None if at(document, *place) is None else locate(document, place)


def locate(document: JsonMap, place: Place) -> Located:
    """Return the mapping at a place, following `$ref`; raises SpecError when there is none."""
    node, seen = mapping(at(document, *place), place), {place}
    while "$ref" in node:
        here = place
        place = target(text(node["$ref"], here), here)
        node = mapping(None if place in seen else at(document, *place), here)
        seen.add(place)
    return Located(place, node)
