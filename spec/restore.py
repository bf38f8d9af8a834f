"""Bring back what a page lost on its way, where what is left says for certain what it was."""

import re
from collections.abc import Iterator

from spec import names
from spec.errors import SpecError
from spec.evidence import Evidence
from spec.grammar import schemas
from spec.nodes import JsonMap, Place, at, branch, mapping, sequence, show, text
from spec.operations import operations

_ORDERS = "x-apifox-orders"
_SECOND = re.compile(r"x-(?P<status>[1-5][0-9][0-9])\b.*")
_LOST = Evidence("vendor-page", "Only the name is left on the page; any value is taken here.")


def restore(document: JsonMap, page: str) -> Iterator[tuple[Place, str]]:
    """Restore in place; yields where and what. Raises SpecError where nothing certain is left."""
    yield from _own_paths(document)
    yield from _security(document, page)
    yield from _second_answers(document)
    yield from _properties(document)


def _own_paths(document: JsonMap) -> Iterator[tuple[Place, str]]:
    paths = branch(document, "paths")
    for path in list(paths):
        own = names.own_path(path)
        item = paths.pop(path)
        if own in paths:
            raise SpecError(show(("paths", path)), f"{own} is there twice", "Keep one of the two.")
        paths[own] = item
        if own != path:
            yield ("paths", own), f"path {path} read as {own}"


def _security(document: JsonMap, page: str) -> Iterator[tuple[Place, str]]:
    """Move requirements that stand among the servers back: their `security:` line is missing."""
    schemes = mapping(at(document, "components", "securitySchemes") or {}, ("components",))
    servers = sequence(document.get("servers") or [], ("servers",))
    for index, entry in reversed(list(enumerate(servers))):
        server = mapping(entry, ("servers", index))
        if "url" in server:
            continue
        if not server or not set(server) <= set(schemes):
            raise SpecError(
                f"{page}: {show(('servers', index))}",
                "a server without url",
                "Correct the entry; if it is a security requirement, declare its scheme.",
            )
        del servers[index]
        sequence(document.setdefault("security", []), ("security",)).insert(0, server)
        yield ("servers", index), "`security:` was lost above this entry: restored"


def _second_answers(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Fold `x-200:...`, the exporter's second answer of one status, into the first."""
    for path, method, operation in operations(document):
        place = ("paths", path, method, "responses")
        answers = mapping(operation.get("responses") or {}, place)
        for key in list(answers):
            found = _SECOND.fullmatch(key)
            if found is None:
                continue
            second = mapping(answers.pop(key), (*place, key))
            first = branch(answers, found["status"])
            if _says_more(second, first):
                first["content"] = second["content"]
                yield (*place, key), f"folded into {found['status']}: it holds the real schema"
            else:
                yield (*place, key), f"dropped: {found['status']} says as much"


def _says_more(second: JsonMap, first: JsonMap) -> bool:
    def known(answer: JsonMap) -> int:
        media = ("content", "application/json")
        return len(str(at(answer, *media, "schema", "properties") or ""))

    return known(second) > max(known(first), len("{}"))


def _properties(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Put a property back whose name is all that is left of it, in the place it had."""
    for place, _, node in list(schemas(document)):
        if not isinstance(node.get("properties"), dict):
            continue
        known = branch(node, "properties")
        orders = _names(node, place, _ORDERS)
        listed = [*orders, *_names(node, place, "required")]
        lost = [name for name in dict.fromkeys(listed) if name not in known]
        for name in lost:
            known[name] = {}
            _LOST.put_on(branch(known, name))
            source = _ORDERS if name in orders else "required"
            yield (
                (*place, "properties", name),
                f"{source} names it, properties lacks it: the page has lost it; any value is taken",
            )
        for name in orders if lost else []:
            known[name] = known.pop(name)


def _names(node: JsonMap, place: Place, key: str) -> list[str]:
    where = (*place, key)
    return [text(name, where) for name in sequence(node.get(key) or [], where)]
