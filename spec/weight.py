"""Refuse YAML that a small text makes huge, endless or too deep for a parser."""

from ruamel.yaml.nodes import CollectionNode, Node

from spec.errors import SpecError
from spec.pages import Block

_MOST_NODES = 200_000
_DEEPEST = 100


def require_shallow(block: Block) -> None:
    """Raise SpecError where one line opens more brackets than a parser can follow in good time."""
    for number, line in enumerate(block.text.splitlines()):
        depth = 0
        for column, letter in enumerate(line):
            depth += (letter in "[{") - (letter in "]}")
            if depth > _DEEPEST:
                what = f"more than {_DEEPEST} brackets are open here"
                raise SpecError(block.where(number, column), what, "Export the page again.")


def require_light(root: Node, block: Block) -> None:
    """Raise SpecError when the document, its aliases written out, is endless or too large."""
    weights: dict[int, int | None] = {}
    if _weigh(root, weights, block) > _MOST_NODES:
        raise SpecError(
            block.where(0),
            f"its aliases stand for more than {_MOST_NODES} values",
            "Export the page again: a real one uses no aliases.",
        )


def _weigh(node: Node, weights: dict[int, int | None], block: Block) -> int:
    """Count a node and all below it; None marks the nodes that are being counted."""
    known = weights.get(id(node), 0)
    if known is None:
        raise SpecError(
            block.where(node.start_mark.line, node.start_mark.column),
            "this value holds itself",
            "Export the page again: a real one uses no aliases.",
        )
    if known:
        return known
    weights[id(node)] = None
    total = 1
    if isinstance(node, CollectionNode):
        for entry in node.value:
            parts = entry if isinstance(entry, tuple) else (entry,)
            total += sum(_weigh(part, weights, block) for part in parts)
    weights[id(node)] = total
    return total
