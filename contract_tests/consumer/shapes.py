"""Every shape that the contract documents for an answer, with the values each may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from chainhub_fal import ENDPOINT_IDS

from ..contract import X_EVENT, Contract, Operation
from ..events import EVENT_STREAM
from ..schemas import Node, Schema
from .grammar import Grammar, Json, allowed_changes, near_misses, put

CONTRACT = Contract.load()
JOB_ID = "acf05732-7cb3-445b-9f39-fdaeccb1d730"
"""The job that is asked about."""
GRAMMAR = Grammar(CONTRACT.document)
_COMPONENTS = cast("Node", CONTRACT.document["components"])


@dataclass(frozen=True)
class Shape:
    """One branch of the schema of one status and media type; ``endpoint`` is whose job it tells of."""

    operation: Operation
    status: int
    media_type: str
    name: str
    schema: Node
    endpoint: str

    def whole_values(self) -> Iterator[tuple[str, Json]]:
        """Give the smallest value, the fullest, and the contract's own examples."""
        # Only an event that tells of the job that was asked about is believed.
        own = {"request_id": JOB_ID} if self.media_type == EVENT_STREAM else {}
        yield "smallest", {**GRAMMAR.value(self.schema, full=False), **own}
        yield "fullest", {**GRAMMAR.value(self.schema, full=True), **own}
        compiled = Schema(self.schema, _COMPONENTS)
        for name, value in self.operation.examples(self.status).items():
            if not compiled.problems(value):
                yield f"example {name}", value

    def changed_values(self) -> Iterator[tuple[str, Json]]:
        """Give values that differ from a whole one at one place, all allowed."""
        for label, value in self._bases():
            for place in GRAMMAR.places(self.schema, value):
                for change, new in allowed_changes(place):
                    yield f"{label}, {change} at {place.pointer}", put(value, place.path, new)

    def near_misses(self) -> Iterator[tuple[str, Json]]:
        """Give values that differ from a whole one at one place, where that is not allowed."""
        for label, value in self._bases():
            for place in GRAMMAR.places(self.schema, value):
                for change, new in near_misses(place):
                    yield f"{label}, {change} at {place.pointer}", put(value, place.path, new)

    def _bases(self) -> list[tuple[str, Json]]:
        """Choose the fullest value; of a success an example too, which tells one story all through."""
        _, fullest, *examples = self.whole_values()
        return [fullest, *examples[: self.status < 300]]


def _read_shapes() -> Iterator[Shape]:
    for item in cast("Node", CONTRACT.document["paths"]).values():
        for found in cast("Mapping[str, Node]", item).values():
            if "responses" in found:
                yield from _shapes_of(found)


def _shapes_of(found: Node) -> Iterator[Shape]:
    operation = CONTRACT.operations[str(found["operationId"])]
    for status in operation.statuses:
        answer = GRAMMAR.resolve(cast("Mapping[str, Node]", found["responses"])[str(status)])
        for media_type, content in cast("Mapping[str, Node]", answer.get("content", {})).items():
            for name, schema in _branches(_schema_of(content)):
                endpoint = str(found.get("x-endpoint-id", OUTPUTS.get(name, ENDPOINT_IDS[0])))
                yield Shape(operation, status, media_type, name, schema, endpoint)


def _schema_of(content: Node) -> Node:
    """Return the schema of a body; of a stream, that of the data of each of its events."""
    schema = cast("Node", content["schema"])
    return cast("Node", schema.get(X_EVENT, schema))


def _branches(schema: Node) -> list[tuple[str, Node]]:
    """Name the alternatives of an answer's schema: by their component, else by their number."""
    alternatives = GRAMMAR.resolve(schema).get("anyOf") or GRAMMAR.resolve(schema).get("oneOf")
    nodes = cast("list[Node]", alternatives or [schema])
    return [
        (str(node.get("$ref", number)).rpartition("/")[2], node)
        for number, node in enumerate(nodes)
    ]


def _read_outputs() -> dict[str, str]:
    """Return the endpoint of each output, by the name of the output's schema."""
    operations = (
        operation
        for item in cast("Node", CONTRACT.document["paths"]).values()
        for operation in cast("Mapping[str, Node]", item).values()
        if "x-output" in operation
    )
    return {str(it["x-output"]).rpartition("/")[2]: str(it["x-endpoint-id"]) for it in operations}


OUTPUTS = _read_outputs()
SHAPES = tuple(_read_shapes())
NAMES = {f"{shape.operation.operation_id} {shape.status} {shape.name}": shape for shape in SHAPES}
"""By operation, status and branch; a media type more would be a shape of the same name."""
FIRST = tuple(
    {
        (shape.operation.operation_id, shape.name, shape.status // 100): name
        for name, shape in reversed(NAMES.items())
    }.values()
)
"""The first of each operation, branch and hundred: the client reads the others' bodies alike."""


def output_of(endpoint: str) -> Json:
    """Return a finished output of an endpoint, with all that it may hold."""
    (name,) = (name for name, owner in OUTPUTS.items() if owner == endpoint)
    return GRAMMAR.value(cast("Node", _COMPONENTS["schemas"])[name], full=True)  # type: ignore[arg-type]
