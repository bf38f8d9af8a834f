"""The operations of a contract, and the links between them that lead nowhere."""

from collections.abc import Iterator

from spec import names
from spec.grammar import visit
from spec.nodes import JsonMap, Place, dereference, mapping, sequence


def operations(document: JsonMap) -> Iterator[tuple[str, str, JsonMap]]:
    """Yield path, method and operation of the contract, in its order."""
    for path, item in mapping(document.get("paths"), ("paths",)).items():
        for method, operation in mapping(item, ("paths", path)).items():
            if method in names.METHODS:
                yield path, method, mapping(operation, ("paths", path, method))


def dead_links(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Yield each link that leads to no operation or sets a parameter which that one lacks."""
    known = {
        str(operation.get("operationId")): _parameters(document, path, operation)
        for path, _, operation in operations(document)
    }
    for place, _, node in visit(document):
        if place[-2:-1] != ("links",):
            continue
        target = str(node.get("operationId"))
        if target not in known:
            yield place, f"the link leads to operation {target}, which does not exist"
            continue
        for name in mapping(node.get("parameters") or {}, place):
            if name not in known[target]:
                yield place, f"the link sets parameter {name}, which {target} does not have"


def _parameters(document: JsonMap, path: str, operation: JsonMap) -> set[str]:
    item = mapping(mapping(document["paths"], ("paths",))[path], ("paths", path))
    entries = [
        *sequence(item.get("parameters") or [], ("paths", path, "parameters")),
        *sequence(operation.get("parameters") or [], ("paths", path)),
    ]
    found = (dereference(document, mapping(entry, ("paths", path))) for entry in entries)
    return {str(parameter.get("name")) for parameter in found}
