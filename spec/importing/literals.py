"""Read a value that prose gives, as the type its field has."""

import re

from spec.nodes import Json, JsonMap

_WORDS: dict[str, bool] = {"true": True, "false": False}
_INTEGER = re.compile(r"[-+]?\d+")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
PLACEHOLDER = "default"
"""The word that these pages list where the server's own choice is meant; no value of its own."""


def kind_of(schema: JsonMap) -> str:
    """Return the one type of a schema besides null, or an empty word where there is none."""
    given = schema.get("type")
    kinds = given if isinstance(given, list) else [given]
    named = [kind for kind in kinds if isinstance(kind, str) and kind != "null"]
    return named[0] if len(named) == 1 else ""


def read(literal: str, kind: str) -> Json:
    """Return the value of a literal for a field of a type; None when it is none of that type."""
    if kind == "boolean":
        return _WORDS.get(literal.lower())
    if kind == "integer":
        return int(literal) if _INTEGER.fullmatch(literal) else None
    if kind == "number":
        return number(literal)
    return literal if kind == "string" and literal else None


def number(literal: str) -> int | float | None:
    """Return the number a literal stands for, whole where it is written so; None for other text."""
    if not _NUMBER.fullmatch(literal):
        return None
    return float(literal) if "." in literal else int(literal)
