"""Enums in a form that says what it means and that the generator can take."""

from collections.abc import Iterator

from spec.grammar import Kind
from spec.nodes import Json, JsonMap, Place

_WORDS = {"true": True, "false": False}
_TYPES: tuple[tuple[type, str], ...] = (
    (bool, "boolean"),
    (int, "integer"),
    (float, "number"),
    (str, "string"),
)


def fit_enum(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    """Give an enum values of its own type, in place; yields what was done.

    Nobody could give a value of another type, so it is read as the type's own or dropped. Without a
    type, values of several become a choice. What the generator cannot list, truth values and
    numbers with a point, goes into words.
    """
    given = schema.get("enum")
    if kind is not Kind.SCHEMA or not isinstance(given, list):
        return
    yield from _null_apart(schema, given)
    values: list[Json] = [value for value in given if value is not None]
    named = schema.get("type")
    if isinstance(named, str):
        read = [_read(value, named) for value in values]
        yield from _told(values, read, named)
        values = [value for value in read if value is not None]
    arms = _arms(values)
    if len(arms) == 1 and isinstance(named, str):
        arms[0]["type"] = named
    unlisted = [value for value in values if _type_of(value) not in ("string", "integer")]
    if given == values and arms == [{"type": named, "enum": values}]:
        return
    del schema["enum"]
    if len(arms) > 1:
        schema["oneOf"] = [*arms]
        yield "an enum of several types: a choice of them"
    elif arms:
        schema.update(arms[0])
    if unlisted and {*map(str, values)} != {"True", "False"}:
        listed = ", ".join(map(str, values))
        schema["description"] = f"{schema.get('description') or ''} One of {listed}.".strip()
        yield f"an enum that cannot be generated: in words, one of {listed}"


def _null_apart(schema: JsonMap, given: list[Json]) -> Iterator[str]:
    """Say that null is allowed by `nullable`, which is rewritten later, instead of by a value."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        rest = [kind for kind in kinds if kind != "null"]
        del schema["type"]
        if len(rest) == 1:
            schema["type"] = rest[0]
        schema["nullable"] = "null" in kinds
    elif None in given:
        if kinds is not None and schema.get("nullable") is not True:
            yield f"null is no {kinds}: dropped from the enum"
        schema["nullable"] = kinds is None or schema.get("nullable") is True


def _type_of(value: Json) -> str:
    return next((name for kind, name in _TYPES if isinstance(value, kind)), "object")


def _read(value: Json, named: str) -> Json:
    """Return a value as one of the named type, or None where it is none."""
    kind = _type_of(value)
    if kind == named or (named == "number" and kind == "integer"):
        return value
    if named == "string" and kind != "object":
        return str(value).lower() if kind == "boolean" else str(value)
    if named == "boolean" and isinstance(value, str):
        return _WORDS.get(value.lower())
    is_whole = named in ("integer", "number") and isinstance(value, str) and value.isdecimal()
    return int(str(value)) if is_whole else None


def _told(values: list[Json], read: list[Json], named: str) -> Iterator[str]:
    for old, new in zip(values, read, strict=True):
        if new is None:
            yield f"{old!r} is no {named}: dropped from the enum"
        elif type(new) is not type(old):
            yield f"{old!r} in the enum of a {named}: read as {new!r}"


def _arms(values: list[Json]) -> list[JsonMap]:
    """Return a schema for each type among the values, with those that the generator can list."""
    kinds = list(dict.fromkeys(map(_type_of, values)))
    if "object" in kinds:
        return []
    if "number" in kinds:
        kinds = [kind for kind in kinds if kind != "integer"]
    arms: list[JsonMap] = []
    for kind in kinds:
        arm: JsonMap = {"type": kind}
        if kind in ("string", "integer"):
            found = [value for value in values if _type_of(value) == kind]
            arm["enum"] = [value for index, value in enumerate(found) if value not in found[:index]]
        arms.append(arm)
    return arms
