"""From text to input values: what a schema allows, and how people write it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

Schema = Mapping[str, object]

_SIZE = re.compile(r"(\d+)x(\d+)", re.ASCII)


def read_value(text: str, schema: Schema) -> object:
    """Read text by the types the schema allows.

    What fits none stays text, for the client to refuse: it checks every value against the contract.
    """
    for choice in choices(schema):
        if shown(choice) == text:
            return choice
    allowed = kinds(schema)
    for kind, reader in _READERS.items():
        if kind in allowed:
            try:
                return reader(text)
            except ValueError:
                continue
    return text


def kinds(schema: Schema) -> set[str]:
    """Return the types that are allowed; ``text`` is a string that is free, ``size`` an object."""
    found: set[str] = set()
    for branch in _branches(schema):
        named = branch.get("type", ())
        own = {named} if isinstance(named, str) else set(cast("Sequence[str]", named))
        if "string" in own and "enum" not in branch:
            own.add("text")
        if set(cast("Schema", branch.get("properties", {}))) == {"width", "height"}:
            own.add("size")
        found |= own
    return found


def choices(schema: Schema) -> list[object]:
    """Return the values by name, the contract's own before the other names people use."""
    found: list[object] = []
    aliases: list[object] = []
    for branch in _branches(schema):
        found.extend(cast("Sequence[object]", branch.get("enum", ())))
        aliases.extend(cast("Schema", branch.get("x-aliases", {})))
    return [*found, *aliases]


def shown(value: object) -> str:
    """Write a value as it is typed on a command line."""
    return value if isinstance(value, str) else json.dumps(value)


def _branches(schema: Schema) -> list[Schema]:
    parts = [
        cast("Schema", part)
        for keyword in ("oneOf", "anyOf", "allOf")
        for part in cast("Sequence[object]", schema.get(keyword, ()))
    ]
    return [schema, *(branch for part in parts for branch in _branches(part))]


def _read_size(text: str) -> object:
    """Read ``1280x720``, which is shorter than the object it stands for."""
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return {"width": int(match[1]), "height": int(match[2])}


def _read_json(text: str, kind: type) -> object:
    value = cast("object", json.loads(text))
    if not isinstance(value, kind):
        raise ValueError(text)  # noqa: TRY004 - readers answer with ValueError alone
    return value


_READERS: dict[str, Callable[[str], object]] = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": partial(_read_json, kind=bool),
    "null": partial(_read_json, kind=type(None)),
    "size": _read_size,
    "object": partial(_read_json, kind=dict),
    "array": partial(_read_json, kind=list),
}
