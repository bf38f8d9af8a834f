"""JSON values as the pipeline handles them: their type, their narrowing and the name of a place."""

import re
from collections.abc import Iterable
from typing import TypeAlias

from spec.errors import SpecError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonMap: TypeAlias = dict[str, Json]
Place: TypeAlias = tuple[str | int, ...]

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def show(place: Iterable[str | int]) -> str:
    """Write a place as a JSONPath, for example `$.paths['/a/b'].post.tags[0]`."""
    text = "$"
    for step in place:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step):
            text += f".{step}"
        else:
            quoted = step.replace("\\", "\\\\").replace("'", "\\'")
            text += f"['{quoted}']"
    return text


def mapping(node: Json, place: Iterable[str | int]) -> JsonMap:
    """Return `node` as a mapping; raises SpecError naming the place when it is none."""
    if isinstance(node, dict):
        return node
    raise SpecError(show(place), f"a mapping is needed here, not {_kind(node)}", "Correct it.")


def sequence(node: Json, place: Iterable[str | int]) -> list[Json]:
    """Return `node` as a list; raises SpecError naming the place when it is none."""
    if isinstance(node, list):
        return node
    raise SpecError(show(place), f"a list is needed here, not {_kind(node)}", "Correct it.")


def text(node: Json, place: Iterable[str | int]) -> str:
    """Return `node` as a string; raises SpecError naming the place when it is none."""
    if isinstance(node, str):
        return node
    raise SpecError(show(place), f"a string is needed here, not {_kind(node)}", "Correct it.")


def _kind(node: Json) -> str:
    if node is None:
        return "nothing"
    kinds = {dict: "a mapping", list: "a list", str: "a text", bool: "a truth value"}
    return next((words for kind, words in kinds.items() if isinstance(node, kind)), "a number")


def at(document: Json, *steps: str | int) -> Json:
    """Return the value at a place, or None when a step of the way is missing."""
    node = document
    for step in steps:
        if isinstance(node, dict) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def branch(document: JsonMap, *steps: str) -> JsonMap:
    """Return the mapping at a place, making the missing ones on the way."""
    node = document
    for depth, step in enumerate(steps, start=1):
        node = mapping(node.setdefault(step, {}), steps[:depth])
    return node


def dereference(document: JsonMap, node: JsonMap, place: Iterable[str | int] = ()) -> JsonMap:
    """Follow `$ref` within the document until an object without one; raises SpecError when dead."""
    seen: set[str] = set()
    while "$ref" in node:
        ref = text(node["$ref"], (*place, "$ref"))
        if ref in seen or not ref.startswith("#/"):
            raise SpecError(show(place), f"$ref {ref} is a loop or leaves the file", "Correct it.")
        seen.add(ref)
        steps = [part.replace("~1", "/").replace("~0", "~") for part in ref[2:].split("/")]
        target = at(document, *steps)
        if not isinstance(target, dict):
            raise SpecError(show(place), f"$ref {ref} leads nowhere", "Add the component.")
        node = target
    return node
