"""Checks inputs against the contract's schema before they cost money."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, cast

from .errors import InvalidInputError

if TYPE_CHECKING:
    from fractions import Fraction

Schema = Mapping[str, object]
Check = Callable[[object, Schema, str], None]

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
_LONGEST = 40  # characters of a refused value that are repeated
_ARTICLES = {"integer": "an integer", "array": "a list", "object": "an object", "null": "null"}


def check_names(names: Sequence[str], schema: Schema) -> None:
    """Refuse inputs that the contract does not know, and the lack of those it requires.

    An input whose name is none in Python (`class`) has another as an argument, `x-argument`.
    Raises InvalidInputError that names the field and the nearest known one.
    """
    properties = cast("Mapping[str, Schema]", _mapping(schema, "properties"))
    known = list(properties)
    arguments = {each.get("x-argument", name): name for name, each in properties.items()}
    given = {arguments.get(name, name) for name in names}
    for name in names:
        if name not in known and name not in arguments:
            close = get_close_matches(name, known, n=1)
            hint = f"Did you mean {close[0]}?" if close else f"Known are {', '.join(known)}"
            raise InvalidInputError("there is no such input", field=name, hint=hint)
    for name in cast("Sequence[str]", schema.get("required", ())):
        if name not in given:
            raise InvalidInputError("this input is required", field=name)


def check(value: object, schema: Schema, field: str = "") -> None:
    """Raise InvalidInputError, naming the field, when the schema does not allow a JSON value."""
    for keyword, keyword_check in _CHECKS.items():
        if keyword in schema:
            keyword_check(value, schema, field)


def resolve_aliases(value: object, schema: Schema) -> object:
    """Replace a name that people use (``16:9``) by the value it stands for in the contract."""
    aliases = _mapping(schema, "x-aliases")
    return aliases.get(value, value) if isinstance(value, str) else value


def is_type(value: object, name: str) -> bool:
    """Tell whether a JSON value is of a JSON Schema type; True is no integer, 2.0 is none here."""
    if isinstance(value, bool):
        return name == "boolean"
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return isinstance(value, _TYPES.get(name, ()))


def _check_type(value: object, schema: Schema, field: str) -> None:
    allowed = schema["type"]
    names = [allowed] if isinstance(allowed, str) else list(cast("Sequence[str]", allowed))
    if not any(is_type(value, name) for name in names):
        wanted = " or ".join(_ARTICLES.get(name, f"a {name}") for name in names if name != "null")
        raise InvalidInputError(f"{_show(value)} is not {wanted}", field=field)


def _check_choice(value: object, schema: Schema, field: str) -> None:
    choices = list(cast("Sequence[object]", schema["enum"]))
    if not any(value == choice and type(value) is type(choice) for choice in choices):
        words = [str(choice) for choice in [*choices, *_mapping(schema, "x-aliases")]]
        hint = f"Choose one of {', '.join(words)}"
        if value == "default":
            hint = "Leave the input out to get the default; " + hint[0].lower() + hint[1:]
        raise InvalidInputError(f"{_show(value)} is not one of its values", field=field, hint=hint)


def _bound(keyword: str, words: str, allowed: Callable[[float, float], bool]) -> Check:
    def check_bound(value: object, schema: Schema, field: str) -> None:
        limit = cast("float", schema[keyword])
        if is_type(value, "number") and not allowed(cast("float", value), limit):
            raise InvalidInputError(f"{_show(value)} {words} {limit}", field=field)

    return check_bound


def _divides(value: float, step: float) -> bool:
    """Compare numbers as they are written, which is how they are sent: 0.3 divides by 0.1."""
    return (_as_written(value) / _as_written(step)).denominator == 1


def _as_written(number: float) -> Fraction:
    from fractions import Fraction  # noqa: PLC0415 - few schemas ask for it

    return Fraction(number if isinstance(number, int) else str(number))


def _size(keyword: str, kind: type, words: str, *, at_least: bool) -> Check:
    def check_size(value: object, schema: Schema, field: str) -> None:
        limit = cast("int", schema[keyword])
        if isinstance(value, kind):
            size = len(cast("Sequence[object]", value))
            if size < limit if at_least else size > limit:
                problem = f"it has {size} {words}, {'fewer' if at_least else 'more'} than {limit}"
                raise InvalidInputError(problem, field=field)

    return check_size


def _check_pattern(value: object, schema: Schema, field: str) -> None:
    pattern = cast("str", schema["pattern"])
    if isinstance(value, str) and re.search(pattern, value) is None:
        raise InvalidInputError(f"it does not match {pattern}", field=field)


def _check_alternatives(value: object, schema: Schema, field: str) -> None:
    alternatives = cast("Sequence[Schema]", schema.get("oneOf") or schema["anyOf"])
    problems: list[InvalidInputError] = []
    for alternative in alternatives:
        try:
            return check(value, alternative, field)
        except InvalidInputError as problem:
            problems.append(problem)
    raise _closest(value, alternatives, problems, schema)


def _closest(
    value: object,
    alternatives: Sequence[Schema],
    problems: Sequence[InvalidInputError],
    schema: Schema,
) -> InvalidInputError:
    """Choose the alternative of the value's own type: its complaint is the one that helps."""
    pairs = zip(alternatives, problems, strict=True)
    same = (
        p for a, p in pairs if isinstance(a.get("type"), str) and is_type(value, str(a["type"]))
    )
    problem = next(same, problems[0])
    if (aliases := _mapping(schema, "x-aliases")) and problem.hint:
        problem.hint += f", {', '.join(aliases)}"
    return problem


