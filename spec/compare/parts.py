"""The parts that a schema is made of: what `$ref`, `allOf` and lone choices bring together."""

from collections.abc import Iterator
from dataclasses import dataclass

from spec.errors import SpecError
from spec.nodes import Json, JsonMap, Place, at, mapping, sequence, show

CHOICES = ("anyOf", "oneOf")
_SCHEMAS = ("components", "schemas")


@dataclass(frozen=True)
class Part:
    """A mapping of keywords that all hold at once, without `$ref` and `allOf`."""

    place: Place
    schema: JsonMap
    component: str


def parts(document: JsonMap, place: Place, seen: tuple[Place, ...] = ()) -> Iterator[Part]:
    """Yield what the schema at a place consists of; raises SpecError when it only names itself."""
    if place in seen:
        raise SpecError(show(place), "this schema is nothing but itself", "Cut the loop.")
    yield from _expanded(document, place, (*seen, place), _component(place))


def _component(place: Place) -> str:
    return str(place[2]) if place[:2] == _SCHEMAS and place[3:] == () else ""


def _expanded(
    document: JsonMap, place: Place, seen: tuple[Place, ...], component: str
) -> Iterator[Part]:
    schema = _schema(document, place)
    gone = {"$ref", "allOf"}
    further = [(*place, "allOf", index) for index, _ in enumerate(_list(schema, "allOf", place))]
    if "$ref" in schema:
        further.insert(0, target(schema["$ref"], place))
    for choice in CHOICES:
        arms = _list(schema, choice, place)
        real = [i for i, _ in enumerate(arms) if not is_null(document, (*place, choice, i))]
        if len(real) == 1:
            gone.add(choice)
            further.append((*place, choice, real[0]))
    own = {key: value for key, value in schema.items() if key not in gone}
    yield Part(place, own, component)
    for other in further:
        yield from parts(document, other, seen)


def target(reference: Json, place: Place) -> Place:
    """Return the place that a `$ref` names; raises SpecError when it leaves the file."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        what = f"$ref {reference} is no place of this file"
        raise SpecError(show(place), what, "Bring what it names into the file.")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in reference[2:].split("/"))


def _schema(document: JsonMap, place: Place) -> JsonMap:
    node = at(document, *place)
    if isinstance(node, bool):
        return {} if node else {"not": {}}
    return mapping(node, place)


def _list(schema: JsonMap, key: str, place: Place) -> list[Json]:
    return sequence(schema.get(key) or [], (*place, key))


def is_null(document: JsonMap, place: Place) -> bool:
    """Tell whether a schema takes null and nothing else."""
    schema = _schema(document, place)
    if "$ref" in schema:
        return False
    return schema.get("type") in ("null", ["null"]) or schema.get("enum") == [None]


def takes_null(document: JsonMap, place: Place, seen: tuple[Place, ...] = ()) -> bool:
    """Tell whether a schema takes null, as far as types, values and choices say."""
    if place in seen:
        return True
    schema, seen = _schema(document, place), (*seen, place)
    kinds = schema.get("type")
    if kinds is not None and "null" not in (kinds if isinstance(kinds, list) else [kinds]):
        return False
    if schema.get("not") == {}:
        return False
    values = sequence(schema.get("enum", [schema.get("const")]), (*place, "enum"))
    if ("enum" in schema or "const" in schema) and None not in values:
        return False
    if "$ref" in schema and not takes_null(document, target(schema["$ref"], place), seen):
        return False
    return _choices_take_null(document, schema, place, seen)


def _choices_take_null(
    document: JsonMap, schema: JsonMap, place: Place, seen: tuple[Place, ...]
) -> bool:
    def taking(choice: str) -> int:
        arms = range(len(_list(schema, choice, place)))
        return sum(takes_null(document, (*place, choice, arm), seen) for arm in arms)

    everyone = taking("allOf") == len(_list(schema, "allOf", place))
    someone = "anyOf" not in schema or taking("anyOf") > 0
    one = "oneOf" not in schema or taking("oneOf") == 1
    return everyone and someone and one
