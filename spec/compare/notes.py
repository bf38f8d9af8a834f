"""Compare what two schemas say besides their limits: defaults, extensions, names of classes."""

from collections.abc import Iterator

from spec.compare.findings import Finding, Pair
from spec.compare.values import dump
from spec.hints import ALIASES, FILE_TYPES
from spec.nodes import Json, JsonMap

MEMBERS = "x-enum-varnames"
_FLAGS = {
    "deprecated": ("property-deprecated", "property-undeprecated"),
    "readOnly": ("read-only-added", "read-only-removed"),
    "writeOnly": ("write-only-added", "write-only-removed"),
}


def notes(pair: Pair) -> Iterator[Finding]:
    """Yield every difference that leaves the set of allowed values alone."""
    yield from _default(pair)
    for key, (added, removed) in _FLAGS.items():
        flags = [side.note(key) is True for side in pair]
        if flags[0] != flags[1]:
            yield _at(pair, added if flags[1] else removed, key)
    if dump(pair.old.note("discriminator")) != dump(pair.new.note("discriminator")):
        yield _at(pair, "discriminator-changed", "discriminator")
    yield from _file_types(pair)
    yield from _aliases(pair)
    yield from _members(pair)
    old, new = pair.old, pair.new
    if old.is_class and new.is_class and old.class_name != new.class_name:
        detail = f"{old.class_name or '(in place)'} -> {new.class_name or '(in place)'}"
        yield Finding("model-renamed", old.class_place, new.class_place, detail)


def _at(pair: Pair, kind: str, key: str, detail: str = "") -> Finding:
    return Finding(kind, pair.old.where(key), pair.new.where(key), detail)


def _default(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old.given("default")[:1], pair.new.given("default")[:1]
    if dump(old) != dump(new):
        how = "changed" if old and new else "introduced" if new else "removed"
        detail = " -> ".join(dump(found[0]) if found else "none" for found in (old, new))
        yield _at(pair, f"default-{how}", "default", detail)


def _file_types(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old.note(FILE_TYPES), pair.new.note(FILE_TYPES)
    if isinstance(old, list) and isinstance(new, list):
        for kind in [kind for kind in old if kind not in new]:
            yield _at(pair, "file-type-removed", FILE_TYPES, dump(kind))
        for kind in [kind for kind in new if kind not in old]:
            yield _at(pair, "file-type-added", FILE_TYPES, dump(kind))
    elif dump(old) != dump(new):
        yield _at(pair, f"file-input-{'introduced' if new else 'removed'}", FILE_TYPES)


def _aliases(pair: Pair) -> Iterator[Finding]:
    old, new = _map(pair.old.note(ALIASES)), _map(pair.new.note(ALIASES))
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield _at(pair, "alias-removed", ALIASES, name)
        elif name not in old:
            yield _at(pair, "alias-added", ALIASES, name)
        elif dump(old[name]) != dump(new[name]):
            yield _at(pair, "alias-changed", ALIASES, f"{name}: {old[name]} -> {new[name]}")


def _map(node: Json) -> JsonMap:
    return node if isinstance(node, dict) else {}


def _members(pair: Pair) -> Iterator[Finding]:
    old, new = (_names(side.note("enum"), side.note(MEMBERS)) for side in pair)
    for value in old.keys() & new.keys():
        if old[value] != new[value]:
            yield _at(pair, "enum-member-renamed", MEMBERS, f"{old[value]} -> {new[value]}")


def _names(values: Json, names: Json) -> dict[str, str]:
    """Return the member that each value gets; a value without a name keeps the generator's."""
    listed, named = (found if isinstance(found, list) else [] for found in (values, names))
    padded = [*map(str, named), *("(derived)" for _ in listed[len(named) :])]
    return dict(zip(map(dump, listed), padded, strict=False))
