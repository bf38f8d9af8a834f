"""Rewrite OpenAPI 3.0 schema forms that 3.1 does not have."""

from collections.abc import Iterator

from spec.grammar import Kind
from spec.nodes import JsonMap, Place

_OUTSIDE = ("description", "default", "deprecated", "title")


def modernise(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    """Rewrite `nullable` and boolean exclusive bounds in place; yields what was done."""
    if kind is not Kind.SCHEMA:
        return
    if isinstance(schema.get("nullable"), bool) and schema.pop("nullable"):
        _allow_null(schema)
        yield "nullable rewritten for 3.1"
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            del schema[exclusive]
            if flag and bound in schema:
                schema[exclusive] = schema.pop(bound)
            yield f"boolean {exclusive} rewritten for 3.1"


def _allow_null(schema: JsonMap) -> None:
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema and "$ref" not in schema:
        schema["type"] = [kind, "null"]
        return
    # An enum or a reference becomes one arm of a choice: the form the generator reads as optional.
    inner = {key: schema.pop(key) for key in list(schema) if key not in _OUTSIDE}
    schema["oneOf"] = [inner, {"type": "null"}]
