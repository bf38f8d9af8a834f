"""The smallest values that a schema allows, for what a job's input does not decide."""

from __future__ import annotations

from collections.abc import Mapping

from chainhub_fal_sandbox.contract import Schema

_TEXTS: Mapping[str, str] = {
    "uri": "https://sandbox.invalid/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "email": "sandbox@sandbox.invalid",
}


def scalar(schema: Schema, kind: str) -> object:
    """Return what the schema names (const, default, example, enum), else the least it allows."""
    for word in ("const", "default", "example"):
        if schema.get(word) is not None:
            return schema[word]
    for word in ("examples", "enum"):
        listed = schema.get(word)
        if isinstance(listed, list) and listed:
            return listed[0]
    return _least(schema, kind)


def _least(schema: Schema, kind: str) -> object:
    if kind == "string":
        least = schema.get("minLength")
        return _TEXTS.get(str(schema.get("format")), "x" * (least if isinstance(least, int) else 0))
    if kind == "integer":
        return _bounded(schema, 0, 1)
    if kind == "number":
        return _bounded(schema, 0.0, 0.5)
    return False if kind == "boolean" else None


def _bounded(schema: Schema, zero: float, step: float) -> float:
    """Return the number nearest to zero within the bounds."""
    for word, inward in (("minimum", 0), ("exclusiveMinimum", step)):
        bound = schema.get(word)
        if isinstance(bound, int | float) and zero < bound + inward:
            zero = type(zero)(bound + inward)
    for word, inward in (("maximum", 0), ("exclusiveMaximum", step)):
        bound = schema.get(word)
        if isinstance(bound, int | float) and zero > bound - inward:
            zero = type(zero)(bound - inward)
    return zero
