"""Values that try a schema, keyword by keyword: at a bound, just past it, and easily coerced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias, cast

from ..harness.findings import Polarity
from ..schemas import Node
from .interior import interior
from .samples import (
    FORMATS,
    Samples,
    bound,
    branches,
    properties,
    required,
    step_of,
    types_of,
)

_DEEPEST = 6
_UNKNOWN_FIELD = "a_field_that_nobody_knows"

# What a careless reader takes for the type, and then every other type. A whole number written as
# 2.0 is not among them: it is valid.
_LOOKALIKES: Mapping[str, tuple[object, ...]] = {
    "integer": ("2", "", True, 1.5, [1], {"value": 1}, None),
    "number": ("1.5", "", True, [1.5], {"value": 1.5}, None),
    "boolean": ("true", "false", "", 1, 0, [True], {"value": True}, None),
    "string": (1, 1.5, True, ["a"], {"value": "a"}, None),
    "array": ("a", "[]", 1, True, {"0": "a"}, None),
    "object": ("{}", "a", 1, True, [], None),
    "null": ("null", "", 0, False),
}
# Assertions of JSON Schema 2020-12; the other keywords describe, or only lead to these.
_ASSERTIONS = frozenset(
    [
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "minItems",
        "maxItems",
        "uniqueItems",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "propertyNames",
        "contains",
        "not",
        "if",
        "oneOf",
        "anyOf",
        "patternProperties",
        "prefixItems",
    ]
)
_NO_ASSERTION: Mapping[str, object] = {"additionalProperties": True, "uniqueItems": False}
Tries: TypeAlias = Iterator[tuple[Polarity, object]]
Rule: TypeAlias = Callable[[Node, object], Tries]


@dataclass(frozen=True)
class Proposal:
    """A value meant to keep or to break one keyword at one place; a validator has the last word.

    ``interior`` says in words what is tried by a valid value that no keyword bounds.
    """

    place: str
    keyword: str
    polarity: Polarity
    value: object
    interior: str = ""


class Values:
    """Proposes values for the schemas of one document."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples

    def proposals(self, schema: object, base: object, depth: int = 0) -> Iterator[Proposal]:
        """Yield whole values for a schema, each ``base`` with one change."""
        node = self._samples.resolve(schema)
        for keyword, rule in _RULES.items():
            if keyword in node:
                for polarity, value in rule(node, base):
                    yield Proposal("", keyword, polarity, value)
        for name in types_of(node):
            plain = self._samples.of_type(node, name)
            yield Proposal("", "type", "valid", plain)
            for words, value in interior(node, name, plain):
                yield Proposal("", "type", "valid", value, words)
        if depth < _DEEPEST:
            yield from self._inner(node, base, depth + 1)

    def _inner(self, node: Node, base: object, depth: int) -> Iterator[Proposal]:
        whole = base if isinstance(base, dict) else {}
        for name, schema in properties(node).items():
            for found in self.proposals(schema, self._samples.of(schema), depth):
                value = {**whole, name: found.value}
                yield replace(found, place=f".{name}{found.place}", value=value)
        if "items" in node:
            item = self._samples.of(node["items"])
            rest = base[1:] if isinstance(base, list) else []
            for found in self.proposals(node["items"], item, depth):
                yield replace(found, place=f"[]{found.place}", value=[found.value, *rest])
        for keyword in ("oneOf", "anyOf", "allOf"):
            yield from self._branches(node, keyword, depth)

    def _branches(self, node: Node, keyword: str, depth: int) -> Iterator[Proposal]:
        for branch in branches(node, keyword):
            sample = self._samples.of(branch)
            yield Proposal("", keyword, "valid", sample)
            for found in self.proposals(branch, sample, depth):
                yield found
                if found.polarity == "invalid" and not found.place:
                    yield replace(found, keyword=keyword)

    def asserted(self, schema: object, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Yield place and name of each keyword of a schema that can be broken."""
        node = self._samples.resolve(schema)
        for keyword in _ASSERTIONS & node.keys():
            if not _says_nothing(node, keyword):
                yield "", keyword
        if depth >= _DEEPEST:
            return
        inner = [(f".{name}", each) for name, each in properties(node).items()]
        inner += [("[]", node["items"])] if "items" in node else []
        for word in ("oneOf", "anyOf", "allOf"):
            inner += [("", branch) for branch in branches(node, word)]
        for prefix, each in inner:
            for place, keyword in self.asserted(each, depth + 1):
                yield f"{prefix}{place}", keyword


def _says_nothing(node: Node, keyword: str) -> bool:
    """Tell whether a keyword refuses no value at all, as it stands."""
    found = node[keyword]
    if keyword == "format":
        return found not in FORMATS  # OpenAPI's own, such as int64, only describe
    return found in ([], {}) or found is _NO_ASSERTION.get(keyword)


def _types(node: Node, _: object) -> Tries:
    for name in types_of(node):
        if name == "boolean":
            yield from (("valid", True), ("valid", False))
        for value in _LOOKALIKES[name]:
            yield "invalid", value


def _enum(node: Node, _: object) -> Tries:
    for member in branches(node, "enum"):
        yield "valid", member
    first = str(branches(node, "enum")[0])
    for word in (first.swapcase(), f" {first}", "default", ""):
        yield "invalid", word


def _const(node: Node, _: object) -> Tries:
    yield "valid", node["const"]
    yield "invalid", f"not {node['const']}"


def _aliases(node: Node, _: object) -> Tries:
    """Try the words that a client translates: they must not pass on the wire."""
    for word in cast("Node", node["x-aliases"]):
        yield "invalid", word


def _limit(keyword: str, *, upper: bool, open_: bool) -> Rule:
    def rule(node: Node, _: object) -> Tries:
        limit, outward = bound(node, keyword), step_of(node) * (1 if upper else -1)
        yield "valid", limit - outward if open_ else limit
        yield "invalid", limit if open_ else limit + outward

    return rule


def _multiple(node: Node, _: object) -> Tries:
    unit = bound(node, "multipleOf")
    lowest = unit * -(-bound(node, "minimum") // unit) if "minimum" in node else unit
    yield "valid", lowest
    yield "invalid", lowest + unit / 2 if step_of(node) < 1 else lowest + 1


def _length(keyword: str, outward: int) -> Rule:
    def rule(node: Node, base: object) -> Tries:
        limit = int(bound(node, keyword))
        text = base if isinstance(base, str) and base else "a"
        for polarity, size in (("valid", limit), ("invalid", limit + outward)):
            if size >= 0:
                yield cast("Polarity", polarity), text[:size].ljust(size, "a")

    return rule


def _pattern(_: Node, base: object) -> Tries:
    yield "valid", base
    for text in ("", " ", f"{base} ", f"\u00fc{base}"):
        yield "invalid", text


def _format(node: Node, _: object) -> Tries:
    kept, broken = FORMATS.get(str(node["format"]), ((), ()))
    yield from (("valid", text) for text in kept)
    yield from (("invalid", text) for text in broken)


def _count(keyword: str, outward: int) -> Rule:
    def rule(node: Node, base: object) -> Tries:
        limit = int(bound(node, keyword))
        items = base if isinstance(base, list) and base else ["a"]
        for polarity, size in (("valid", limit), ("invalid", limit + outward)):
            if size >= 0:
                yield cast("Polarity", polarity), (items * (size + 1))[:size]

    return rule


def _unique(_: Node, base: object) -> Tries:
    if isinstance(base, list) and base:
        yield "invalid", [base[0], base[0]]


def _required(node: Node, base: object) -> Tries:
    whole = base if isinstance(base, dict) else {}
    names = required(node)
    yield "valid", {name: value for name, value in whole.items() if name in names}
    for left_out in names:
        yield "invalid", {name: value for name, value in whole.items() if name != left_out}


def _additional(_: Node, base: object) -> Tries:
    whole = base if isinstance(base, dict) else {}
    yield "valid", {**whole, _UNKNOWN_FIELD: "a"}
    yield "invalid", {**whole, _UNKNOWN_FIELD: "a"}
    yield "invalid", {**whole, _UNKNOWN_FIELD: [None]}


_RULES: Mapping[str, Rule] = {
    "type": _types,
    "enum": _enum,
    "const": _const,
    "x-aliases": _aliases,
    "minimum": _limit("minimum", upper=False, open_=False),
    "maximum": _limit("maximum", upper=True, open_=False),
    "exclusiveMinimum": _limit("exclusiveMinimum", upper=False, open_=True),
    "exclusiveMaximum": _limit("exclusiveMaximum", upper=True, open_=True),
    "multipleOf": _multiple,
    "minLength": _length("minLength", -1),
    "maxLength": _length("maxLength", 1),
    "pattern": _pattern,
    "format": _format,
    "minItems": _count("minItems", -1),
    "maxItems": _count("maxItems", 1),
    "uniqueItems": _unique,
    "required": _required,
    "additionalProperties": _additional,
}
