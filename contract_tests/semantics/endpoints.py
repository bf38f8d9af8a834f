"""The endpoints of the contract: where each one is submitted, and where its jobs are followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import cast

from ..contract import Contract, Operation
from ..schemas import Node, Schema, lookup

_ID = "request_id"
# On an operation: path parameters and the value with which the gateway looks a job up by id alone.
_ANY_MODEL = "x-any-model"


@dataclass(frozen=True)
class Route:
    """One way to a job: an operation, and the path parameters that do not change with the job."""

    operation: Operation
    fixed: Mapping[str, str]

    def path(self, request_id: str, **changes: str) -> str:
        """Return the path of a job; ``changes`` replace path parameters other than the id."""
        return self.operation.template.format_map({**self.fixed, **changes, _ID: request_id})


@dataclass(frozen=True)
class Endpoint:
    """One model: its submit operation, its routes by the ticket's links, and its schemas."""

    submit: Operation
    routes: Mapping[str, Route]
    input: Node
    output: Node
    example: Node
    document: Node

    def resolve(self, schema: object) -> Node:
        """Follow references; what is no schema is an empty one."""
        found = node(schema)
        return self.resolve(lookup(self.document, str(found["$ref"]))) if "$ref" in found else found

    def kind(self, link: str) -> str:
        """Say what the answers of a link's route are: a stream has its kind by what it answers."""
        return "stream" if self.routes[link].operation.streams else link

    @property
    def streams(self) -> tuple[str, ...]:
        """The links whose routes answer with a stream."""
        return tuple(name for name in self.routes if self.kind(name) == "stream")

    @cached_property
    def output_schema(self) -> Schema:
        """What the result of this endpoint must be, compiled."""
        return Schema(self.output, node(self.document.get("components")))

    @cached_property
    def any_model(self) -> Mapping[str, str]:
        """The path parameters of the result route with a value that stands for any model."""
        found = node(node(self.document["paths"]).get(self.routes["result"].operation.template))
        operation = node(found.get(self.routes["result"].operation.method.lower()))
        return {name: str(value) for name, value in node(operation.get(_ANY_MODEL)).items()}


def endpoints(contract: Contract) -> Iterator[Endpoint]:
    """Find the operations whose ticket links to status, result and cancel; others are no submit."""
    for operation in contract.operations.values():
        raw = node(node(node(contract.document["paths"])[operation.template]))
        found = node(raw[operation.method.lower()])
        ticket = node(node(found["responses"]).get("200"))
        if links := node(ticket.get("links")):
            yield _endpoint(contract, operation, found, links)


def _endpoint(contract: Contract, operation: Operation, found: Node, links: Node) -> Endpoint:
    document = contract.document
    media = node(node(node(found["requestBody"])["content"])["application/json"])
    bare = Endpoint(operation, {}, {}, {}, {}, document)
    return Endpoint(
        submit=operation,
        routes={name: _route(contract, node(link)) for name, link in links.items()},
        input=bare.resolve(media["schema"]),
        output=bare.resolve({"$ref": found["x-output"]}),
        example=node(media.get("example")),
        document=document,
    )


def _route(contract: Contract, link: Node) -> Route:
    fixed = {
        name: str(value)
        for name, value in node(link["parameters"]).items()
        if not str(value).startswith("$")
    }
    return Route(contract.operations[str(link["operationId"])], fixed)


def node(found: object) -> Node:
    """Return a mapping as it is, and an empty one for anything else."""
    return cast("Node", found) if isinstance(found, Mapping) else {}
