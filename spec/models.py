"""Read what a generated package holds, from its source and without importing it."""

import ast
from dataclasses import dataclass, field
from pathlib import Path

from spec.errors import SpecError


@dataclass
class Model:
    """A generated class: its module, and its members or the JSON fields it reads."""

    module: str
    values: list[str | int] = field(default_factory=list)
    fields: dict[str, bool] = field(default_factory=dict)
    """JSON name -> whether the class insists on it."""


def read_models(package: Path) -> dict[str, Model]:
    """Return the generated models by class name; raises SpecError when there are none."""
    found: dict[str, Model] = {}
    for path in sorted((package / "models").glob("[!_]*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = Model(path.stem, _values(node), _fields(node))
    if not found:
        raise SpecError(str(package), "holds no generated models", "Run `make generate`.")
    return found


def model_of(models: dict[str, Model], component: str) -> tuple[str, Model]:
    """Return class name and model of a component; raises SpecError when it was not generated."""
    for name, model in models.items():
        if name.lower() == component.lower():
            return name, model
    raise SpecError(
        f"$.components.schemas.{component}",
        "the generator made no class of it",
        "Give the component properties or an enum, or look at the generator's warnings.",
    )


def _values(node: ast.ClassDef) -> list[str | int]:
    return [
        statement.value.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str | int)
    ]


def _fields(node: ast.ClassDef) -> dict[str, bool]:
    """Find `d.pop("name")` (insists) and `d.pop("name", UNSET)` (does not) in `from_dict`."""
    found: dict[str, bool] = {}
    for call in ast.walk(node):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="d"), attr="pop"),
                args=[ast.Constant(value=str(name)), *default],
            ):
                found[name] = not default
    return found
