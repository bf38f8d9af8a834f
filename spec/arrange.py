"""Put the contract's keys into one order, so that the same facts always give the same bytes."""

from collections.abc import Iterable

from spec.evidence import KEY
from spec.grammar import visit
from spec.nodes import JsonMap

_TOP = ("openapi", "info", "servers", "security", "paths", "components")
_SECTIONS = ("schemas", "parameters", "responses", "securitySchemes")
_OPERATION = (
    *("operationId", "tags", "summary", "description", "x-endpoint-id", "x-output"),
    *("x-default", "x-any-model"),
    *("parameters", "requestBody", "responses"),
)
_MEDIA = ("schema", "example", "examples")


def arrange(document: JsonMap) -> None:
    """Order keys in place and drop empty component sections.

    OpenAPI's own names get a fixed order, statuses go by number, evidence ends each object.
    """
    for place, _, node in list(visit(document)):
        if "operationId" in node and "responses" in node:
            _lead(node, _OPERATION)
        if place and place[-1] == "responses" and place[0] == "paths":
            _lead(node, sorted(node))
        if "schema" in node:
            _lead(node, [*(key for key in node if key not in _MEDIA), *_MEDIA])
        if KEY in node:
            node[KEY] = node.pop(KEY)
    components = document.get("components")
    if isinstance(components, dict):
        for section in [name for name, named in components.items() if not named]:
            del components[section]
        _lead(components, _SECTIONS)
    _lead(document, _TOP)


def _lead(node: JsonMap, first: Iterable[str]) -> None:
    """Move the given keys to the front, in that order; the others keep theirs."""
    leading = [key for key in first if key in node]
    for key in [*leading, *(key for key in node if key not in leading)]:
        node[key] = node.pop(key)
