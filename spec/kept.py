"""Prove that the generator lost nothing: it can drop enum members and fields in silence."""

from collections.abc import Iterator
from pathlib import Path

from spec.errors import SpecError
from spec.grammar import schemas
from spec.hints import pascal
from spec.models import Model, read_models
from spec.nodes import Json, JsonMap, Place, mapping, sequence, show
from spec.operations import operations


def losses(document: JsonMap, package: Path) -> Iterator[str]:
    """Yield a sentence for each operation, enum member, property or `required` that is missing."""
    models = read_models(package)
    yield from _lost_operations(document, package)
    yield from _lost_enums(document, models)
    yield from _lost_properties(document, models)


def require_kept(document: JsonMap, package: Path) -> None:
    """Raise SpecError naming every loss."""
    lost = list(losses(document, package))
    if lost:
        raise SpecError(
            package.name,
            "the generator lost " + "; ".join(lost),
            "Name the values with x-enum-varnames, or give the contract a form it can generate.",
        )


def _lost_operations(document: JsonMap, package: Path) -> Iterator[str]:
    for path, method, operation in operations(document):
        name = operation.get("operationId")
        if not list((package / "api").glob(f"*/{name}.py")):
            yield f"operation {name} ({method} {path})"


def _lost_enums(document: JsonMap, models: dict[str, Model]) -> Iterator[str]:
    generated = [set(model.values) for model in models.values()]
    by_name = {name.lower(): model for name, model in models.items()}
    for place, _, schema in schemas(document):
        wanted = {value for value in _enum(schema) if isinstance(value, str | int)}
        own = by_name.get(_class_name(place).lower())
        missing = wanted - set(own.values) if own else wanted
        if missing and (own or wanted not in generated):
            yield f"of the enum at {show(place)}: {', '.join(sorted(map(str, missing)))}"


def _class_name(place: Place) -> str:
    """Return the name that the generator gives the class of a component or of a property in one."""
    match place:
        case ("components", "schemas", str(component)):
            return component
        case ("components", "schemas", str(component), "properties", str(field)):
            return component + pascal(field)
    return ""


def _enum(schema: JsonMap) -> list[Json]:
    return sequence(schema.get("enum") or [], ("enum",))


def _is_component(place: Place) -> bool:
    return len(place) == 3 and place[:2] == ("components", "schemas")  # noqa: PLR2004 - and a name


def _lost_properties(document: JsonMap, models: dict[str, Model]) -> Iterator[str]:
    by_name = {name.lower(): model for name, model in models.items()}
    for place, _, schema in schemas(document):
        if not _is_component(place) or "properties" not in schema:
            continue
        model = by_name.get(str(place[2]).lower())
        if model is None:
            yield f"the component {place[2]}"
            continue
        required = sequence(schema.get("required") or [], (*place, "required"))
        for field in mapping(schema["properties"], (*place, "properties")):
            if field not in model.fields:
                yield f"{place[2]}.{field}"
            elif (field in required) != model.fields[field]:
                yield f"whether {place[2]}.{field} is required"
