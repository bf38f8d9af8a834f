"""Which ids the server gave out, read off the contract's links: who asks for others gets a 404."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from ..contract import Contract
from ..schemas import Node, lookup

_BODY = "$response.body"
Values = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class _Link:
    source: str
    status: str
    target: str
    parameters: Mapping[str, str]

    def values(self, body: object) -> Values | None:
        """Return the parameters this link gives its target, or None if the body lacks one."""
        found = {name: _resolved(text, body) for name, text in self.parameters.items()}
        known = {name: value for name, value in found.items() if value is not None}
        return frozenset(known.items()) if len(known) == len(found) else None


@dataclass
class Issued:
    """Collects, from answers, the path parameters that name something which exists."""

    links: tuple[_Link, ...]
    _known: dict[str, set[Values]] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract) -> Issued:
        """Read the links of a contract."""
        return cls(tuple(_links(contract.document)))

    def learn(self, operation: str, status: int, content: bytes) -> None:
        """Note what an answer gave out; an answer that is no JSON gives out nothing."""
        for link in self.links:
            if link.source != operation or link.status != str(status):
                continue
            values = link.values(_json(content))
            if values is not None:
                self._known.setdefault(link.target, set()).add(values)

    def names_known(self, operation: str, path: Mapping[str, object]) -> bool:
        """Tell whether a request to an operation names something the server gave out."""
        asked = {(name, str(value)) for name, value in path.items()}
        return any(values <= asked for values in self._known.get(operation, ()))


def _links(document: Node) -> Iterator[_Link]:
    for item in _nodes(document.get("paths")):
        for found in _nodes(item):
            for status, answer in _node(found.get("responses")).items():
                for link in _nodes(_node(answer).get("links")):
                    given = {k: str(v) for k, v in _node(link.get("parameters")).items()}
                    source, target = str(found["operationId"]), str(link["operationId"])
                    yield _Link(source, str(status), target, given)


def _resolved(expression: str, body: object) -> str | None:
    """Evaluate a link's parameter: a constant, or a pointer into the body that was answered."""
    if not expression.startswith(_BODY):
        return expression
    try:
        return str(lookup(cast("Node", body), expression.removeprefix(_BODY)))
    except LookupError:
        return None


def _json(content: bytes) -> object:
    try:
        return cast("object", json.loads(content))
    except ValueError:
        return None


def _node(found: object) -> Node:
    return cast("Node", found) if isinstance(found, Mapping) else {}


def _nodes(found: object) -> Iterator[Node]:
    return (_node(item) for item in _node(found).values() if isinstance(item, Mapping))
