"""Apply OpenAPI Overlay 1.0 documents, strictly: every action must hit, and must say why."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from jsonpath import JSONPathEnvironment, JSONPathError

from spec.documents import load_plain
from spec.errors import SpecError
from spec.evidence import KEY, Evidence, carrier
from spec.grammar import Kind, kind_at
from spec.nodes import Json, JsonMap, Place, at, mapping, sequence, show, text
from spec.pages import Block

_PATHS = JSONPathEnvironment(strict=True)
PROPOSED = "x-proposed"
_ACTION_KEYS = {"target", "description", "update", "remove", KEY, PROPOSED}


@dataclass(frozen=True)
class Overlay:
    """An overlay file: `name` for messages, `text` its YAML."""

    name: str
    text: str


@dataclass(frozen=True)
class Action:
    """One checked action of an overlay; a proposed one counts only when its mark is removed."""

    where: str
    target: str
    update: Json
    remove: bool
    evidence: Evidence
    proposed: bool = False


@lru_cache(maxsize=128)
def actions(overlay: Overlay) -> tuple[Action, ...]:
    """Read an overlay's actions; raises SpecError naming file and action when one is malformed.

    An overlay is read once and nobody may change what it says: an update goes in as a copy.
    """
    document = load_plain(Block(overlay.name, overlay.text, 1))
    if document.get("overlay") != "1.0.0":
        raise SpecError(overlay.name, "`overlay: 1.0.0` is missing", "Write an Overlay 1.0.")
    entries = sequence(document.get("actions"), ("actions",))
    return tuple(_action(overlay.name, index, entry) for index, entry in enumerate(entries))


def _action(name: str, index: int, entry: Json) -> Action:
    node = mapping(entry, ("actions", index))
    target = text(node.get("target"), ("actions", index, "target"))
    where = f"{name}: actions[{index}] {target}"
    unknown = sorted(set(node) - _ACTION_KEYS)
    if unknown:
        raise SpecError(where, f"unknown keys {', '.join(unknown)}", f"Use {sorted(_ACTION_KEYS)}.")
    remove = node.get("remove") is True
    if remove == ("update" in node):
        raise SpecError(where, "an action updates or removes", "Give exactly one of the two.")
    if node.get(PROPOSED, True) is not True:
        raise SpecError(where, f"{PROPOSED} can only be true", "Remove the mark to accept it.")
    evidence = Evidence.read(node.get(KEY), where)
    return Action(where, target, node.get("update"), remove, evidence, PROPOSED in node)


def apply(document: JsonMap, overlay: Overlay) -> None:
    """Apply every action that is not only proposed, in order and in place.

    Raises SpecError when a target matches nothing.
    """
    for action in actions(overlay):
        apply_action(document, action)


def apply_action(document: JsonMap, action: Action) -> None:
    """Apply one action in place, unless it is only proposed; raises SpecError as `apply` does."""
    if action.proposed:
        return
    places = places_of(document, action)
    if not places:
        raise SpecError(
            action.where,
            "the target matches nothing in the contract",
            "The page changed or the path is misspelt: correct the target or delete the action.",
        )
    for place in reversed(places) if action.remove else places:
        _change(document, place, action)


def places_of(document: JsonMap, action: Action) -> list[Place]:
    """Return the places that an action aims at; raises SpecError when its target is no JSONPath."""
    try:
        return [tuple(match.parts) for match in _PATHS.finditer(action.target, document)]
    except JSONPathError as error:
        raise SpecError(action.where, f"this is no JSONPath: {error}", "Correct it.") from error


def _change(document: JsonMap, place: Place, action: Action) -> None:
    if action.remove:
        parent = at(document, *place[:-1])
        if not place or not isinstance(parent, dict | list):
            raise SpecError(action.where, "the document itself cannot be removed", "Aim lower.")
        del parent[place[-1]]  # type: ignore[arg-type]  # the step fits the container it came from
        action.evidence.put_on(carrier(document, place[:-1]))
        return
    target = at(document, *place)
    if isinstance(target, list):
        target.append(copy.deepcopy(action.update))
        action.evidence.put_on(carrier(document, (*place, len(target) - 1)))
        return
    for touched in _merge(mapping(target, place), action.update, place, action):
        action.evidence.put_on(carrier(document, touched))


def _merge(target: JsonMap, update: Json, place: Place, action: Action) -> Iterator[Place]:
    """Merge as Overlay 1.0 says (objects deep, lists joined) and yield the objects touched."""
    if not isinstance(update, dict):
        raise SpecError(action.where, f"an object is needed to update {show(place)}", "Correct it.")
    for key, value in update.items():
        here = (*place, key)
        if key not in target and isinstance(value, dict) and kind_at(here) is Kind.OBJECTS:
            target[key] = {}
        old = target.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            yield from _merge(old, value, here, action)
        elif isinstance(old, list) and isinstance(value, list):
            old.extend(copy.deepcopy(value))
            yield place
        else:
            target[key] = copy.deepcopy(value)
            yield place if kind_at(place) is Kind.SCHEMA else here
