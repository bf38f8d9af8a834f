"""Find the line of a property's name that a page has lost, by the keys it then gives twice."""

from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from spec.errors import SpecError
from spec.pages import Block

_ORDERS = "x-apifox-orders"


def lost_keys(root: Node, block: Block) -> dict[int, str]:
    """Return the lines to put in, by the 0-based line that each belongs in front of.

    Where a property gives its keys twice and `x-apifox-orders` names, right after it, the one
    property that is not there, the second half belongs to that one. Raises SpecError for any other
    key that is given twice: every reader would drop one of the two values.
    """
    mappings = list(_mappings(root, set()))
    restored: dict[int, str] = {}
    explained: set[int] = set()
    for schema in mappings:
        for owner, name, second in _halves(schema):
            restored[second.start_mark.line] = " " * owner.start_mark.column + f"{name}:"
            explained.add(id(second))
    for node in mappings:
        for key in _twice(node)[:1]:
            if id(key) not in explained:
                raise SpecError(
                    block.where(key.start_mark.line, key.start_mark.column),
                    f'duplicate key "{key.value}"',
                    "One of the two is lost to every reader: ask which is meant and correct it.",
                )
    return restored


def _mappings(node: Node, seen: set[int]) -> Iterator[MappingNode]:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value, seen)
    elif isinstance(node, SequenceNode):
        for value in node.value:
            yield from _mappings(value, seen)


def _halves(schema: MappingNode) -> Iterator[tuple[ScalarNode, str, ScalarNode]]:
    """Yield a property's key, the lost name after it, and the first key of the second half."""
    entries = {key.value: value for key, value in schema.value}
    properties, orders = entries.get("properties"), entries.get(_ORDERS)
    if not isinstance(properties, MappingNode) or not isinstance(orders, SequenceNode):
        return
    names = [str(entry.value) for entry in orders.value]
    present = {str(key.value) for key, _ in properties.value}
    for key, value in properties.value:
        after = names[names.index(key.value) + 1 :] if key.value in names else []
        lost = next((i for i, name in enumerate(after) if name in present), len(after))
        twice = _twice(value) if isinstance(value, MappingNode) else []
        if twice and lost == 1 and not value.flow_style and _is_second_half(value, twice):
            yield key, after[0], twice[0]


def _twice(node: MappingNode) -> list[ScalarNode]:
    """Return the keys of a mapping that it has given before, where they stand again."""
    seen: set[str] = set()
    again: list[ScalarNode] = []
    for key, _ in node.value:
        if isinstance(key, ScalarNode):
            again += [key] if key.value in seen else []
            seen.add(str(key.value))
    return again


def _is_second_half(node: MappingNode, twice: list[ScalarNode]) -> bool:
    """Tell whether all that follows the first repeated key is a whole of its own."""
    keys = [key for key, _ in node.value]
    half = [str(key.value) for key in keys[keys.index(twice[0]) :]]
    return len(set(half)) == len(half) and "type" in half
