"""Which operations belong together: the contract's links, from a submit to what follows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from ..contract import Contract, Operation
from ..schemas import Node, Schema, lookup
from .samples import Samples

_FROM_BODY = "$response.body"


@dataclass(frozen=True)
class Link:
    """An operation that follows another, and the path values the answer of that one gives it."""

    operation: Operation
    parameters: Mapping[str, str]

    def path(self, body: Mapping[str, object]) -> dict[str, str] | None:
        """Return the path values for an answer; None if it does not hold them."""
        values: dict[str, str] = {}
        for name, expression in self.parameters.items():
            try:
                found = _evaluated(expression, body)
            except LookupError:
                return None
            if not isinstance(found, str) or not found:
                return None
            values[name] = found
        return values

    @property
    def issued(self) -> list[str]:
        """The names of the path values that only an answer can give."""
        return [name for name, each in self.parameters.items() if each.startswith("$")]


@dataclass(frozen=True)
class Chain:
    """A submit, what follows it by the links' names, and what its job puts out when it ends."""

    submit: Operation
    links: Mapping[str, Link]
    output: Schema | None


def chains(contract: Contract) -> list[Chain]:
    """Find every operation whose success has links."""
    found = [_chain(contract, each) for each in contract.operations.values()]
    return [chain for chain in found if chain.links]


def node_of(contract: Contract, operation: Operation) -> Node:
    """Return an operation as it stands in the document."""
    item = cast("Node", cast("Node", contract.document["paths"])[operation.template])
    return cast("Node", item[operation.method.lower()])


def body_schema(contract: Contract, operation: Operation) -> object:
    """Return the schema of an operation's JSON body; None if it takes none."""
    body = Samples(contract.document).resolve(node_of(contract, operation).get("requestBody"))
    content = cast("Node", body.get("content", {}))
    return cast("Node", content.get("application/json", {})).get("schema")


def parameter_schema(contract: Contract, operation: Operation, name: str) -> object:
    """Return the schema of a parameter by name; None if there is no such one."""
    follow = Samples(contract.document).resolve
    item = cast("Node", cast("Node", contract.document["paths"])[operation.template])
    listed = [
        *cast("list[object]", item.get("parameters", [])),
        *cast("list[object]", node_of(contract, operation).get("parameters", [])),
    ]
    found = [each for each in map(follow, listed) if each.get("name") == name]
    return found[-1].get("schema") if found else None


def _chain(contract: Contract, operation: Operation) -> Chain:
    node = node_of(contract, operation)
    follow = Samples(contract.document).resolve
    links: dict[str, Link] = {}
    for status, answer in cast("Node", node["responses"]).items():
        if str(status).startswith("2"):
            for name, link in cast("Node", follow(answer).get("links", {})).items():
                links[name] = _link(contract, follow(link))
    output = node.get("x-output")
    components = cast("Node", contract.document.get("components", {}))
    schema = Schema(lookup(contract.document, str(output)), components) if output else None
    return Chain(operation, links, schema)


def _link(contract: Contract, found: Node) -> Link:
    given = cast("Node", found.get("parameters", {}))
    return Link(
        contract.operations[str(found["operationId"])],
        {str(name).removeprefix("path."): str(value) for name, value in given.items()},
    )


def _evaluated(expression: str, body: Mapping[str, object]) -> object:
    """Evaluate a runtime expression of OpenAPI; raises LookupError when it finds nothing."""
    if not expression.startswith("$"):
        return expression
    if not expression.startswith(f"{_FROM_BODY}#"):
        raise LookupError(f"the suite follows values of the body only, not {expression}")
    return lookup(body, expression.removeprefix(_FROM_BODY))
