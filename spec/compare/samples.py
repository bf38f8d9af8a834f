"""Values that try a schema: around its bounds, from its lists, with and without each property."""

from collections.abc import Iterator
from itertools import islice

from spec.nodes import Json, JsonMap

_DEPTH = 5
_FEW = 12
_MANY = 400
_LONGEST = 100_000  # a text or list beyond it proves nothing that a person would look at
_TEXTS = (
    *(
        "text",
        "",
        "a",
        "A",
        "0",
        "z9",
        "abc",
        "ABC",
        "12345",
        "a-b",
        "a_b",
        "a b",
        "a.b",
        "é",
        "-",
        " ",
    ),
    *("2026-01-02", "2026-01-02T03:04:05Z", "03:04:05Z", "P1D", "person@example.org", "192.0.2.1"),
    *("00000000-0000-4000-8000-000000000000", "https://example.org/a", "/a/b", "2001:db8::1"),
    *(
        "example.org",
        "#abc",
        "v1",
        "1.0.0",
        "en",
        "a" * 40,
        "^a$",
        "http://",
        "aa",
        "ab",
        "1",
        "x/y",
    ),
)
_NUMBERS: tuple[Json, ...] = (7, 0, 1, -1, 2, 3, 10, 1000, -1000, 0.5, 1.5, 0.1, 10**12, -(10**12))
_EVERY: tuple[Json, ...] = ("text", 7, 0.5, True, None, [], {})


def samples(form: JsonMap) -> Iterator[Json]:
    """Yield values to try a self-contained schema with, likely ones first; the same every time.

    Some are valid and some are not: whoever asks has to check.
    """
    yield from islice(_Sampler(form).values(form, 0), _MANY)
    yield from _listed(form)


def _listed(form: Json) -> Iterator[Json]:
    """Yield every value that a list anywhere in the schema names, also one that it excludes."""
    if isinstance(form, dict):
        named = form.get("enum")
        yield from named if isinstance(named, list) else []
        yield from [form["const"]] if "const" in form else []
    nested = form.values() if isinstance(form, dict) else form if isinstance(form, list) else ()
    for value in nested:
        yield from _listed(value)


class _Sampler:
    def __init__(self, root: JsonMap) -> None:
        self._root = root

    def values(self, schema: Json, depth: int) -> Iterator[Json]:
        schema = self._resolved(schema)
        if not isinstance(schema, dict) or depth > _DEPTH:
            yield from _EVERY
            return
        listed = schema.get("enum")
        if isinstance(listed, list):
            yield from listed
        kinds = schema.get("type", ["string", "number", "boolean", "object", "array", "null"])
        for kind in kinds if isinstance(kinds, list) else [kinds]:
            yield from self._typed(kind, schema, depth)
        for key in ("anyOf", "oneOf", "allOf"):
            arms = schema.get(key)
            for arm in arms if isinstance(arms, list) else []:
                yield from self._joined(schema, arm, depth)
        yield from _EVERY

    def _resolved(self, schema: Json) -> Json:
        definitions = self._root.get("$defs")
        if isinstance(schema, dict) and "$ref" in schema and isinstance(definitions, dict):
            return definitions.get(str(schema["$ref"]).removeprefix("#/$defs/"))
        return schema

    def _joined(self, schema: JsonMap, arm: Json, depth: int) -> Iterator[Json]:
        """Values of an arm; objects are completed with what the schema around it demands."""
        around: JsonMap = {key: schema[key] for key in ("properties", "required") if key in schema}
        base = next(self._objects(around, depth + 1), {}) if around else {}
        for value in islice(self.values(arm, depth + 1), 4 * _FEW):
            yield {**base, **value} if isinstance(value, dict) and isinstance(base, dict) else value

    def _typed(self, kind: Json, schema: JsonMap, depth: int) -> Iterator[Json]:
        if kind in ("integer", "number"):
            yield from _numbers(schema)
        elif kind == "string":
            yield from _texts(schema)
        elif kind == "array":
            yield from self._arrays(schema, depth)
        elif kind == "object":
            yield from self._objects(schema, depth)
        else:
            yield from (True, False) if kind == "boolean" else (None,)

    def _arrays(self, schema: JsonMap, depth: int) -> Iterator[Json]:
        items = [*islice(self.values(schema.get("items"), depth + 1), _FEW)]
        least = _size(schema, "minItems") or 0
        for count in _around(schema, "minItems", "maxItems"):
            yield [items[index % len(items)] for index in range(count)]
            yield [items[0]] * count
        for item in items:
            yield [item] * max(least, 1)
        yield [items[0]] * 2

    def _objects(self, schema: JsonMap, depth: int) -> Iterator[Json]:
        known = schema.get("properties")
        properties = known if isinstance(known, dict) else {}
        required = schema.get("required")
        names = [str(name) for name in required] if isinstance(required, list) else []
        base = {name: self._likely(properties.get(name), depth) for name in names}
        yield base
        full = {name: self._likely(value, depth) for name, value in properties.items()}
        for name in names:
            yield {key: value for key, value in base.items() if key != name}
        yield {**full, **base}
        for extra in ("text", 7, None):
            yield {**base, "unknown": extra}
        for name, value in properties.items():
            for sample in islice(self.values(value, depth + 1), _FEW):
                yield {**base, name: sample}
        for count in _around(schema, "minProperties", "maxProperties"):
            padded = {**base, **{f"unknown{index}": "text" for index in range(count)}}
            yield dict(islice(padded.items(), count))

    def _likely(self, schema: Json, depth: int) -> Json:
        """Return a value that is probably valid: the first one of the right kind."""
        resolved = self._resolved(schema)
        if isinstance(resolved, dict) and depth <= _DEPTH:
            return next(self.values(self._fitting(resolved), depth + 1), None)
        return "text"

    @staticmethod
    def _fitting(schema: JsonMap) -> JsonMap:
        """Choose the first arm of a choice: what stands around it is said again in each arm."""
        for key in ("anyOf", "oneOf"):
            arms = schema.get(key)
            if (
                isinstance(arms, list)
                and arms
                and isinstance(arms[0], dict)
                and "type" not in schema
            ):
                return arms[0]
        return schema


def _numbers(schema: JsonMap) -> Iterator[Json]:
    bounds = [
        schema[key]
        for key in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
        if key in schema
    ]
    for bound in bounds:
        if isinstance(bound, int | float):
            yield from (bound, bound + 1, bound - 1, bound + 0.5, bound - 0.5, bound * 3)
    yield from _NUMBERS


def _texts(schema: JsonMap) -> Iterator[Json]:
    yield from ("a" * size for size in _around(schema, "minLength", "maxLength"))
    yield from _TEXTS


def _size(schema: JsonMap, key: str) -> int | None:
    value = schema.get(key)
    return int(value) if isinstance(value, int | float) else None


def _around(schema: JsonMap, least: str, most: str) -> list[int]:
    """Return the counts at and beside two bounds, small ones first."""
    sizes = [size for size in (_size(schema, least), _size(schema, most)) if size is not None]
    near = {size + step for size in sizes for step in (-1, 0, 1)} | ({0, 1, 2} if sizes else set())
    return sorted(count for count in near if 0 <= count <= _LONGEST)
