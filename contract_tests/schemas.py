"""Strict JSON and compiled schemas: what a body or a parameter must be, said in words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NoReturn, cast

import jsonschema_rs

Node = Mapping[str, object]
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_LONGEST = 200  # characters of a validator's message, which may repeat a whole body


class StrictJsonError(ValueError):
    """A body that is no JSON, or can be read in more than one way."""


def parse_json(content: bytes) -> object:
    """Read JSON as RFC 8259 has it; raises StrictJsonError for duplicate keys and NaN too."""
    try:
        return json.loads(content, object_pairs_hook=_unique, parse_constant=_no_constant)
    except StrictJsonError:
        raise
    except ValueError as error:
        raise StrictJsonError(f"it is no JSON: {error}") from error


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise StrictJsonError(f"the key {name!r} stands in it twice")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} is no JSON number")


class Schema:
    """One schema of the contract, compiled once, with the components it may refer to."""

    def __init__(self, schema: Node, components: Node) -> None:
        self._schema = _resolved(schema, components)
        self._validator = jsonschema_rs.Draft202012Validator(
            {**schema, "components": components}, validate_formats=True
        )

    def problems(self, value: object) -> list[str]:
        """Say what the schema does not allow in a JSON value, each with its place."""
        if self._validator.is_valid(value):
            return []
        return [
            f"{_pointer(error.instance_path)}: {error.message[:_LONGEST]}"
            for error in self._validator.iter_errors(value)
        ]

    def json_problems(self, content: bytes) -> list[str]:
        """Say what is wrong with a body of JSON text."""
        try:
            return self.problems(parse_json(content))
        except StrictJsonError as error:
            return [str(error)]

    def text_problems(self, texts: Sequence[str]) -> list[str]:
        """Say what is wrong with a parameter as it stood in a URL or a header."""
        types = self._schema.get("type")
        allowed = [types] if isinstance(types, str) else list(types or ())  # type: ignore[call-overload]
        if "array" in allowed:
            return self.problems(list(texts))
        if len(texts) > 1:
            return ["it is given more than once"]
        return self.problems(_typed(texts[0], allowed))


def _typed(text: str, allowed: Sequence[object]) -> object:
    """Read a parameter's text as the type that its schema names; else it stays a string."""
    if "integer" in allowed and _INTEGER.fullmatch(text):
        return int(text)
    if "boolean" in allowed and text in {"true", "false"}:
        return text == "true"
    if "number" in allowed:
        try:
            return parse_json(text.encode())
        except StrictJsonError:
            return text
    return text


def _resolved(schema: Node, components: Node) -> Node:
    reference = schema.get("$ref")
    return schema if reference is None else lookup({"components": components}, str(reference))


def lookup(document: Node, reference: str) -> Node:
    """Follow a local reference; raises LookupError when it leads nowhere."""
    found = document
    for step in reference.removeprefix("#/").split("/"):
        try:
            found = cast("Node", found[step.replace("~1", "/").replace("~0", "~")])
        except (KeyError, TypeError):
            raise LookupError(f"{reference} leads nowhere in the contract: no {step!r}") from None
    return found


def _pointer(path: Iterable[str | int]) -> str:
    return "/" + "/".join(str(step) for step in path)
