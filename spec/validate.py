"""Refuse a contract that is not valid OpenAPI 3.1, contradicts itself or hides its evidence."""

import json
from collections.abc import Iterator
from functools import lru_cache

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from spec.errors import SpecError
from spec.evidence import KEY, Evidence
from spec.grammar import schemas, visit
from spec.nodes import JsonMap, Place, mapping, sequence, show
from spec.operations import dead_links, operations
from spec.values import misfits

VERSIONS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}
_SHOWN = 6
_OF_THE_GENERATOR = frozenset(
    (
        "to_dict",
        "from_dict",
        "additional_properties",
        "field_dict",
        "src_dict",
        "cls",
        "d",
        "Unset",
        "UNSET",
    )
)
_EVIDENT = ("schemas", "parameters", "responses", "securitySchemes")


def validate(document: JsonMap) -> None:
    """Raise SpecError naming the first places at fault; a valid contract passes in silence."""
    faults = [*openapi_faults(document, "3.1")] or [
        *misfits(document),
        *dead_links(document),
        *_without_evidence(document),
        *_unusable_names(document),
    ]
    if faults:
        place, what = faults[0]
        others = "".join(f"\n  {show(other)}: {why}" for other, why in faults[1:_SHOWN])
        remedy = f"Correct the overlay that says so. {len(faults)} fault(s) in all.{others}"
        raise SpecError(show(place), what, remedy)


def openapi_faults(document: JsonMap, version: str) -> tuple[tuple[Place, str], ...]:
    """Return where and why a document is no valid OpenAPI of a version, one of VERSIONS.

    What was judged once is not judged again: that takes longer than all other checks.
    """
    return _judged(json.dumps(document), version)


@lru_cache(maxsize=32)
def _judged(text: str, version: str) -> tuple[tuple[Place, str], ...]:
    found = VERSIONS[version](json.loads(text)).iter_errors()
    return tuple(
        (tuple(error.absolute_path), f"not OpenAPI {version}: {error.message[:200]}")
        for error in found
    )


def _unusable_names(document: JsonMap) -> Iterator[tuple[Place, str]]:
    """Yield the properties whose names the generator's classes use for something of their own."""
    for place, _, schema in schemas(document):
        for name in mapping(schema.get("properties") or {}, (*place, "properties")):
            if name in _OF_THE_GENERATOR:
                what = f"a field named {name} breaks the generated class, which has such a name"
                yield (*place, "properties", name), what


def _without_evidence(document: JsonMap) -> Iterator[tuple[Place, str]]:
    evident: set[Place] = {("paths", path, method) for path, method, _ in operations(document)}
    for place, _, node in visit(document):
        for entry in sequence(node.get(KEY) or [], (*place, KEY)):
            Evidence.read(entry, show((*place, KEY)))
        is_component = place[:1] == ("components",) and place[1:2] and place[1] in _EVIDENT
        is_named = is_component and len(place) == 3  # noqa: PLR2004 - components, section, name
        if (is_named or place in evident) and KEY not in node:
            yield place, f"nothing says what this rests on: {KEY} is missing"
