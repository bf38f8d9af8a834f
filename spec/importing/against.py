"""Hold a page that adds no operation against the contract in force: what it knows besides."""

import re
from collections.abc import Iterator

from spec.documents import load_plain
from spec.importing.draft import input_name
from spec.importing.reading import Kind, Reading
from spec.nodes import Json, JsonMap, at, dereference, mapping, sequence
from spec.operations import operations
from spec.pages import Block
from spec.sources import Tree

_PARAMETER = re.compile(r"\{([^}]*)\}")
_COMPARED = ("type", "minimum", "maximum", "enum", "default", "format", "oneOf")


def differences(reading: Reading, tree: Tree) -> Iterator[tuple[str, str]]:
    """Yield where and how the page says something else than the tree's committed contract."""
    if reading.kind is Kind.FOREIGN or not tree.contract.exists():
        return
    contract = load_plain(Block(tree.contract.name, tree.contract.read_text("utf-8"), 1))
    if reading.kind is Kind.ROUTE:
        yield from _route(reading, contract)
    else:
        yield from _fields(reading, contract)


def _route(reading: Reading, contract: JsonMap) -> Iterator[tuple[str, str]]:
    method = reading.method
    for name in _PARAMETER.findall(reading.path):
        if not name.isascii() or not name.isidentifier():
            yield f"{{{name}}}", "a parameter whose name is no identifier: read by its place"
    known = [path for path, verb, _ in operations(contract) if verb == method]
    covering = [path for path in known if _covers(path, reading.path)]
    if not covering:
        yield reading.path, f"the contract has no such route for {method.upper()}"
        return
    if covering[0] != reading.path:
        yield reading.path, f"covered by {covering[0]}"
    media = ("responses", "200", "content", "application/json", "example")
    example = at(reading.operation, *media)
    outputs = set(_output_fields(contract))
    for name in example if isinstance(example, dict) else ():
        if name not in outputs:
            yield f"example.{name}", "no output and no status of the contract has this field"


def _covers(template: str, path: str) -> bool:
    """Tell whether a path is the template's, its parameters filled or named otherwise."""
    pattern = "[^/]+".join(re.escape(part) for part in re.split(r"\{[^}]*\}", template))
    return re.fullmatch(pattern, path) is not None


def _output_fields(contract: JsonMap) -> Iterator[str]:
    arms = sequence(at(contract, "components", "schemas", "JobResult", "anyOf") or [], ("anyOf",))
    for arm in arms:
        yield from _properties(contract, arm)


def _fields(reading: Reading, contract: JsonMap) -> Iterator[tuple[str, str]]:
    name = input_name(reading)
    here = _properties(reading.document, at(reading.document, "components", "schemas", name))
    there = _properties(contract, at(contract, "components", "schemas", name))
    for field in [*there, *(field for field in here if field not in there)]:
        if field not in here:
            yield field, "not on this page"
        elif field not in there:
            yield field, "only on this page"
        else:
            yield from _keywords(field, here[field], there[field])


def _keywords(field: str, here: Json, there: Json) -> Iterator[tuple[str, str]]:
    for key in _COMPARED:
        mine, theirs = at(here, key), at(there, key)
        if mine != theirs and "$ref" not in f"{mine}{theirs}":
            yield field, f"{key} {mine} on this page, {theirs} in the contract"


def _properties(document: JsonMap, schema: Json) -> JsonMap:
    whole = dereference(document, schema) if isinstance(schema, dict) else {}
    return mapping(whole.get("properties") or {}, ("properties",))
