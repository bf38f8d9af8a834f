"""Name a page's own schemas after its endpoint, so that no two pages can clash in them."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from spec import names
from spec.hints import pascal
from spec.nodes import Json, JsonMap, at, branch, mapping

_PLACE = ("components", "schemas")
_POINTER = "#/components/schemas/"
_BODY = ("requestBody", "content", "application/json", "schema")


def rename_schemas(document: JsonMap, path: str, operation: JsonMap) -> None:
    """Rename the page's schemas and what refers to them, in place; drop those nothing refers to.

    The schema that the body refers to becomes the endpoint's input.
    """
    own = mapping(at(document, *_PLACE) or {}, _PLACE)
    used = {_referred(reference) for reference in _references(document)}
    body = _referred(at(operation, *_BODY, "$ref"))
    new: dict[str, str] = {body: names.component(path, "Input")} if body in own else {}
    reserved = [names.component(path, suffix) for suffix in ("Input", "Output")]
    for name in own:
        if name in used and name not in new:
            new[name] = _apart(names.component(path, _word(name)), [*new.values(), *reserved])
    if own:
        branch(document, "components")["schemas"] = {
            new[name]: schema for name, schema in own.items() if name in new
        }
        _refer(document, new)


def _word(name: str) -> str:
    """Return a name in plain letters and digits; what has none is a part."""
    return pascal(name if name.isascii() else re.sub(r"[^\x00-\x7f]+", " ", name)) or "Part"


def _apart(name: str, taken: list[str]) -> str:
    """Return the name, with a number where another has it in any spelling: files may not care."""
    lower = {one.lower() for one in taken}
    numbered = (f"{name}{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (name, *numbered) if one.lower() not in lower)


def _referred(reference: Json) -> str:
    text = unquote(reference) if isinstance(reference, str) else ""
    found = text.removeprefix(_POINTER) if text.startswith(_POINTER) else ""
    return found.replace("~1", "/").replace("~0", "~")


def _references(node: Json) -> Iterator[Json]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
    for inner in _below(node):
        yield from _references(inner)


def _refer(node: Json, new: Mapping[str, str]) -> None:
    if isinstance(node, dict) and _referred(node.get("$ref")) in new:
        node["$ref"] = _POINTER + new[_referred(node["$ref"])]
    for inner in _below(node):
        _refer(inner, new)


def _below(node: Json) -> list[Json]:
    if isinstance(node, dict):
        return [*node.values()]
    return node if isinstance(node, list) else []
