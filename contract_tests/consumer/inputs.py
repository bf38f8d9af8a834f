"""Draws inputs for an endpoint from its own input schema: what a caller may give, and what not."""

from __future__ import annotations

import base64
import io
import re
from decimal import Decimal
from typing import cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from chainhub_fal import Endpoint

from ..schemas import Node
from .grammar import Grammar, Json, kinds

# The same examples in every run: this is a gate, and a new one must not fail by luck.
GATE = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
PLAIN = Grammar({})
"""An endpoint's own schemas hold no references."""
# The first bytes by which a file is known for what it is (each format's own specification).
_HEADS = {
    "jpg": ("image/jpeg", b"\xff\xd8\xff\xe0"),
    "jpeg": ("image/jpeg", b"\xff\xd8\xff\xe0"),
    "png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    "gif": ("image/gif", b"GIF89a"),
    "webp": ("image/webp", b"RIFF\x00\x00\x00\x00WEBP"),
    "avif": ("image/avif", b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00miafavif"),
    "mp4": ("video/mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"),
    "webm": ("video/webm", b"\x1a\x45\xdf\xa3"),
    "mp3": ("audio/mpeg", b"ID3"),
    "wav": ("audio/wav", b"RIFF\x00\x00\x00\x00WAVE"),
}
_WIDEST = 2**70
_SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["default", "2", "true", "", " ", "null"]),
)
JSON_VALUES: st.SearchStrategy[Json] = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(["width", "url"]), st.text()), inner, max_size=3),
    ),
    max_leaves=5,
)
NO_JSON: st.SearchStrategy[object] = st.sampled_from(
    [float("nan"), float("-inf"), 1j, Decimal(1), {1}, b"\xff", object(), range(2), {"a": b""}]
)


def valid_inputs(endpoint: Endpoint[..., object]) -> st.SearchStrategy[dict[str, Json]]:
    """Draw inputs that must be taken: each type, alias and bound, what has a default left out."""
    properties = cast("dict[str, Node]", endpoint.input_schema["properties"])
    required = cast("list[str]", endpoint.input_schema.get("required", []))
    drawn = {
        name: _files(endpoint.files[name]) if name in endpoint.files else _valid(schema)
        for name, schema in properties.items()
    }
    return st.fixed_dictionaries(
        {name: drawn[name] for name in required},
        optional={name: it for name, it in drawn.items() if name not in required},
    )


def _valid(schema: Node) -> st.SearchStrategy[Json]:
    aliases = list(cast("dict[str, Json]", schema.get("x-aliases", {})))
    choices = [_of_branch(branch) for branch in PLAIN.branches(schema)]
    choices += [st.sampled_from(aliases)] if aliases else []
    return st.one_of(choices + ([st.none()] if PLAIN.is_nullable(schema) else []))


def _of_branch(schema: Node) -> st.SearchStrategy[Json]:
    if "enum" in schema:
        return st.sampled_from(cast("list[Json]", schema["enum"]))
    if not kinds(schema):
        return _SCALARS
    (kind,) = (kind for kind in kinds(schema) if kind != "null")
    if kind == "object":
        properties = cast("dict[str, Node]", schema.get("properties", {}))
        required = cast("list[str]", schema.get("required", []))
        drawn = {name: _valid(inner) for name, inner in properties.items()}
        return st.fixed_dictionaries(
            {name: drawn[name] for name in required},
            optional={name: it for name, it in drawn.items() if name not in required},
        )
    if kind == "array":
        low, high = cast("int", schema.get("minItems", 0)), cast("int", schema.get("maxItems", 4))
        return st.lists(_valid(cast("Node", schema["items"])), min_size=low, max_size=high)
    return _of_kind(kind, schema)


def _of_kind(kind: str, schema: Node) -> st.SearchStrategy[Json]:
    least = cast(
        "int", schema.get("minimum", cast("int", schema.get("exclusiveMinimum", -_WIDEST)) + 1)
    )
    most = cast(
        "int", schema.get("maximum", cast("int", schema.get("exclusiveMaximum", _WIDEST)) - 1)
    )
    if kind == "integer":
        return st.integers(least, most)
    if kind == "number":
        return st.one_of(st.integers(least, most), st.floats(least, most))
    if kind == "boolean":
        return st.booleans()
    low, high = cast("int", schema.get("minLength", 0)), cast("int", schema.get("maxLength", 60))
    return st.text(min_size=low, max_size=high)


def _files(accepted: tuple[str, ...]) -> st.SearchStrategy[Json]:
    """Draw a file of an accepted type, in each form that needs no disk."""
    heads = st.sampled_from([_HEADS[name] for name in accepted])
    content = st.builds(lambda head, rest: head[1] + bytes(8) + rest, heads, st.binary(max_size=20))
    forms = st.sampled_from([bytes, bytearray, memoryview, io.BytesIO])
    address = st.from_regex(
        re.compile(r"https?://[a-z]{1,9}\.example(:\d{2,4})?(/([a-z.~-]|%20){0,9})?", re.ASCII),
        fullmatch=True,
    )
    uri = st.builds(
        lambda head: f"data:{head[0]};base64,{base64.b64encode(head[1]).decode()}", heads
    )
    return st.one_of(st.builds(lambda form, it: form(it), forms, content), address, uri)


def content_of(value: Json) -> bytes | None:
    """Return the bytes of a file drawn here; None for one that is text."""
    if isinstance(value, io.BytesIO):
        return value.getvalue()
    return None if isinstance(value, str) else bytes(value)
