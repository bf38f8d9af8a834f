"""Which keywords a schema declares, and which of them a value is held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..contract import Contract
from ..schemas import Node, Schema
from ..suite.samples import Samples, branches, properties, types_of

ANY = object()
"""In place of a value: everything that is declared."""

_DEEPEST = 6  # a schema may contain itself
_CHOICES = ("oneOf", "anyOf")
_SCHEMAS = frozenset({"properties", "items", "allOf", "additionalProperties", *_CHOICES})
_DESCRIPTIONS = frozenset(
    [
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "externalDocs",
        "discriminator",
        "xml",
    ]
)
_TYPE_OF: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(["minimum", "maximum", "multipleOf"], ("integer", "number")),
    **dict.fromkeys(["exclusiveMinimum", "exclusiveMaximum"], ("integer", "number")),
    **dict.fromkeys(["minLength", "maxLength", "pattern", "format"], ("string",)),
    **dict.fromkeys(["minItems", "maxItems", "uniqueItems", "contains"], ("array",)),
    **dict.fromkeys(["required", "minProperties", "maxProperties"], ("object",)),
}
_PYTHON: Mapping[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "array": (list,),
    "object": (dict,),
}


class Keywords:
    """Reads schemas of one contract; a branch of a choice is named: ``body<FalErrorText>.detail``."""

    def __init__(self, contract: Contract) -> None:
        self._samples = Samples(contract.document)
        components = contract.document.get("components")
        self._components = components if isinstance(components, Mapping) else {}
        self._compiled: dict[int, Schema] = {}

    def of(self, schema: object, value: object = ANY, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Yield place and keyword for all that a value is held to, or that is declared at all.

        Each member of an ``enum`` is a keyword of its own: ``enum=FAILED``.
        """
        node = self._samples.resolve(schema)
        for keyword in node:
            yield from (("", name) for name in _names(node, keyword, value))
        if depth < _DEEPEST:
            for prefix, inner, part in self._parts(node, value):
                for place, keyword in self.of(inner, part, depth + 1):
                    yield f"{prefix}{place}", keyword

    def _parts(self, node: Node, value: object) -> Iterator[tuple[str, object, object]]:
        """Yield the schemas inside of one, each with its part of the value."""
        for inner in branches(node, "allOf"):
            yield "", inner, value
        for keyword in _CHOICES:
            for number, inner in enumerate(branches(node, keyword), 1):
                if value is ANY or self._fits(inner, value):
                    yield f"<{_name_of(inner, number)}>", inner, value
        yield from _members(node, value)
        if "items" in node:
            items = [ANY] if value is ANY else value if isinstance(value, list) else []
            yield from (("[]", node["items"], each) for each in items)

    def _fits(self, schema: object, value: object) -> bool:
        # The document outlives this object, so an id is not given out again.
        if id(schema) not in self._compiled:
            node = schema if isinstance(schema, Mapping) else {}
            self._compiled[id(schema)] = Schema(node, self._components)
        return not self._compiled[id(schema)].problems(value)


def _members(node: Node, value: object) -> Iterator[tuple[str, object, object]]:
    known, rest = properties(node), node.get("additionalProperties")
    whole = value if isinstance(value, dict) else {}
    for name, inner in known.items():
        if value is ANY or name in whole:
            yield f".{name}", inner, ANY if value is ANY else whole[name]
    if isinstance(rest, Mapping):
        others = [ANY] if value is ANY else [whole[name] for name in whole if name not in known]
        yield from ((".*", rest, each) for each in others)


def _names(node: Node, keyword: str, value: object) -> Iterator[str]:
    """Yield what to call a keyword, if it says anything about the value."""
    if keyword in _SCHEMAS | _DESCRIPTIONS or keyword.startswith(("x-", "$")):
        if keyword == "additionalProperties" and node[keyword] is False:
            yield keyword
    elif keyword == "enum":
        members = branches(node, "enum")
        yield from (f"enum={each}" for each in members if value is ANY or value == each)
    elif _speaks(node, keyword, value):
        yield keyword


def _speaks(node: Node, keyword: str, value: object) -> bool:
    """Tell whether a keyword is about values of this type: a bound says nothing about null."""
    kinds = _TYPE_OF.get(keyword)
    if kinds is None:
        return True
    if value is ANY:
        types = types_of(node)
        return not types or bool(set(kinds) & set(types))
    allowed = tuple(each for kind in kinds for each in _PYTHON[kind])
    return isinstance(value, allowed) and not isinstance(value, bool)


def _name_of(schema: object, number: int) -> str:
    """Name a branch by its component, its type or its number."""
    node = schema if isinstance(schema, Mapping) else {}
    reference = str(node.get("$ref", "")).rpartition("/")[2]
    return reference or next(iter(types_of(node)), str(number))
