"""A schema of the contract as one self-contained JSON Schema."""

from spec.errors import SpecError
from spec.evidence import KEY
from spec.grammar import Kind, child_kind
from spec.nodes import Json, JsonMap, dereference

_DROPPED = {KEY, "example", "examples"}


def inlined(document: JsonMap, schema: JsonMap) -> JsonMap:
    """Return a copy with every `$ref` replaced by what it names, without evidence and examples.

    Raises SpecError for a schema that contains itself: it has no finite form.
    """
    return _copy_schema(document, schema, ())


def _copy_schema(document: JsonMap, schema: JsonMap, open_refs: tuple[str, ...]) -> JsonMap:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if reference in open_refs:
            raise SpecError(reference, "this schema contains itself", "Cut the loop in an overlay.")
        target = dereference(document, {"$ref": reference})
        siblings = {key: value for key, value in schema.items() if key != "$ref"}
        return _copy_schema(document, {**target, **siblings}, (*open_refs, reference))
    return {
        key: _copy(document, value, child_kind(Kind.SCHEMA, key), open_refs)
        for key, value in schema.items()
        if key not in _DROPPED
    }


def _copy(document: JsonMap, node: Json, kind: Kind, open_refs: tuple[str, ...]) -> Json:
    if kind is Kind.SCHEMA and isinstance(node, dict):
        return _copy_schema(document, node, open_refs)
    if kind is Kind.SCHEMAS and isinstance(node, dict):
        return {key: _copy(document, value, Kind.SCHEMA, open_refs) for key, value in node.items()}
    if kind is Kind.SCHEMAS and isinstance(node, list):
        return [_copy(document, value, Kind.SCHEMA, open_refs) for value in node]
    return node
