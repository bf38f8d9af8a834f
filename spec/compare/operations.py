"""Which operation of one contract is which of the other, and how their own fields differ."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from spec import names
from spec.compare.findings import Finding, Located, Position, Proof, listed, locate
from spec.compare.schemas import Schemas
from spec.compare.values import dump
from spec.derive import ENDPOINT
from spec.nodes import Json, JsonMap, Place, at, mapping, sequence

_NEVER_PARAMETERS = {"authorization", "content-type", "accept"}  # OpenAPI 3.1, 4.8.12


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation of one contract."""

    schemas: Schemas
    path: str
    method: str
    node: JsonMap

    @property
    def document(self) -> JsonMap:
        """The contract that it belongs to."""
        return self.schemas.document

    @property
    def place(self) -> Place:
        """Where it stands."""
        return ("paths", self.path, self.method)

    @property
    def line(self) -> str:
        """Method and path, as people name it."""
        return f"{self.method.upper()} {self.path}"

    @property
    def shape(self) -> tuple[str, str]:
        """What a request is routed by: the names of path parameters are nobody's business."""
        return re.sub(r"\{[^}]*\}", "{}", self.path), self.method

    @property
    def id(self) -> str | None:
        """The operationId."""
        found = self.node.get("operationId")
        return None if found is None else str(found)

    @cached_property
    def parameters(self) -> dict[tuple[str, str], Located]:
        """The parameters by location and name; those of the path by their position in it."""
        found: dict[tuple[str, str], Located] = {}
        order = re.findall(r"\{([^}]*)\}", self.path)
        for base in (self.place[:2], self.place):
            count = len(sequence(at(self.document, *base, "parameters") or [], base))
            for index in range(count):
                parameter = locate(self.document, (*base, "parameters", index))
                name, where = str(parameter.node.get("name")), str(parameter.node.get("in"))
                if where == "header" and name.lower() in _NEVER_PARAMETERS:
                    continue
                key = str(order.index(name)) if where == "path" and name in order else name
                found[where, key.lower() if where == "header" else key] = parameter
        return found


class Match(NamedTuple):
    """The same operation in both contracts."""

    old: Operation
    new: Operation

    def at(
        self, kind: str, *steps: str | int, detail: str = "", proof: Proof | None = None
    ) -> Finding:
        """Return a finding about a field of the operation."""
        old, new = ((*side.place, *steps) for side in self)
        return Finding(kind, old, new, detail, self.new.line, proof=proof)


def operations(schemas: Schemas, only: frozenset[str] | None) -> Iterator[Operation]:
    """Yield the operations of a contract, or of some of its paths."""
    document = schemas.document
    for path, item in mapping(document.get("paths") or {}, ("paths",)).items():
        if only is None or path in only:
            for method, node in mapping(item, ("paths", path)).items():
                if method in names.METHODS:
                    yield Operation(schemas, path, method, mapping(node, ("paths", path, method)))


def matched(old: list[Operation], new: list[Operation]) -> Iterator[Match]:
    """Yield operations that are the same: by what routes a request, else by operationId."""
    left, right = list(old), list(new)
    for key in (_shape, _id):
        known = {key(it): it for it in right if key(it) is not None}
        for operation in list(left):
            other = known.pop(key(operation), None)
            if other is not None:
                left.remove(operation)
                right.remove(other)
                yield Match(operation, other)


def _shape(operation: Operation) -> tuple[str, str] | None:
    return operation.shape


def _id(operation: Operation) -> tuple[str, str] | None:
    return None if operation.id is None else (operation.id, "")


def lone(old: list[Operation], new: list[Operation], met: set[Operation]) -> Iterator[Finding]:
    """Yield the operations that only one side has."""
    lines = listed(it.line for it in old), listed(it.line for it in new)
    for operation in old:
        if operation not in met:
            proof = Proof(operation.line, *lines)
            yield Finding(
                "operation-removed", operation.place, ("paths",), "", operation.line, proof=proof
            )
    for operation in new:
        if operation not in met:
            yield Finding("operation-added", ("paths",), operation.place, "", operation.line)


def own_fields(match: Match) -> Iterator[Finding | Position]:
    """Yield what differs in an operation itself: its route, names, deprecation, callbacks."""
    old, new = match
    proof = Proof(old.line, listed([old.line]), listed([new.line]))
    for index, kind in enumerate(("operation-path-changed", "operation-method-changed")):
        if old.shape[index] != new.shape[index]:
            yield match.at(kind, detail=f"{old.line} -> {new.line}", proof=proof)
    yield from _named(match, "operation-id", "operationId")
    yield from _named(match, "endpoint-id", ENDPOINT)
    groups = [str(next(iter(_tags(side)), "default")) for side in match]
    if groups[0] != groups[1]:
        yield match.at("operation-group-changed", "tags", detail=" -> ".join(groups))
    flags = [side.node.get("deprecated") is True for side in match]
    if flags[0] != flags[1]:
        kind = "operation-deprecated" if flags[1] else "operation-undeprecated"
        yield match.at(kind, "deprecated")
    if dump(old.node.get("callbacks")) != dump(new.node.get("callbacks")):
        yield match.at("callbacks-changed", "callbacks")
    hosts = [_servers(side) for side in match]
    if hosts[0] != hosts[1]:
        yield match.at("server-changed", "servers")


def _servers(operation: Operation) -> list[str]:
    """Return the servers of this operation alone, as addresses and variables."""
    entries: list[Json] = []
    for place in (operation.place[:2], operation.place):
        entries = sequence(at(operation.document, *place, "servers") or entries, place)
    nodes = [mapping(entry, operation.place) for entry in entries]
    return [f"{node.get('url')} {dump(node.get('variables'))}" for node in nodes]


def _tags(operation: Operation) -> list[Json]:
    return sequence(operation.node.get("tags") or [], (*operation.place, "tags"))


def _named(match: Match, kind: str, key: str) -> Iterator[Finding]:
    old, new = (side.node.get(key) for side in match)
    if old != new:
        how = "added" if old is None else "removed" if new is None else "changed"
        yield match.at(f"{kind}-{how}", key, detail=f"{old} -> {new}")
