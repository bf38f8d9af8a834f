"""Compare how two contracts are reached: servers, and the credentials that satisfy an operation."""

from collections.abc import Iterator

from spec.compare.findings import Finding, Proof, listed, locate
from spec.compare.operations import Match, Operation
from spec.compare.values import dump
from spec.nodes import Json, JsonMap, Place, at, mapping, sequence

_WORDS = {"description"}


def security(match: Match) -> Iterator[Finding]:
    """Yield which credentials no longer satisfy an operation, and which do from now on.

    A scheme is known by what it is, not by its name: a renamed one is the same.
    """
    old, new = (_ways(side) for side in match)
    proof = Proof(None, listed(()), listed(()))
    places = _place(match.old), _place(match.new)
    line = match.new.line
    free = frozenset[str]()
    gone = [way for way in old if not any(other <= way for other in new)]
    come = [way for way in new if not any(other <= way for other in old)]
    if free in gone:
        proof = Proof({}, _satisfied(old), _satisfied(new))
        yield Finding("security-demanded", *places, "", line, proof=proof)
    elif free in come:
        yield Finding("security-lifted", *places, "", line)
    for way in [way for way in gone if way != free]:
        value: JsonMap = dict.fromkeys(sorted(way), "given")
        proof = Proof(value, _satisfied(old), _satisfied(new))
        yield Finding("security-way-removed", *places, _said(way), line, proof=proof)
    for way in [way for way in come if way != free and free not in gone]:
        yield Finding("security-way-added", *places, _said(way), line)


def _ways(operation: Operation) -> list[frozenset[str]]:
    """Return the alternatives, each the set of credentials and scopes that it demands."""
    document = operation.document
    given = operation.node.get("security", document.get("security") or [])
    place = _place(operation)
    found = []
    for index, entry in enumerate(sequence(given, place)):
        alternative = mapping(entry, (*place, index))
        found.append(
            frozenset(
                text
                for name, scopes in alternative.items()
                for text in _demands(document, name, sequence(scopes, (*place, index, name)))
            )
        )
    return list(dict.fromkeys(found)) or [frozenset()]


def _place(operation: Operation) -> Place:
    return (*operation.place, "security") if "security" in operation.node else ("security",)


def _demands(document: JsonMap, name: str, scopes: list[Json]) -> Iterator[str]:
    place = ("components", "securitySchemes", name)
    node = locate(document, place).node if at(document, *place) is not None else {"name": name}
    scheme = dump({key: value for key, value in node.items() if _counts(key)})
    yield scheme
    yield from (f"{scheme} scope {scope}" for scope in scopes)


def _counts(key: str) -> bool:
    return key not in _WORDS and not key.startswith("x-")


def _satisfied(ways: list[frozenset[str]]) -> JsonMap:
    return {"anyOf": [{"type": "object", "required": [*sorted(way)]} for way in ways]}


def _said(way: frozenset[str]) -> str:
    return ", ".join(sorted(way))


def servers(old: JsonMap, new: JsonMap) -> Iterator[Finding]:
    """Yield what differs in the servers, each known by its address."""
    before, after = (_servers(document) for document in (old, new))
    lines = listed(before), listed(after)
    place: Place = ("servers",)
    for url, (index, node) in before.items():
        here: Place = ("servers", index)
        if url not in after:
            proof = Proof(url, *lines)
            yield Finding("server-removed", here, place, url, "servers", proof=proof)
        elif dump(node.get("variables")) != dump(after[url][1].get("variables")):
            yield Finding("server-changed", here, ("servers", after[url][0]), url, "servers")
    for url in [url for url in after if url not in before]:
        yield Finding("server-added", place, ("servers", after[url][0]), url, "servers")
    first = next(iter(before), ""), next(iter(after), "")
    if first[0] != first[1] and first[0] in after:
        yield Finding("default-server-changed", place, place, " -> ".join(first), "servers")


def _servers(document: JsonMap) -> dict[str, tuple[int, JsonMap]]:
    entries = sequence(document.get("servers") or [], ("servers",))
    nodes = [mapping(entry, ("servers", index)) for index, entry in enumerate(entries)]
    return {str(node.get("url")): (index, node) for index, node in enumerate(nodes)}
