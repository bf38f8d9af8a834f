"""Compare what two schemas allow a value to be by itself: types, values, bounds, texts."""

from collections.abc import Iterator

from spec.compare.findings import Finding, Pair
from spec.compare.values import ALL, NUMERIC, dump, type_names
from spec.nodes import Json

_SAMPLES: dict[str, Json] = {
    "string": "text",
    "integer": 7,
    "fraction": 0.5,
    "boolean": True,
    "array": [],
    "object": {},
}
_SIZES = {
    "minLength": "min-length",
    "maxLength": "max-length",
    "minItems": "min-items",
    "maxItems": "max-items",
    "minProperties": "min-properties",
    "maxProperties": "max-properties",
}
_ADDED = {"not", "if", "then", "else", "propertyNames", "contains"}
_ADDED |= {"dependentRequired", "dependentSchemas"}
"""Keywords that only ever refuse more: with one of them less is allowed, without it more."""
_TYPED = {"date", "date-time", "uuid", "binary"}
_TEXTS = {"pattern": "pattern", "format": "format", "multipleOf": "step"}


def limits(pair: Pair) -> Iterator[Finding]:
    """Yield every difference in what a value may be, without looking into it."""
    yield from _types(pair)
    yield from _values(pair)
    yield from _bounds(pair)
    yield from _sizes(pair)
    yield from _texts(pair)
    if pair.old.is_unique != pair.new.is_unique:
        kind = "unique-items-demanded" if pair.new.is_unique else "unique-items-lifted"
        yield _at(pair, kind, "uniqueItems")
    yield from _conditions(pair)


def _at(
    pair: Pair, kind: str, *keys: str, detail: str = "", probes: tuple[Json, ...] = ()
) -> Finding:
    old, new = pair.old.where(*keys), pair.new.where(*keys)
    return Finding(kind, old, new, detail, pair=pair, probes=probes)


def _types(pair: Pair) -> Iterator[Finding]:
    has_choices = bool(pair.old.choices) and bool(pair.new.choices)
    old, new = pair.old.types, pair.new.types
    if has_choices:
        old, new = pair.old.own_types, pair.new.own_types
    is_listed = pair.old.values is not None, pair.new.values is not None
    told = all(is_listed) or (is_listed[0] and old <= new) or (is_listed[1] and new <= old)
    if old != new and not told:
        kind = "type-narrowed" if new < old else "type-widened" if old < new else "type-changed"
        samples = tuple(_SAMPLES[kind] for kind in sorted(old ^ new))
        detail = f"{_names(old)} -> {_names(new)}"
        yield _at(pair, kind, "type", "not", "oneOf", "anyOf", detail=detail, probes=samples)
    is_untyped = ALL in (old, new) and old != new
    if pair.old.null != pair.new.null and not is_untyped:
        kind = "null-allowed" if pair.new.null else "null-refused"
        yield _at(pair, kind, "nullable", "type", "enum", "oneOf", "anyOf", probes=(None,))


def _names(types: frozenset[str]) -> str:
    if types == ALL:
        return "anything"
    return "|".join(map(str, type_names(types))) or "nothing"


def _values(pair: Pair) -> Iterator[Finding]:
    old, new = pair.old.values, pair.new.values
    if old is None and new is not None:
        yield _at(pair, "enum-introduced", "enum", "const", detail=f"only {_shown(new)}")
    elif old is not None and new is None:
        yield _at(pair, "enum-lifted", "enum", "const", detail=f"was {_shown(old)}")
    elif old is not None and new is not None:
        yield from _lists(pair, old, new)


def _lists(pair: Pair, old: list[Json], new: list[Json]) -> Iterator[Finding]:
    before, after = {dump(value): value for value in old}, {dump(value): value for value in new}
    gone = [key for key in before if key not in after]
    come = [key for key in after if key not in before]
    if len(before) == len(after) == len(come) == 1:
        probes = (*before.values(), *after.values())
        detail = f"{gone[0]} -> {come[0]}"
        yield _at(pair, "const-changed", "const", "enum", detail=detail, probes=probes)
        return
    for key in gone:
        yield _at(pair, "enum-value-removed", "enum", "const", detail=key, probes=(before[key],))
    for key in come:
        yield _at(pair, "enum-value-added", "enum", "const", detail=key, probes=(after[key],))


def _shown(values: list[Json]) -> str:
    return ", ".join(map(dump, values))


def _bounds(pair: Pair) -> Iterator[Finding]:
    if not pair.old.types & pair.new.types & NUMERIC:
        return
    for key in ("minimum", "maximum"):
        old, new = pair.old.bounds.get(key), pair.new.bounds.get(key)
        if old == new:
            continue
        least = key == "minimum"
        is_raised = _rank(new, is_least=least) > _rank(old, is_least=least)
        kind = f"{key}-{'raised' if is_raised else 'lowered'}"
        detail = f"{_bound(old)} -> {_bound(new)}"
        probes = tuple(value[0] + step for value in (old, new) if value for step in (0, 1, -1, 0.5))
        keys = (key, f"exclusive{key.capitalize()}")
        yield _at(pair, kind, *keys, detail=detail, probes=probes)


def _rank(bound: tuple[int | float, bool] | None, *, is_least: bool) -> tuple[int | float, bool]:
    if bound is None:
        return (float("-inf"), False) if is_least else (float("inf"), False)
    return bound[0], bound[1] if is_least else not bound[1]


def _bound(bound: tuple[int | float, bool] | None) -> str:
    if bound is None:
        return "none"
    return f"{bound[0]:g} excluded" if bound[1] else f"{bound[0]}"


def _sizes(pair: Pair) -> Iterator[Finding]:
    for key, name in _SIZES.items():
        old, new = pair.old.sizes.get(key), pair.new.sizes.get(key)
        if old == new:
            continue
        none = 0 if key.startswith("min") else float("inf")
        is_raised = (none if new is None else new) > (none if old is None else old)
        kind = f"{name}-{'raised' if is_raised else 'lowered'}"
        yield _at(pair, kind, key, detail=f"{_size(old)} -> {_size(new)}")


def _size(size: float | None) -> str:
    return "none" if size is None else f"{size}"


def _texts(pair: Pair) -> Iterator[Finding]:
    for key, name in _TEXTS.items():
        old, new = pair.old.texts.get(key, []), pair.new.texts.get(key, [])
        if old == new:
            continue
        typed = key == "format" and _TYPED & {text.strip('"') for text in (*old, *new)}
        how = "changed" if old and new else "introduced" if new else "lifted"
        kind = f"{'typed-' if typed else ''}{name}-{how}"
        yield _at(pair, kind, key, detail=f"{_joined(old)} -> {_joined(new)}")


def _conditions(pair: Pair) -> Iterator[Finding]:
    for key in sorted({*pair.old.conditions, *pair.new.conditions}):
        old, new = pair.old.conditions.get(key), pair.new.conditions.get(key)
        if old != new:
            how = "changed" if (old and new) or _reaches_further(pair, key) else "lifted"
            how = "introduced" if how == "lifted" and new else how
            yield _at(pair, f"condition-{how}", key, detail=key)


def _reaches_further(pair: Pair, key: str) -> bool:
    """Tell whether a keyword also takes values out of the reach of another one."""
    if key == "prefixItems":
        return any(side.items for side in pair)
    if key == "patternProperties":
        return any(side.additional for side in pair)
    return key not in _ADDED


def _joined(texts: list[str]) -> str:
    return " and ".join(texts) or "none"
