"""Refuse a contract that is not valid OpenAPI 3.1, contradicts itself or hides its evidence."""

from collections.abc import Iterator

from openapi_spec_validator import OpenAPIV31SpecValidator

from spec.errors import SpecError
from spec.evidence import KEY, Evidence
from spec.grammar import visit
from spec.nodes import JsonMap, Place, sequence, show
from spec.operations import dead_links, operations
from spec.values import misfits

_SHOWN = 6
_EVIDENT = ("schemas", "parameters", "responses", "securitySchemes")


def validate(document: JsonMap) -> None:
    """Raise SpecError naming the first places at fault; a valid contract passes in silence."""
    faults = list(_openapi(document)) or [
        *misfits(document),
        *dead_links(document),
        *_without_evidence(document),
    ]
    if faults:
        place, what = faults[0]
        others = "".join(f"\n  {show(other)}: {why}" for other, why in faults[1:_SHOWN])
        remedy = f"Correct the overlay that says so. {len(faults)} fault(s) in all.{others}"
        raise SpecError(show(place), what, remedy)


def _openapi(document: JsonMap) -> Iterator[tuple[Place, str]]:
    for error in OpenAPIV31SpecValidator(document).iter_errors():
        yield tuple(error.absolute_path), f"not OpenAPI 3.1: {error.message[:200]}"


def _without_evidence(document: JsonMap) -> Iterator[tuple[Place, str]]:
    evident: set[Place] = {("paths", path, method) for path, method, _ in operations(document)}
    for place, _, node in visit(document):
        for entry in sequence(node.get(KEY) or [], (*place, KEY)):
            Evidence.read(entry, show((*place, KEY)))
        is_component = place[:1] == ("components",) and place[1:2] and place[1] in _EVIDENT
        is_named = is_component and len(place) == 3  # noqa: PLR2004 - components, section, name
        if (is_named or place in evident) and KEY not in node:
            yield place, f"nothing says what this rests on: {KEY} is missing"
