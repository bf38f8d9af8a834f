"""What the sandbox demands of a submitted body: strict JSON, then the contract's schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import jsonschema_rs

    Shape = Callable[[jsonschema_rs.ValidationError, "Location"], Iterator["Detail"]]

Detail = dict[str, object]
Location = list[str | int]

_ECHO_LIMIT = 100
_LONGEST_INTEGER = 1000
_ERROR_PAGE = "https://docs.fal.ai/errors#"

# JSON Schema keyword -> fal's error type, the name of the bound in `ctx`, and the sentence.
_KEYWORDS: Mapping[str, tuple[str, str, str]] = {
    "minimum": ("greater_than_equal", "ge", "Input should be greater than or equal to {}"),
    "maximum": ("less_than_equal", "le", "Input should be less than or equal to {}"),
    "exclusiveMinimum": ("greater_than", "gt", "Input should be greater than {}"),
    "exclusiveMaximum": ("less_than", "lt", "Input should be less than {}"),
    "multipleOf": ("multiple_of", "multiple_of", "Input should be a multiple of {}"),
    "minItems": ("sequence_too_short", "min_length", "List should have at least {} items"),
    "maxItems": ("sequence_too_long", "max_length", "List should have at most {} items"),
    "minLength": ("string_too_short", "min_length", "String should have at least {} characters"),
    "maxLength": ("string_too_long", "max_length", "String should have at most {} characters"),
    "pattern": ("string_pattern_mismatch", "pattern", "String should match pattern '{}'"),
    "enum": ("literal_error", "expected", "Input should be one of {}"),
    "const": ("literal_error", "expected", "Input should be {}"),
    "format": ("value_error", "format", "Input should be a valid {}"),
}


class BodyRefusedError(ValueError):
    """The body is no JSON that could be read in one way only; `offset` is in characters."""

    def __init__(self, reason: str, offset: int = 0) -> None:
        super().__init__(reason)
        self.offset = offset


def parse_json(body: bytes) -> object:
    """Read strict JSON: UTF-8, no duplicate keys, no NaN, no unpaired surrogate.

    Raises BodyRefusedError with the reason.
    """
    if not body.strip():
        raise BodyRefusedError("the body is empty")
    try:
        value: object = json.loads(
            body.decode(),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_integer,
        )
        if b"\\u" in body:  # only an escape can smuggle half a character in
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise BodyRefusedError(error.msg, error.pos) from error
    except UnicodeError as error:
        raise BodyRefusedError("the text is no valid Unicode") from error
    except RecursionError as error:
        raise BodyRefusedError("the body is nested too deeply") from error
    return value


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise BodyRefusedError(f"the key {name[:_ECHO_LIMIT]!r} occurs twice")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BodyRefusedError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise BodyRefusedError("a number is too large to be represented")
    return value


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise BodyRefusedError("an integer has too many digits")
    return int(text)


def contract_errors(validator: jsonschema_rs.Draft202012Validator, body: object) -> list[Detail]:
    """Return what the schema refuses in a body, shaped like fal's 422 items; [] if it is fine.

    Item shape and error types: fal's error reference and FastAPI's own answers.
    """
    return [item for error in validator.iter_errors(body) for item in _items(error)]


def broken_body(error: BodyRefusedError) -> list[Detail]:
    """Return the 422 items for a body that is no JSON."""
    message = f"JSON decode error: {error}"
    return [detail(["body", error.offset], message, "json_invalid", {}, {"error": str(error)})]


def detail(
    loc: Location,
    message: str,
    kind: str,
    echoed: object,
    context: Mapping[str, object] | None = None,
) -> Detail:
    """Build one item of a `detail` list; a long `echoed` value is shortened."""
    return {
        "loc": loc,
        "msg": message,
        "type": kind,
        "url": _ERROR_PAGE + kind,
        "ctx": dict(context or {}),
        "input": _shortened(echoed),
    }


def _items(error: jsonschema_rs.ValidationError) -> Iterator[Detail]:
    loc: Location = ["body", *error.instance_path]
    keyword = error.kind.name
    return _SHAPES.get(keyword, _bound_items if keyword in _KEYWORDS else _other_items)(error, loc)


def _bound_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    name, bound, sentence = _KEYWORDS[error.kind.name]
    limit = error.kind.value
    yield detail(loc, sentence.format(limit), name, error.instance, {bound: limit})


def _other_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    yield detail(loc, error.message[:_ECHO_LIMIT], "value_error", error.instance)


def _branch_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    """Report every branch, as pydantic does for a union."""
    branches = getattr(error.kind, "context", ())  # none if too many branches are met
    items = [item for branch in branches for inner in branch for item in _items(inner)]
    return iter(items) if items else _other_items(error, loc)


def _missing_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    yield detail([*loc, str(error.kind.value)], "Field required", "missing", error.instance)


def _extra_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    for name in getattr(error.kind, "unexpected", ()):
        yield detail([*loc, name], "Extra inputs are not permitted", "extra_forbidden", None)


def _type_items(error: jsonschema_rs.ValidationError, loc: Location) -> Iterator[Detail]:
    types = getattr(error.kind, "types", ())
    wanted = next((name for name in types if name != "null"), "null")
    kind, message = f"{_SHORT.get(wanted, wanted)}_type", f"Input should be a valid {wanted}"
    if wanted == "integer" and isinstance(error.instance, str):
        kind, message = "int_parsing", f"{message}, unable to parse string as an integer"
    if wanted == "object":
        kind, message = "model_attributes_type", f"{message} to extract fields from"
    yield detail(loc, message, kind, error.instance)


_SHORT = {"integer": "int", "number": "float", "boolean": "bool", "array": "list"}
_SHAPES: Mapping[str, Shape] = {
    "oneOf": _branch_items,
    "anyOf": _branch_items,
    "required": _missing_items,
    "additionalProperties": _extra_items,
    "type": _type_items,
}


def _shortened(value: object) -> object:
    if isinstance(value, str) and len(value) > _ECHO_LIMIT:
        return f"{value[: _ECHO_LIMIT - 30]}... ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {_shortened(name): _shortened(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_shortened(item) for item in value]
    return value
