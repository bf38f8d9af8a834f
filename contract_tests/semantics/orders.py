"""Inputs made from the contract by rule, each with what its result must then look like."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import cast

import httpx
from PIL import Image

from ..schemas import Node
from .endpoints import Endpoint, node

# By the names of `x-file-types`, the shortest first: what Pillow writes without an optional codec.
_WRITABLE = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF"}
_PICTURE_FORMATS = frozenset({"jpeg", "png", "webp", "gif", "avif"})
_COUNT = "num_"  # `num_images` counts the items of the output's `images`
_MOST = 3  # pictures of one job: enough to tell a count, few enough to pay for
_SIDES = (64, 96, 128, 160)  # pixels
_LARGEST_ECHO = 2**31 - 1


@dataclass(frozen=True)
class Order:
    """One input, and what must be true of its output.

    ``echoes`` are fields that the output repeats, ``counts`` are lengths of its arrays; ``size``
    is the pixels and ``media_type`` the type of each picture, None where the input cannot say.
    A job whose input is not ``valid`` must fail, at the latest on the result route.
    """

    body: Mapping[str, object]
    valid: bool = True
    echoes: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    media_type: str | None = None


def minimal(endpoint: Endpoint) -> dict[str, object]:
    """Make the smallest valid input: the required fields only."""
    properties = node(endpoint.input.get("properties"))
    required = cast("Sequence[str]", endpoint.input.get("required", ()))
    return {name: _value(endpoint, name, properties.get(name)) for name in required}


def order(endpoint: Endpoint, dice: Random) -> Order:
    """Make a valid input that differs from others in all that its output must repeat.

    Raises ValueError when the contract refuses what these rules make of it.
    """
    echoes = {name: dice.randrange(_LARGEST_ECHO) for name in _echoed(endpoint)}
    counts = {name: _count(endpoint, name, dice) for name in _counted(endpoint)}
    sizes = {name: (dice.choice(_SIDES), dice.choice(_SIDES)) for name in _sized(endpoint)}
    formats = {name: dice.choice(choices) for name, choices in _formats(endpoint)}
    body = {
        **minimal(endpoint),
        **echoes,
        **{_COUNT + name: count for name, count in counts.items()},
        **{name: {"width": size[0], "height": size[1]} for name, size in sizes.items()},
        **formats,
    }
    _check(endpoint, body)
    return Order(
        body=body,
        echoes=echoes,
        counts=counts,
        size=next(iter(sizes.values()), None),
        media_type=next((f"image/{name}" for name in formats.values()), None),
    )


def _check(endpoint: Endpoint, body: Mapping[str, object]) -> None:
    headers = httpx.Headers({"content-type": "application/json"})
    if problems := endpoint.submit.body.problems(headers, json.dumps(body).encode()):
        about = endpoint.submit.operation_id
        raise ValueError(f"no valid input could be made for {about}: {'; '.join(problems)}")


def _properties(endpoint: Endpoint, schema: Node) -> Iterator[tuple[str, Node]]:
    for name, found in node(schema.get("properties")).items():
        yield name, endpoint.resolve(found)


def _echoed(endpoint: Endpoint) -> list[str]:
    """Integers that stand in the input and in the output under one name."""
    outputs = dict(_properties(endpoint, endpoint.output))
    return [
        name
        for name, schema in _properties(endpoint, endpoint.input)
        if _is(schema, "integer") and _is(outputs.get(name, {}), "integer")
    ]


def _counted(endpoint: Endpoint) -> list[str]:
    """Arrays of the output whose length an input field with the prefix ``num_`` asks for."""
    inputs = dict(_properties(endpoint, endpoint.input))
    return [
        name
        for name, schema in _properties(endpoint, endpoint.output)
        if _is(schema, "array") and _is(inputs.get(_COUNT + name, {}), "integer")
    ]


def _count(endpoint: Endpoint, name: str, dice: Random) -> int:
    schema = dict(_properties(endpoint, endpoint.input))[_COUNT + name]
    low, high = schema.get("minimum", 1), schema.get("maximum", _MOST)
    first = low if isinstance(low, int) else 1
    last = min(high, _MOST) if isinstance(high, int) else _MOST
    return dice.randint(first, max(first, last))


def _sized(endpoint: Endpoint) -> list[str]:
    """Input fields that take an object of width and height."""
    return [
        name
        for name, schema in _properties(endpoint, endpoint.input)
        if any(
            {"width", "height"} <= set(node(b.get("properties"))) for b in _all(endpoint, schema)
        )
    ]


def _all(endpoint: Endpoint, schema: Node) -> list[Node]:
    branches = [
        b for word in ("oneOf", "anyOf") for b in cast("list[object]", schema.get(word, []))
    ]
    return [schema, *map(endpoint.resolve, branches)]


def _formats(endpoint: Endpoint) -> Iterator[tuple[str, list[str]]]:
    """Input fields that choose between formats of pictures, and nothing else."""
    for name, schema in _properties(endpoint, endpoint.input):
        choices = [str(choice) for choice in cast("list[object]", schema.get("enum", []))]
        if choices and set(choices) <= _PICTURE_FORMATS:
            yield name, choices


def _is(schema: Node, kind: str) -> bool:
    types = schema.get("type", ())
    return kind == types or (isinstance(types, list) and kind in types)


def _value(endpoint: Endpoint, name: str, schema: object) -> object:
    """Take a picture, the operation's own example, or the simplest value of the type."""
    found = endpoint.resolve(schema)
    items = endpoint.resolve(found.get("items"))
    if uri := _picture(found):
        return uri
    if uri := _picture(items):
        return [uri]
    for value in (endpoint.example.get(name), found.get("default"), found.get("example")):
        if value is not None:
            return value
    return _simplest(found)


def _picture(schema: Node) -> str | None:
    """Make a small picture as a data URI of a type that the field takes."""
    types = cast("list[str]", schema.get("x-file-types", []))
    kind = next((name for name in _WRITABLE if name in types), None)
    if kind is None:
        return None
    written = BytesIO()
    Image.new("RGB", (16, 16), "teal").save(written, _WRITABLE[kind])
    return f"data:image/{_WRITABLE[kind].lower()};base64,{base64.b64encode(written.getvalue()).decode()}"


def _simplest(schema: Node) -> object:
    if choices := cast("list[object]", schema.get("enum", [])):
        return choices[0]
    low = schema.get("minimum", 1)
    simple = {
        "string": "a",
        "boolean": True,
        "array": [],
        "object": {},
        "integer": low,
        "number": low,
    }
    return next((value for kind, value in simple.items() if _is(schema, kind)), "a")
