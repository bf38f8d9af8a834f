"""Mutants in the reading of input: what is let through, and what is wrongly refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chainhub_fal_sandbox.contract import Endpoint
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Fault
from chainhub_fal_sandbox.rules import Rules
from chainhub_fal_sandbox.validation import Detail, detail

from .provider_edits import reads
from .provider_mutant import Mutant, mutant

Sees = Callable[[Mapping[str, Any]], bool]  # one item of the list of what is wrong
Dislikes = Callable[[Mapping[str, Any], Any], bool]  # the schema of a field, and its value

_MISSING = object()


def validation_mutants() -> Iterator[Mutant]:
    """Yield the mutants of validation."""
    for name, why, passes in _LENIENT:
        yield mutant("validation", f"accepts-{name}", why, _overlooks(passes))
    for name, why, read in _LOOSE_READERS:
        yield mutant("validation", f"accepts-{name}", why, reads("submit", _body_as(read)))
    for name, why, dislikes in _STRICT:
        yield mutant("validation", f"refuses-{name}", why, _refuses(dislikes))
    extra = _refuses_body(lambda endpoint, body: bool(set(body) - set(_fields(endpoint))))
    why = "a field nobody documents is refused, which the contract allows"
    yield mutant("validation", "refuses-extra-field", why, extra)
    bare = _refuses_body(lambda endpoint, body: set(body) == set(_required(endpoint)))
    yield mutant("validation", "refuses-required-alone", "an optional field is demanded", bare)
    anything = Fault(operation="submit", bend=lambda r: replace(r, errors=_objects_only))
    yield mutant(
        "validation", "accepts-any-object", "no field is checked: it costs money", anything
    )
    why = "nothing at all is taken for an earlier order once more"
    yield Mutant("accepts-empty-body", "validation", why, _repeats_first)
    yield from _media_type()
    yield from _logs()


def _overlooks(passes: Sees) -> Fault:
    """Accept a field when one of its errors is of a kind that is overlooked."""

    def bend(rules: Rules) -> Rules:
        def errors(endpoint: Endpoint, body: object) -> list[Detail]:
            found = rules.errors(endpoint, body)
            passed = {_field(item) for item in found if passes(item)}
            return [item for item in found if _field(item) not in passed]

        return replace(rules, errors=errors)

    return Fault(operation="submit", bend=bend)


def _field(item: Mapping[str, Any]) -> tuple[object, ...]:
    return tuple(item["loc"][:2])


def _is(*kinds: str) -> Sees:
    return lambda item: item["type"] in kinds


def _wrong_type(*kinds: type) -> Sees:
    """See a value of one of these types where the contract wants an integer."""
    return lambda item: item["type"] in ("int_type", "int_parsing") and type(item["input"]) in kinds


def _text_for_truth(item: Mapping[str, Any]) -> bool:
    return item["type"] == "bool_type" and isinstance(item["input"], str)


def _number_for_truth(item: Mapping[str, Any]) -> bool:
    return item["type"] == "bool_type" and isinstance(item["input"], int)


def _objects_only(_: Endpoint, body: object) -> list[Detail]:
    if isinstance(body, dict):
        return []
    return [detail(["body"], "Input should be an object", "model_attributes_type", None)]


_LENIENT: tuple[tuple[str, str, Sees], ...] = (
    (
        "above-maximum",
        "more than the model can make: it fails after it was paid",
        _is("less_than_equal"),
    ),
    ("below-minimum", "less than the model can do", _is("greater_than_equal")),
    ("zero-size", "a bound inside a union is not checked", _is("greater_than")),
    ("missing-field", "a job without its input", _is("missing")),
    ("unknown-word", "any word is taken for a choice", _is("literal_error")),
    ("no-uri", "a text that is no address", lambda item: item["ctx"].get("format") == "uri"),
    ("empty-text", "an empty text", lambda item: item["input"] == ""),
    ("null", "null where the contract has none", lambda item: item["input"] is None),
    ("text-integer", '"2" for 2: other readers refuse it', _wrong_type(str)),
    ("true-integer", "true for 1", _wrong_type(bool)),
    ("fraction-integer", "1.5 for an integer is cut off", _wrong_type(float)),
    ("list-integer", "[1] for 1", _wrong_type(list)),
    ("object-integer", "an object for a number", _wrong_type(dict)),
    ("text-truth", '"false" is true in most languages', _text_for_truth),
    ("number-truth", "0 for false", _number_for_truth),
    ("number-text", "a number for a text", _is("string_type")),
    ("no-object", "a body that is no object", lambda item: item["loc"] == ["body"]),
)


def _body_as(read: Callable[[bytes], Any]) -> Callable[[Exchange], None]:
    """Read the body in a loose way, and hand on what was understood."""

    def edit(exchange: Exchange) -> None:
        try:
            exchange.body = json.dumps(read(exchange.body or b"")).encode()
        except (ValueError, RecursionError):
            return  # not even loosely readable: the strict reader says why

    return edit


def _first_document(body: bytes) -> Any:  # any JSON
    return json.JSONDecoder().raw_decode(body.decode())[0]


def _constants_are_one(body: bytes) -> Any:  # any JSON
    return json.loads(body, parse_constant=lambda _: 1)


def _latin(body: bytes) -> Any:  # any JSON
    return json.loads(body.decode("latin-1"))


_LOOSE_READERS: tuple[tuple[str, str, Callable[[bytes], Any]], ...] = (
    ("duplicate-key", "one key twice: two readers disagree about the order", json.loads),
    ("trailing-text", "what stands behind the document is ignored", _first_document),
    ("nan", "NaN is no JSON", _constants_are_one),
    ("other-encoding", "bytes that are no UTF-8 are guessed at", _latin),
)


def _fields(endpoint: Endpoint) -> Mapping[str, Any]:
    found = endpoint.input_schema.get("properties")
    return found if isinstance(found, Mapping) else {}


def _required(endpoint: Endpoint) -> list[str]:
    found = endpoint.input_schema.get("required")
    return list(found) if isinstance(found, list) else []


def _refuses_body(dislikes: Callable[[Endpoint, Mapping[str, Any]], bool]) -> Fault:
    """Refuse a good body that is disliked."""

    def bend(rules: Rules) -> Rules:
        def errors(endpoint: Endpoint, body: object) -> list[Detail]:
            found = rules.errors(endpoint, body)
            if found or not isinstance(body, dict) or not dislikes(endpoint, body):
                return found
            return [detail(["body"], "Input is not accepted", "value_error", None)]

        return replace(rules, errors=errors)

    return Fault(operation="submit", bend=bend)


def _refuses(dislikes: Dislikes) -> Fault:
    """Refuse a good body that has one disliked value."""
    return _refuses_body(
        lambda endpoint, body: any(
            dislikes(schema, body.get(name, _MISSING)) for name, schema in _fields(endpoint).items()
        )
    )


def _is_of(kind: type, value: object) -> bool:
    return type(value) is kind


_STRICT: tuple[tuple[str, str, Dislikes], ...] = (
    (
        "maximum",
        "off by one at the upper bound",
        lambda s, v: _is_of(int, v) and v == s.get("maximum"),
    ),
    (
        "minimum",
        "off by one at the lower bound",
        lambda s, v: _is_of(int, v) and v == s.get("minimum"),
    ),
    ("first-word", "a documented choice is refused", lambda s, v: v in s.get("enum", ())[:1]),
    ("last-word", "a documented choice is refused", lambda s, v: v in s.get("enum", ())[-1:]),
    ("null", "null is documented, and refused", lambda _, v: v is None),
    ("false", "false is refused", lambda _, v: v is False),
    ("true", "true is refused", lambda _, v: v is True),
    ("object", "the object form of a union is refused", lambda _, v: _is_of(dict, v)),
    (
        "preset",
        "the named form of a union is refused",
        lambda s, v: "oneOf" in s and _is_of(str, v),
    ),
    ("integral-float", "1.0 is an integer in JSON Schema", lambda _, v: _is_of(float, v)),
    ("zero", "zero is taken for nothing", lambda _, v: _is_of(int, v) and v == 0),
    ("negative", "a negative number is refused", lambda _, v: _is_of(int, v) and v < 0),
    ("big-integer", "more than 31 bits", lambda _, v: _is_of(int, v) and v >= 2**31),
    ("long-text", "more than 1024 characters", lambda _, v: _is_of(str, v) and len(v) > 1024),
    ("data-uri", "a picture in the request itself", lambda _, v: str(v).startswith("data:")),
)


def _repeats_first() -> tuple[Fault, ...]:
    kept: list[bytes] = []

    def edit(exchange: Exchange) -> None:
        if (exchange.body or b"").strip():
            kept.append(exchange.body or b"")
        elif kept:
            exchange.body = kept[0]

    return (reads("submit", edit),)


def _media_type() -> Iterator[Mutant]:
    def as_json(exchange: Exchange) -> None:
        exchange.headers = {**exchange.headers, "content-type": "application/json"}

    why = "any media type is read as JSON: a web form can submit (CSRF)"
    yield mutant("media type", "submit-any-type", why, reads("submit", as_json))


def _logs() -> Iterator[Mutant]:
    def lenient(exchange: Exchange) -> None:
        exchange.query = "logs=1" if exchange.query not in ("", "logs=0") else exchange.query

    why = "any value of logs is taken for 1"
    yield mutant("validation", "accepts-any-logs", why, reads("status", lenient))
    for value in ("0", "1"):

        def strict(exchange: Exchange, refused: str = f"logs={value}") -> None:
            exchange.query = "logs=x" if exchange.query == refused else exchange.query

        why = f"logs={value} is documented, and refused"
        yield mutant("validation", f"refuses-logs-{value}", why, reads("status", strict))
