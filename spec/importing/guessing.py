"""Infer schemas from examples, and find where an example and its schema contradict each other."""

import re

from spec.importing.literals import kind_of
from spec.nodes import Json, JsonMap

_SCALARS = {"integer", "number", "string", "boolean"}
# Such a field is a number even where the example happens to give a whole one.
_MEASURED = re.compile(r"scale|strength|guidance|weight|temperature|ratio|threshold", re.IGNORECASE)


def inferred(value: Json, name: str = "") -> JsonMap:
    """Return the schema of which a value is an example; `name` is the field that it is given for.

    Nothing is required, and what the example leaves open (null, an empty list) stays open.
    """
    if isinstance(value, dict):
        return {"type": "object", "properties": {key: inferred(value[key], key) for key in value}}
    if isinstance(value, list):
        return {"type": "array", "items": inferred(value[0], name) if value else {}}
    return {} if value is None else {"type": _type(value, name)}


def _type(value: Json, name: str) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "number" if _MEASURED.search(name) else "integer"
    return "number" if isinstance(value, float) else "string"


def widened(schema: JsonMap, value: Json) -> Json:
    """Return the type under which a value fits a schema of another simple type, or None."""
    stated, given = kind_of(schema), kind_of(inferred(value))
    if stated not in _SCALARS or given not in _SCALARS or stated == given or "enum" in schema:
        return None
    if {stated, given} == {"integer", "number"}:
        return "number"
    return [stated, given]
