"""The form of an edit of the contract, and the few steps that edits are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

from .outcomes import StaleError

Node: TypeAlias = dict[str, Any]  # any value may stand in YAML
Find: TypeAlias = Callable[[Node], Node]
Edit: TypeAlias = Callable[[Node], None]


@dataclass(frozen=True)
class ContractMutant:
    """One edit after which the contract no longer tells the truth.

    ``excuse`` says why, where the sources agreed with the edit, nobody could notice it.
    """

    name: str
    group: str
    reason: str
    edit: Edit
    excuse: str = ""


def at(node: object, *steps: str) -> Any:  # any value may stand in YAML
    """Return what stands at a place; raises StaleError when nothing does."""
    for step in steps:
        if not isinstance(node, Mapping) or step not in node:
            raise StaleError(f"the contract has no {'.'.join(steps)}: no {step!r}")
        node = node[step]
    return node


def component(name: str, *steps: str) -> Find:
    """Find a component schema, or a place below it."""
    return lambda document: cast("Node", at(document, "components", "schemas", name, *steps))


def resolved(document: Node, node: Node) -> Node:
    """Follow a local reference to what it names."""
    while "$ref" in node:
        node = at(document, *str(node["$ref"]).removeprefix("#/").split("/"))
    return node


def submit(document: Node) -> Node:
    """Find the first operation that submits to a model."""
    for item in document["paths"].values():
        for operation in item.values():
            if isinstance(operation, dict) and "x-endpoint-id" in operation:
                return operation
    raise StaleError("the contract has no operation with x-endpoint-id")


def named(operation_id: str, *steps: str) -> Find:
    """Find an operation by its id, or a place below it."""

    def find(document: Node) -> Node:
        for item in document["paths"].values():
            for operation in item.values():
                if isinstance(operation, dict) and operation.get("operationId") == operation_id:
                    return cast("Node", at(operation, *steps))
        raise StaleError(f"the contract has no operation {operation_id}")

    return find


def of_submit(*steps: str) -> Find:
    """Find a place below the first submit operation."""
    return lambda document: cast("Node", at(submit(document), *steps))


def input_schema(document: Node) -> Node:
    """Find the input of the first submit operation."""
    body = at(submit(document), "requestBody", "content", "application/json", "schema")
    return resolved(document, body)


def output_schema(document: Node) -> Node:
    """Find the output of the first submit operation."""
    return resolved(document, {"$ref": at(submit(document), "x-output")})


def with_keyword(schema: Find, *keywords: str) -> Find:
    """Find the first property of an object that has all these keywords."""

    def find(document: Node) -> Node:
        for node in at(schema(document), "properties").values():
            if all(keyword in node for keyword in keywords):
                return cast("Node", node)
        raise StaleError(f"no property has {', '.join(keywords)}")

    return find


def of_type(schema: Find, name: str) -> Find:
    """Find the first property of an object that is of a type, alone or among others."""

    def find(document: Node) -> Node:
        for node in at(schema(document), "properties").values():
            types = node.get("type", [])
            if name in ([types] if isinstance(types, str) else types):
                return cast("Node", node)
        raise StaleError(f"no property is of type {name}")

    return find


def changed(find: Find, key: str, change: Callable[[Any], object]) -> Edit:
    """Replace a value by what ``change`` makes of it."""

    def edit(document: Node) -> None:
        node = find(document)
        before = at(node, key)
        node[key] = change(before)
        if node[key] == before:
            raise StaleError(f"{key} is {before!r} already")

    return edit


def put(find: Find, key: str, value: object) -> Edit:
    """Set a value where there is another one, or none."""

    def edit(document: Node) -> None:
        node = find(document)
        if node.get(key) == value:
            raise StaleError(f"{key} is {value!r} already")
        node[key] = value

    return edit


def dropped(find: Find, key: str) -> Edit:
    """Remove a key and what it holds."""

    def edit(document: Node) -> None:
        node = find(document)
        at(node, key)
        del node[key]

    return edit


def less(item: str) -> Callable[[list[str]], list[str]]:
    """Make a list without an item; where it is not in, the list stays, which makes an edit stale."""
    return lambda items: [each for each in items if each != item]


def more(item: str) -> Callable[[list[str]], list[str]]:
    """Make a list with one more item."""
    return lambda items: [*items, item]


def renamed(find: Find, old: str, new: str) -> Edit:
    """Give a key another name in its old place."""

    def edit(document: Node) -> None:
        node = find(document)
        at(node, old)
        pairs = [(new if key == old else key, value) for key, value in node.items()]
        node.clear()
        node.update(pairs)

    return edit
