"""Compare how two schemas are built: properties, items and the arms of choices."""

from collections.abc import Iterator
from typing import NamedTuple

from spec.compare.findings import Finding, Pair
from spec.compare.schemas import Schema
from spec.compare.values import type_names

_SAME_FORM = 1000
_SAME_CLASS = 900


class Below(NamedTuple):
    """A pair of schemas below another pair; an arm is judged by the choice that it belongs to."""

    pair: Pair
    is_arm: bool = False


def properties(pair: Pair) -> Iterator[Finding | Below]:
    """Yield what differs in an object's properties, and the pairs to look into."""
    old, new = pair
    if "object" not in old.types & new.types:
        return
    for name in [*old.properties, *(name for name in new.properties if name not in old.properties)]:
        if name not in new.properties:
            yield _removed(pair, name)
        elif name not in old.properties:
            yield _added(pair, name)
        else:
            yield Below(Pair(old.properties[name], new.properties[name]))
    yield from _required(pair)
    yield from _rest(pair, "additionalProperties", "additional-narrowed", "additional-widened")


def _removed(pair: Pair, name: str) -> Finding:
    kind = "property-removed"
    if name in pair.old.required:
        kind = "property-removed-required"
    elif pair.new.additional is not None:
        kind = "property-removed-closed"
    place = pair.old.properties[name].place
    return Finding(kind, place, pair.new.where("properties"), name, pair=pair)


def _added(pair: Pair, name: str) -> Finding:
    kind = "property-added"
    if name in pair.new.required:
        kind = "property-added-required"
        kind += "-default" if pair.new.properties[name].given("default") else ""
    elif pair.old.additional is not None:
        kind = "property-added-closed"
    place = pair.new.properties[name].place
    return Finding(kind, pair.old.where("properties"), place, name, pair=pair)


def _required(pair: Pair) -> Iterator[Finding]:
    moved = pair.old.properties.keys() ^ pair.new.properties.keys()
    for name in sorted((pair.old.required ^ pair.new.required) - moved):
        kind = "property-required" if name in pair.new.required else "property-optional"
        known = pair.new.properties.get(name)
        if kind == "property-required" and known is not None and known.given("default"):
            kind = "property-required-default"
        old, new = (side.where("required") for side in pair)
        yield Finding(kind, old, new, name, pair=pair)


def _rest(pair: Pair, key: str, narrowed: str, widened: str) -> Iterator[Finding | Below]:
    """Compare the schema of everything that has no schema of its own."""
    sides = (pair.old, pair.new)
    old, new = (side.additional if key == "additionalProperties" else side.items for side in sides)
    if old is not None and new is not None and not (old.takes_nothing or new.takes_nothing):
        yield Below(Pair(old, new))
        return
    refused = [side is not None and side.takes_nothing for side in (old, new)]
    if old is new or all(refused):
        return
    is_narrower = new is not None and (old is None or refused[1])
    kind = narrowed if is_narrower else widened
    if key == "additionalProperties" and (refused[1] or (refused[0] and new is None)):
        kind = "additional-refused" if is_narrower else "additional-allowed"
    yield Finding(kind, pair.old.where(key), pair.new.where(key), pair=pair)


def items(pair: Pair) -> Iterator[Finding | Below]:
    """Yield what differs in an array's items."""
    if "array" in pair.old.types & pair.new.types:
        yield from _rest(pair, "items", "items-limited", "items-freed")


def choices(pair: Pair) -> Iterator[Finding | Below]:
    """Yield what differs in `anyOf` and `oneOf`, arms matched by what they are."""
    old, new = pair.old.choices, pair.new.choices
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield from _mode(pair, before[0], after[0])
            exclusive = "exclusive-" if "oneOf" in (before[0], after[0]) else ""
            yield from _arms(pair, before[1], after[1], exclusive)
    elif not old and len(new) == 1:
        yield from _alone(pair, [pair.old], new[0][1])
    elif not new and len(old) == 1:
        yield from _alone(pair, old[0][1], [pair.new])
    else:
        yield _choice(pair, "choice-introduced" if len(new) > len(old) else "choice-lifted")


def _choice(pair: Pair, kind: str) -> Finding:
    old, new = (side.where("oneOf", "anyOf") for side in pair)
    return Finding(kind, old, new, pair=pair)


def _mode(pair: Pair, old: str, new: str) -> Iterator[Finding]:
    if old != new:
        yield _choice(pair, "choice-relaxed" if new == "anyOf" else "choice-restricted")


def _alone(pair: Pair, old: list[Schema], new: list[Schema]) -> Iterator[Finding | Below]:
    """Compare one form with a choice: with the arm that is most like it."""
    if pair.old.types == pair.new.types:
        yield _choice(pair, "choice-introduced" if len(new) > 1 else "choice-lifted")
        return
    matched = next(((a, b) for a in old for b in new if a.types & b.types), None)
    if matched is not None:
        yield Below(Pair(*matched), is_arm=True)


def _arms(
    pair: Pair, old: list[Schema], new: list[Schema], exclusive: str
) -> Iterator[Finding | Below]:
    """Match arms, likest first. Of several that may not fit at once, one more can mean less."""
    before, after = list(old), list(new)
    for least in (_SAME_FORM, _SAME_CLASS, 1):
        for one in list(before):
            other = max(after, key=lambda arm, one=one: _likeness(one, arm), default=None)  # type: ignore[misc]
            if other is not None and _likeness(one, other) >= least:
                before.remove(one)
                after.remove(other)
                yield Below(Pair(one, other), is_arm=True)
    for arm in before:
        place = pair.new.where("oneOf", "anyOf")
        yield Finding(
            f"{exclusive}arm-removed", arm.place, place, _name(arm), pair=pair, is_arm=True
        )
    for arm in after:
        place = pair.old.where("oneOf", "anyOf")
        yield Finding(f"{exclusive}arm-added", place, arm.place, _name(arm), pair=pair, is_arm=True)


def _likeness(one: Schema, other: Schema) -> int:
    """Rank: the same form, the same class, common properties, the same types, common types."""
    if one.form == other.form:
        return _SAME_FORM
    if one.class_name and one.class_name == other.class_name:
        return _SAME_CLASS
    if not one.types & other.types:
        return 0
    if one.types == other.types == {"object"} and (one.properties or other.properties):
        return 2 * len(one.properties.keys() & other.properties.keys())
    return 2 if one.types == other.types else 1


def _name(arm: Schema) -> str:
    return arm.class_name or "|".join(map(str, type_names(arm.types))) or "anything"
