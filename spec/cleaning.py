"""Rules for one place of a page's document: what the exporter left there, and what says nothing."""

import re
from collections.abc import Callable, Iterator

from spec.grammar import Kind, visit
from spec.listed import fit_enum
from spec.modern import modernise
from spec.nodes import Json, JsonMap, Place, mapping

Rule = Callable[[Place, Kind, JsonMap], Iterator[str]]

_IGNORED_HEADERS = {"authorization", "content-type", "accept"}
_EXPORTER = ("x-apifox", "x-run-in-apifox")
_MAY_BE_NULL = ("default", "const", "example")
_TEXTS = ("title", "summary", "description")
_SPELLINGS = {
    **dict.fromkeys(("int", "long"), "integer"),
    **dict.fromkeys(("float", "double"), "number"),
    **dict.fromkeys(("str", "text"), "string"),
    "bool": "boolean",
    "list": "array",
    "dict": "object",
}
_FORMATS_OF_OBJECTS = ("date-time", "date", "uuid", "binary")
_TYPES = {"string", "integer", "number", "boolean", "array", "object", "null"}


def clean(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Apply every rule to every place, in place; yields where and what was dropped or changed."""
    for place, kind, node in visit(document):
        for rule in _RULES:
            for what in rule(place, kind, node):
                yield place, what


def _drop_exporter_keys(_place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    for key in [key for key in node if key.startswith(_EXPORTER)]:
        if str(node.pop(key)).startswith(f"{key}:"):
            yield f"{key} is doubled into its own value: the line was damaged on its way"


def _drop_ignored_headers(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop header parameters that OpenAPI says shall be ignored."""
    if "parameters" not in node or not isinstance(node["parameters"], list):
        return
    kept: list[Json] = []
    for index, entry in enumerate(node["parameters"]):
        parameter = mapping(entry, (*place, "parameters", index))
        name = str(parameter.get("name"))
        if parameter.get("in") == "header" and name.lower() in _IGNORED_HEADERS:
            yield f"header parameter {name} dropped: OpenAPI ignores it"
        else:
            kept.append(entry)
    node["parameters"] = kept


def _drop_what_is_empty(_place: Place, kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop entries without a value, texts that are none, a `deprecated` that is no truth value."""
    if kind not in (Kind.OBJECT, Kind.SCHEMA):
        return
    if kind is Kind.SCHEMA:
        for key in [key for key in node if node[key] is None and key not in _MAY_BE_NULL]:
            del node[key]
            yield f"{key} has been emptied"
    for key in [key for key in _TEXTS if not isinstance(node.get(key, ""), str)]:
        node[key] = ""
        yield f"{key} holds no text: emptied"
    if not isinstance(node.get("deprecated", False), bool):
        yield f"deprecated is neither true nor false but {str(node.pop('deprecated'))!r}: dropped"


def _drop_what_says_nothing(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop empty headers and parameters, `deprecated: false`, and the schema of an empty object."""
    for key, idle in (("headers", {}), ("parameters", []), ("deprecated", False)):
        if key in node and node[key] == idle:
            del node[key]
    schema = node.get("schema")
    if "responses" in place and isinstance(schema, dict) and is_empty_object(schema):
        del node["schema"]
        yield "empty response schema dropped: an overlay has to give it"


def is_empty_object(schema: JsonMap) -> bool:
    """Tell whether a schema says no more than that something is an object."""
    kept = {key for key in schema if not key.startswith(_EXPORTER)}
    return kept <= {"type", "properties"} and not schema.get("properties")


def _drop_answer_schema(place: Place, _kind: Kind, node: JsonMap) -> Iterator[str]:
    """Drop a page's own copy of the submit answer: the contract holds the ticket once."""
    is_answer_to_submit = "responses" in place and "post" in place
    schema = node.get("schema")
    if not is_answer_to_submit or not isinstance(schema, dict):
        return
    del node["schema"]
    if "request_id" in mapping(schema.get("properties") or {}, (*place, "schema")):
        yield "the page's ticket schema dropped: the shared QueueTicket takes its place"
    else:
        yield "an answer schema that is no ticket dropped: a submit answers with a QueueTicket"


def _name_types(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    """Spell types as JSON Schema does, drop those it has not, give every list its items."""
    given = schema.get("type")
    if kind is not Kind.SCHEMA:
        return
    if isinstance(given, str) and given not in _TYPES:
        del schema["type"]
        known = _SPELLINGS.get(given.strip().lower())
        if known is not None:
            schema["type"] = known
        yield f"type {given!r} read as {known or 'any value'}"
    if schema.get("type") == "array" and "items" not in schema:
        schema["items"] = {}
        yield "a list that does not say of what: any items"


def _drop_broken_patterns(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    if kind is not Kind.SCHEMA or "pattern" not in schema:
        return
    try:
        re.compile(str(schema["pattern"]))
    except re.error as error:
        yield f"pattern {schema.pop('pattern')!r} is no regular expression ({error}): dropped"


def _drop_formats_of_objects(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    """Drop the formats of which the generator makes objects: callers give text, as JSON has it."""
    if kind is Kind.SCHEMA and schema.get("format") in _FORMATS_OF_OBJECTS:
        yield f"format {schema.pop('format')!r} dropped: the text is taken as it is"


def _write_whole_numbers(_place: Place, kind: Kind, schema: JsonMap) -> Iterator[str]:
    """Write an integer's own numbers without a point: 2.0 is 2, and not every reader knows."""
    if kind is not Kind.SCHEMA or schema.get("type") != "integer":
        return
    for key in ("default", "minimum", "maximum"):
        value = schema.get(key)
        if isinstance(value, float) and value.is_integer():
            schema[key] = int(value)
            yield f"{key} {value} of an integer: read as {int(value)}"


_RULES: tuple[Rule, ...] = (
    _drop_exporter_keys,
    _drop_ignored_headers,
    _drop_what_is_empty,
    _drop_what_says_nothing,
    _drop_answer_schema,
    _name_types,
    _drop_broken_patterns,
    _drop_formats_of_objects,
    _write_whole_numbers,
    fit_enum,
    modernise,
)
