"""Inputs made from the contract by rule, each with what its result must then look like."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import TypeGuard, cast

import httpx
from PIL import Image

from ..schemas import Node
from .endpoints import Endpoint, node

# By the names of `x-file-types`, the shortest first: what Pillow writes without an optional codec.
_WRITABLE = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF"}
_PICTURE_FORMATS = frozenset({"jpeg", "png", "webp", "gif", "avif"})
_COUNT = "num_"  # `num_images` counts the items of the output's `images`
INLINE = "sync_mode"  # what fal's models call the wish for files as data URIs
_MOST = 3  # pictures of one job: enough to tell a count, few enough to pay for
_SIDES = (64, 96, 128, 160)  # pixels
_LARGEST_ECHO = 2**31 - 1


@dataclass(frozen=True)
class Order:
    """One input, and what must be true of its output.

    ``echoes`` are fields that the output repeats, ``counts`` are lengths of its arrays; ``size``
    is the pixels and ``media_type`` the type of each picture, None where the input cannot say;
    ``inline`` asks for files as data URIs. A job whose input is not ``valid`` must fail, at the
    latest on the result route; one whose input is ``certain`` must not.
    """

    body: Mapping[str, object]
    valid: bool = True
    certain: bool = True
    echoes: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    media_type: str | None = None
    inline: bool = False


def minimal(endpoint: Endpoint) -> dict[str, object]:
    """Make the smallest valid input: the required fields only."""
    properties = node(endpoint.input.get("properties"))
    required = cast("Sequence[str]", endpoint.input.get("required", ()))
    return {name: _value(endpoint, name, properties.get(name)) for name in required}


def order(endpoint: Endpoint, dice: Random, *, inline: bool = False) -> Order:
    """Make a valid input that differs from others in all that its output must repeat.

    With ``inline`` it asks for files as data URIs, if the endpoint takes that wish. Raises
    ValueError when the contract refuses what these rules make of it.
    """
    body = {
        **minimal(endpoint),
        **{name: dice.randrange(_LARGEST_ECHO) for name in _echoed(endpoint)},
        **{_COUNT + name: _count(endpoint, name, dice) for name in _counted(endpoint)},
        **{
            name: {"width": dice.choice(_SIDES), "height": dice.choice(_SIDES)}
            for name in _sized(endpoint)
        },
        **{name: dice.choice(choices) for name, choices in _formats(endpoint)},
        **({INLINE: True} if inline else {}),
    }
    _check(endpoint, body)
    return read_order(endpoint, body)


def read_order(
    endpoint: Endpoint, body: Mapping[str, object], *, valid: bool = True, certain: bool = True
) -> Order:
    """Read from an input what must be true of its output; a field left out has its default."""
    defaults = {
        name: schema["default"]
        for name, schema in _properties(endpoint, endpoint.input)
        if "default" in schema
    }
    given = {**defaults, **body}
    sizes = (_size(given.get(name)) for name in _sized(endpoint))
    formats = (given.get(name) for name, _ in _formats(endpoint))
    return Order(
        body=body,
        valid=valid,
        certain=valid and certain,
        echoes={name: value for name in _echoed(endpoint) if _whole(value := given.get(name))},
        counts={
            name: value for name in _counted(endpoint) if _whole(value := given.get(_COUNT + name))
        },
        size=next((size for size in sizes if size), None),
        media_type=next((f"image/{name}" for name in formats if name), None),
        inline=given.get(INLINE) is True,
    )


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _size(value: object) -> tuple[int, int] | None:
    width, height = (node(value).get(side) for side in ("width", "height"))
    return (width, height) if _whole(width) and _whole(height) else None


def takes_inline(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint's input can ask for files as data URIs."""
    return _is(dict(_properties(endpoint, endpoint.input)).get(INLINE, {}), "boolean")


def verdicts(endpoint: Endpoint) -> list[str]:
    """Name the lists of the output that hold one yes or no for each picture: all of booleans."""
    return [
        name
        for name, schema in _properties(endpoint, endpoint.output)
        if _is(schema, "array") and _is(endpoint.resolve(schema.get("items")), "boolean")
    ]


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
