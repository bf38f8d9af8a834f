"""Whether the values that a contract gives for its own schemas fit: examples, defaults, aliases."""

from collections.abc import Iterator

import jsonschema_rs

from spec.grammar import schemas, visit
from spec.hints import ALIASES
from spec.nodes import Json, JsonMap, Place, dereference, mapping


def misfits(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Yield each example and default that its schema refuses, and each alias of the wrong kind."""
    for place, value, schema, name in [*_examples(document), *_defaults(document)]:
        problem = problem_with(document, schema, value)
        if problem is not None:
            yield place, f"the {name} does not fit its schema: {problem}"
    for place, _, schema in schemas(document):
        aliases = mapping(schema.get(ALIASES) or {}, (*place, ALIASES))
        for alias, value in aliases.items():
            if problem_with(document, schema, value) is not None:
                yield (*place, ALIASES), f"{alias!r} stands for {value!r}, which is no valid value"
            if problem_with(document, schema, alias) is None:
                yield (*place, ALIASES), f"{alias!r} is a valid value and needs no alias"


def problem_with(document: JsonMap, schema: Json, value: Json) -> str | None:
    """Return why a value does not fit a schema of this document, formats included, or None."""
    whole: JsonMap = {"allOf": [schema], "components": document.get("components")}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    error = next(validator.iter_errors(value), None)
    return None if error is None else str(error.message)[:200]


def _examples(document: JsonMap) -> Iterator[tuple[Place, Json, Json, str]]:
    for place, _, node in visit(document):
        if "schema" not in node:
            continue
        if "example" in node:
            yield (*place, "example"), node["example"], node["schema"], "example"
        for name, entry in mapping(node.get("examples") or {}, (*place, "examples")).items():
            where = (*place, "examples", name)
            value = dereference(document, mapping(entry, where), where).get("value")
            yield where, value, node["schema"], "example"


def _defaults(document: JsonMap) -> Iterator[tuple[Place, Json, Json, str]]:
    for place, _, schema in schemas(document):
        if "default" in schema:
            yield (*place, "default"), schema["default"], schema, "default"
