"""Valid values that lie between a schema's bounds, and that careless servers refuse."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..schemas import Node
from .samples import bound

WRITTEN_AS_FLOAT = "an integer written like 1.0"
"""4.0 is an integer to JSON Schema 2020-12, and to Go's or Java's JSON readers it is none."""

_EXACT = 2**53 - 1  # the greatest integer that every JSON reader keeps (RFC 8259, 6)
_PAST_31_BITS = 2**31
_MANY = 3000  # characters; less than any server must take in a URI (RFC 9110, 4.1)
_BEYOND_BMP = "\N{MUSICAL SYMBOL G CLEF}"  # four bytes of UTF-8, two units of UTF-16
_WIDTH = re.compile(r"(u?)int(\d+)")  # formats of OpenAPI's registry, which describe only


def interior(node: Node, name: str, plain: object) -> Iterator[tuple[str, object]]:
    """Yield what to try of one of a schema's types, in words and as a value.

    ``plain`` is a plain value of that type. Whether a value is valid is for a validator to say.
    """
    if name in {"integer", "number"}:
        yield from _numbers(node)
    if name == "integer" and isinstance(plain, int):
        yield WRITTEN_AS_FLOAT, float(plain)
    if name == "string" and isinstance(plain, str):
        yield from _strings(node, plain)


def _numbers(node: Node) -> Iterator[tuple[str, object]]:
    least, greatest = _span(node)
    for words, value in (
        ("zero", 0),
        ("a negative number", -1),
        ("an integer of more than 31 bits", min(_PAST_31_BITS, greatest)),
        ("the greatest integer", greatest),
    ):
        if least <= value:
            yield words, value


def _span(node: Node) -> tuple[int, int]:
    """Return the least and the greatest integer that a format and every reader keep."""
    found = _WIDTH.fullmatch(str(node.get("format")))
    if found is None:
        return -_EXACT, _EXACT
    unsigned, bits = bool(found[1]), int(found[2])
    greatest = min(_EXACT, 2 ** (bits if unsigned else bits - 1) - 1)
    return (0 if unsigned else -greatest - 1), greatest


def _strings(node: Node, plain: str) -> Iterator[tuple[str, object]]:
    """Try what a text may hold; of the formats only an address can be made longer at will."""
    if "maxLength" not in node and node.get("format") in {None, "uri"}:
        yield f"a text of {_MANY} characters", plain.ljust(_MANY, "a")
    if "format" not in node:
        fewest = int(bound(node, "minLength")) if "minLength" in node else 0
        yield "a character outside the BMP", _BEYOND_BMP.ljust(fewest, "a")
        yield "an empty text", ""
