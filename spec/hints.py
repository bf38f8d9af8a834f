"""Python type hints for JSON Schemas, for the signatures of the endpoint builders."""

import re
from dataclasses import dataclass, field
from itertools import chain

from spec.nodes import Json, JsonMap, dereference, mapping, sequence

FILE_TYPES = "x-file-types"
ALIASES = "x-aliases"
_ANY_OBJECT = "Mapping[str, object]"
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


@dataclass
class Shapes:
    """The TypedDicts that hints refer to, by name: a line of source for every field."""

    document: JsonMap
    fields: dict[str, list[str]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def hint(self, schema: JsonMap, name: str) -> str:
        """Return the hint for a schema; `name` is given to an object that has none of its own.

        Keys of `x-aliases` count as values too: whoever calls the builder translates them.
        """
        atoms = self._atoms(schema, name)
        aliases = mapping(schema.get(ALIASES) or {}, (name, ALIASES))
        atoms = [*dict.fromkeys([*atoms, *(_Literal(repr(str(alias))) for alias in aliases)])]
        literals = [atom for atom in atoms if isinstance(atom, _Literal)]
        others = [atom for atom in atoms if not isinstance(atom, _Literal)]
        union = [f"Literal[{', '.join(literals)}]"] if literals else []
        return " | ".join([*union, *others]) or "object"

    def _atoms(self, schema: JsonMap, name: str) -> list[str]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            target = dereference(self.document, schema)
            return self._atoms(target, reference.rsplit("/", 1)[-1])
        if FILE_TYPES in schema and schema.get("type") != "array":
            return ["FileInput"]
        if "enum" in schema or "const" in schema:
            values = sequence(schema.get("enum", [schema.get("const")]), (name, "enum"))
            return [_of_value(value) for value in values]
        for choice in ("oneOf", "anyOf"):
            if choice in schema:
                arms = sequence(schema[choice], (name, choice))
                return [*chain(*(self._atoms(mapping(arm, (name, choice)), name) for arm in arms))]
        if "allOf" in schema:
            parts = sequence(schema["allOf"], (name, "allOf"))
            alone = len(parts) == 1
            return self._atoms(mapping(parts[0], (name,)), name) if alone else [_ANY_OBJECT]
        kinds = schema.get("type")
        listed = kinds if isinstance(kinds, list) else [kinds]
        return [*chain(*(self._of_type(kind, schema, name) for kind in listed))]

    def _of_type(self, kind: Json, schema: JsonMap, name: str) -> list[str]:
        if isinstance(kind, str) and kind in _SCALARS:
            return [_SCALARS[kind]]
        if kind == "array":
            items = mapping(schema.get("items") or {}, (name, "items"))
            inner = "FileInput" if FILE_TYPES in schema else self.hint(items, f"{name}Item")
            return [f"Sequence[{inner}]"]
        if kind == "object" and schema.get("properties"):
            return [self._typed_dict(schema, name)]
        return [_ANY_OBJECT] if kind == "object" else ["object"]

    def _typed_dict(self, schema: JsonMap, name: str) -> str:
        title = f"{name}Dict"
        if title in self.fields or title in self.begun:
            return title
        self.begun.add(title)
        lines: list[str] = []
        required = sequence(schema.get("required") or [], (name, "required"))
        for key, value in mapping(schema["properties"], (name, "properties")).items():
            hint = self.hint(mapping(value, (name, key)), name + pascal(key))
            lines.append(f"{key!r}: {hint if key in required else f'NotRequired[{hint}]'}")
        self.fields[title] = lines
        return title


class _Literal(str):
    """The source of one literal value; several are gathered into one `Literal[...]`."""

    __slots__ = ()


def _of_value(value: Json) -> str:
    """Return the hint for one enum value; a type checker knows no literal numbers with a point."""
    if value is None:
        return "None"
    return "float" if isinstance(value, float) else _Literal(repr(value))


def pascal(name: str) -> str:
    """Return a field's name in the form of a class name (`image_size` -> `ImageSize`)."""
    return "".join(word[0].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name) if word)
