"""The source of a builder: a keyword-only function that gathers one model's input."""

import keyword
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from spec.errors import SpecError
from spec.hints import ALIASES, FILE_TYPES, Shapes, pascal
from spec.nodes import Json, JsonMap, dereference, mapping, sequence, text

_BOUNDS = (
    ("minimum", "at least {}"),
    ("exclusiveMinimum", "more than {}"),
    ("maximum", "at most {}"),
    ("exclusiveMaximum", "less than {}"),
    ("minItems", "{} or more of them"),
    ("maxItems", "no more than {} of them"),
    ("maxLength", "no longer than {} characters"),
)


# The builder's own lines name these types, and an argument of that name would hide them.
_IN_HINTS = ("dict", "str", "object")


@dataclass(frozen=True)
class Argument:
    """One input field as an argument: JSON name, Python name, hint, default and explanation."""

    field: str
    name: str
    hint: str
    default: Json
    required: bool
    doc: str

    @property
    def is_left_out_when_none(self) -> bool:
        """Whether None stands for `not given`: an optional field without a default of its own."""
        return not self.required and self.default is None

    @property
    def source(self) -> str:
        """The argument as it stands in the signature."""
        if self.required and self.default is None:
            return f"{self.name}: {self.hint}"
        shared = isinstance(self.default, dict | list)
        optional = (shared or self.default is None) and "None" not in self.hint.split(" | ")
        hint = f"{self.hint} | None" if optional else self.hint
        return f"{self.name}: {hint} = {None if shared else self.default!r}"

    @property
    def value(self) -> str:
        """The expression that gives the field's value."""
        if isinstance(self.default, dict | list):
            return f"{self.default!r} if {self.name} is None else {self.name}"
        return self.name


def arguments(document: JsonMap, schema: JsonMap, name: str, shapes: Shapes) -> Iterator[Argument]:
    """Yield one argument for every property of an input schema, in its order."""
    required = sequence(schema.get("required") or [], (name, "required"))
    taken: set[str] = set()
    for field, node in mapping(schema.get("properties") or {}, (name, "properties")).items():
        given = mapping(node, (name, field))
        whole = {**dereference(document, given, (name, field)), **given}
        python = _python_name(field)
        if python in taken:
            raise SpecError(f"{name}.{field}", f"two fields become {python}", "Rename one of them.")
        taken.add(python)
        hint = shapes.hint(given, name + pascal(field))
        default = whole.get("default")
        yield Argument(field, python, hint, default, field in required, _explain(whole))


def _python_name(field: str) -> str:
    name = re.sub(r"\W", "_", field)
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name in _IN_HINTS else name


def _explain(schema: JsonMap) -> str:
    parts = [" ".join(str(schema.get("description") or "").split())]
    bounds = [words.format(schema[key]) for key, words in _BOUNDS if key in schema]
    if bounds:
        parts.append(", ".join(bounds).capitalize() + ".")
    if FILE_TYPES in schema:
        kinds = sequence(schema[FILE_TYPES], (FILE_TYPES,))
        parts.append(f"File types: {', '.join(str(kind) for kind in kinds)}.")
    if ALIASES in schema:
        pairs = mapping(schema[ALIASES], (ALIASES,)).items()
        parts.append(f"Also {', '.join(f'{alias} for {value}' for alias, value in pairs)}.")
    if schema.get("default") is not None:
        parts.append(f"Default: {schema['default']}.")
    return " ".join(part for part in parts if part)


def builder(name: str, operation: JsonMap, fields: list[Argument]) -> str:
    """Return the source of the function that gathers the given arguments into a plain dict."""
    always = [field for field in fields if not field.is_left_out_when_none]
    given = ", ".join(f"{field.field!r}: {field.value}" for field in always)
    signature = ", ".join(["*", *(field.source for field in fields)] if fields else [])
    gathered = "given"
    while gathered in {field.name for field in fields}:
        gathered += "_"
    lines = [
        f"def {name}({signature}) -> dict[str, object]:",
        textwrap.indent(_docstring(operation, fields), "    "),
        f"    {gathered}: dict[str, object] = {{{given}}}",
    ]
    for field in fields:
        if field.is_left_out_when_none:
            lines.append(f"    if {field.name} is not None:")
            lines.append(f"        {gathered}[{field.field!r}] = {field.name}")
    return "\n".join([*lines, f"    return {gathered}", ""])


def _docstring(operation: JsonMap, fields: list[Argument]) -> str:
    summary = text(operation.get("summary"), ("summary",))
    description = " ".join(str(operation.get("description") or "").split())
    blocks = [summary.rstrip(".") + "."]
    if description:
        blocks += ["", *textwrap.wrap(description, 92)]
    if fields:
        blocks += ["", "Args:"]
    for field in fields:
        wrapped = textwrap.wrap(f"{field.name}: {field.doc}", 88, subsequent_indent="    ")
        blocks += [f"    {line}" for line in wrapped]
    body = "\n".join(blocks).replace("\\", "\\\\").replace('"', '\\"')
    return f'"""{body}\n"""'
