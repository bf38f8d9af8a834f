"""JSON values and types as sets: equality by value, and containment that is plain to see."""

import json
from collections.abc import Iterable

from spec.nodes import Json

NUMERIC = frozenset({"integer", "fraction"})
ALL = NUMERIC | {"string", "boolean", "array", "object"}
"""A number is an integer or a fraction, so that containment is plain to see."""


def type_names(types: Iterable[str]) -> list[Json]:
    """Return JSON Schema's names for a set of types."""
    found = set(types)
    if found >= NUMERIC:
        found = found - NUMERIC | {"number"}
    return [*sorted("number" if name == "fraction" else name for name in found)]


def dump(value: Json) -> str:
    """Write a value so that equal values, and only those, give equal texts; 1 and 1.0 are equal."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, list):
        return f"[{','.join(dump(item) for item in value)}]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)}:{dump(value[key])}" for key in sorted(value))
        return f"{{{','.join(pairs)}}}"
    return json.dumps(value, ensure_ascii=False)


def types_of(value: Json) -> frozenset[str]:
    """Return the type of a value as a set; 1.0 is an integer, as JSON Schema has it."""
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, int | float):
        return frozenset({"integer" if float(value).is_integer() else "fraction"})
    if isinstance(value, str):
        return frozenset({"string"})
    if isinstance(value, list | dict):
        return frozenset({"array" if isinstance(value, list) else "object"})
    return frozenset()
