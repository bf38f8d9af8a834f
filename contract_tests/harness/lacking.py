"""A contract without what a gateway need not have, and a word about each thing left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from ..contract import Contract
from ..schemas import Node
from .findings import Finding

RULE = "route_not_served"


def without(contract: Contract, operations: Iterable[str]) -> Contract:
    """Return a contract without some operations, and without the links that lead to them."""
    left_out = frozenset(operations)
    return Contract.read(cast("Node", _kept(contract.document, left_out))) if left_out else contract


def warnings(operations: Iterable[str]) -> list[Finding]:
    """Say of each operation that this server does not have it, and that nothing is proven of it."""
    words = "not served by this gateway: nothing was asked of it"
    return [Finding("floors", RULE, name, words, level="warning") for name in sorted(operations)]


def _kept(node: object, left_out: frozenset[str]) -> object:
    if isinstance(node, list):
        return [_kept(each, left_out) for each in node]
    if not isinstance(node, Mapping):
        return node
    return {
        name: _kept(each, left_out) for name, each in node.items() if not _names(each, left_out)
    }


def _names(node: object, left_out: frozenset[str]) -> bool:
    """Tell whether a part of the document is one of the operations, or a link to one."""
    return isinstance(node, Mapping) and node.get("operationId") in left_out
