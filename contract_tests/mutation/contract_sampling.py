"""Edits that are made from the contract itself: one for each operation, status and keyword."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from .contract_edits import ContractMutant, Node, named, resolved

_REQUEST = "request"
_IMPOSSIBLE: list[Node] = [{"const": "no such value"}]
_KEPT_FORMATS = {"int64", "int32", "double", "float"}  # these only inform; no validator tests them


def _other_format(name: str) -> str:
    if name in _KEPT_FORMATS:
        return name
    return "ipv4" if name != "ipv4" else "uuid"


# Each makes a keyword allow less, so that something true breaks it.
_NARROWED: dict[str, Callable[[Any], object]] = {
    "type": lambda name: "string" if name == "boolean" else "boolean",
    "required": lambda names: [*names, "no_such_field"],
    "enum": lambda _: ["no such value"],
    "minimum": lambda least: least + 1_000_000_000_000,
    "exclusiveMinimum": lambda least: least + 1_000_000_000_000,
    "maximum": lambda _: -1_000_000_000_000,
    "minLength": lambda _: 1_000_000,
    "maxLength": lambda _: 0,
    "minItems": lambda _: 1_000,
    "maxItems": lambda _: 0,
    "format": _other_format,
    "anyOf": lambda _: _IMPOSSIBLE,
    "oneOf": lambda _: _IMPOSSIBLE,
    "items": lambda _: _IMPOSSIBLE[0],
}


def sampled(document: Node, count: int, seed: int) -> list[ContractMutant]:
    """Return ``count`` of all such edits, drawn by a seed and in the contract's order."""
    every = list(mechanical(document))
    chosen = set(random.Random(seed).sample(range(len(every)), min(count, len(every))))  # noqa: S311 - no secret
    return [mutant for index, mutant in enumerate(every) if index in chosen]


def mechanical(document: Node) -> Iterator[ContractMutant]:
    """Yield an edit for each keyword of each body: it is narrowed there, and nowhere else."""
    for operation_id, status in _bodies(document):
        schema = _inlined(document, _content(document, operation_id, status)["schema"])
        for keyword in sorted(_keywords(schema)):
            yield ContractMutant(
                f"{operation_id.replace('_', '-')}:{status}:{keyword}",
                "mechanical",
                "what is sent there no longer fits",
                partial(_edit, operation_id=operation_id, status=status, keyword=keyword),
            )


def _bodies(document: Node) -> Iterator[tuple[str, str]]:
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "responses" in operation:
                names = [_REQUEST] if "requestBody" in operation else []
                for name in [*names, *operation["responses"]]:
                    yield operation["operationId"], str(name)


def _content(document: Node, operation_id: str, status: str) -> Node:
    """Return the media type object of a body, in a copy that no other operation shares."""
    operation = named(operation_id)(document)
    place, name = (
        (operation, "requestBody") if status == _REQUEST else (operation["responses"], status)
    )
    place[name] = copy.deepcopy(resolved(document, place[name]))
    content: Node = next(iter(place[name]["content"].values()))
    return content


def _edit(document: Node, *, operation_id: str, status: str, keyword: str) -> None:
    content = _content(document, operation_id, status)
    content["schema"] = _narrowed(_inlined(document, content["schema"]), keyword)


def _inlined(document: Node, schema: Any, above: tuple[str, ...] = ()) -> Any:  # any JSON value
    """Put components in the place of references to them, but for those that hold themselves."""
    if isinstance(schema, list):
        return [_inlined(document, item, above) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if reference in above:
        return schema
    if reference:
        return _inlined(document, resolved(document, schema), (*above, reference))
    return {name: _inlined(document, value, above) for name, value in schema.items()}


def _keywords(schema: object) -> set[str]:
    """List the keywords that can be narrowed somewhere in a schema."""
    return {keyword for keyword in _NARROWED if _narrowed(schema, keyword) != schema}


def _narrowed(schema: Any, keyword: str, *, names: bool = False) -> Any:  # any JSON value
    """Narrow a keyword wherever it stands; the keys of ``properties`` are names and no keywords."""
    if isinstance(schema, list):
        return [_narrowed(item, keyword) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _NARROWED[keyword](value)
        if name == keyword and not names
        else _narrowed(value, keyword, names=name == "properties" and not names)
        for name, value in schema.items()
    }