def _check_all(value: object, schema: Schema, field: str) -> None:
    for part in cast("Sequence[Schema]", schema["allOf"]):
        check(value, part, field)


def _check_items(value: object, schema: Schema, field: str) -> None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            check(item, cast("Schema", schema["items"]), f"{field}[{index}]")


def _check_properties(value: object, schema: Schema, field: str) -> None:
    if not isinstance(value, dict):
        return
    properties = _mapping(schema, "properties")
    for name, item in value.items():
        if name not in properties:
            hint = f"Known are {', '.join(properties)}"
            raise InvalidInputError("there is no such input", field=f"{field}.{name}", hint=hint)
        check(item, cast("Schema", properties[name]), f"{field}.{name}".lstrip("."))


def _check_required(value: object, schema: Schema, field: str) -> None:
    if isinstance(value, dict):
        for name in cast("Sequence[str]", schema["required"]):
            if name not in value:
                raise InvalidInputError(
                    "this input is required", field=f"{field}.{name}".lstrip(".")
                )


_CHECKS: dict[str, Check] = {
    "type": _check_type,
    "enum": _check_choice,
    "minimum": _bound("minimum", "is below the least allowed,", lambda v, m: v >= m),
    "maximum": _bound("maximum", "is above the most allowed,", lambda v, m: v <= m),
    "exclusiveMinimum": _bound("exclusiveMinimum", "must be more than", lambda v, m: v > m),
    "exclusiveMaximum": _bound("exclusiveMaximum", "must be less than", lambda v, m: v < m),
    "multipleOf": _bound("multipleOf", "is not a multiple of", _divides),
    "minLength": _size("minLength", str, "characters", at_least=True),
    "maxLength": _size("maxLength", str, "characters", at_least=False),
    "minItems": _size("minItems", list, "items", at_least=True),
    "maxItems": _size("maxItems", list, "items", at_least=False),
    "pattern": _check_pattern,
    "oneOf": _check_alternatives,
    "anyOf": _check_alternatives,
    "allOf": _check_all,
    "items": _check_items,
    "properties": _check_properties,
    "required": _check_required,
}


def _mapping(schema: Schema, name: str) -> Mapping[str, object]:
    return cast("Mapping[str, object]", schema.get(name, {}))


def _show(value: object) -> str:
    """Show a short value; a long one may be a prompt or a picture and is not repeated."""
    if isinstance(value, str | int | float | bool) or value is None:
        text = repr(value)
        return (
            text if len(text) <= _LONGEST else f"a {type(value).__name__} of {len(text)} characters"
        )
    return f"a {type(value).__name__}"
