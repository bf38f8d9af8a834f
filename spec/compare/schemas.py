"""A schema as a set of facts: references followed, `allOf` joined, null apart, spelling gone."""

from collections.abc import Iterable
from functools import cached_property
from math import ceil, floor

import jsonschema_rs

from spec.compare.forms import Former
from spec.compare.parts import CHOICES, Part, parts, takes_null
from spec.compare.values import ALL, NUMERIC, dump, types_of
from spec.errors import SpecError
from spec.nodes import Json, JsonMap, Place, mapping, sequence, show

DOCS = frozenset({"description", "title", "example", "examples", "externalDocs", "xml", "$comment"})
_NUMBERS = {"multipleOf": NUMERIC}
_SIZES = {
    "minLength": frozenset({"string"}),
    "maxLength": frozenset({"string"}),
    "minItems": frozenset({"array"}),
    "maxItems": frozenset({"array"}),
    "minProperties": frozenset({"object"}),
    "maxProperties": frozenset({"object"}),
}
_TEXTS = dict.fromkeys(("pattern", "format"), frozenset({"string"}))
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")
_LIMITS = (*_NUMBERS, *_SIZES, *_TEXTS, *_BOUNDS)
_STRUCTURE = ("type", "enum", "const", "properties", "required", "items", "additionalProperties")
NOTES = ("default", "deprecated", "readOnly", "writeOnly", "discriminator")
_KNOWN = {
    *(*DOCS, *_NUMBERS, *_SIZES, *_TEXTS, *_BOUNDS, *_STRUCTURE, *NOTES, *CHOICES),
    *("uniqueItems", "$defs", "nullable"),
}
CONDITIONS = {
    "patternProperties": frozenset({"object"}),
    "propertyNames": frozenset({"object"}),
    "dependentRequired": frozenset({"object"}),
    "dependentSchemas": frozenset({"object"}),
    "unevaluatedProperties": frozenset({"object"}),
    "prefixItems": frozenset({"array"}),
    "contains": frozenset({"array"}),
    "minContains": frozenset({"array"}),
    "maxContains": frozenset({"array"}),
    "unevaluatedItems": frozenset({"array"}),
    "contentEncoding": frozenset({"string"}),
    "contentMediaType": frozenset({"string"}),
    "contentSchema": frozenset({"string"}),
}
"""Keywords compared as a whole, and the types they speak of."""
_NAMED_SCHEMAS = ("patternProperties", "dependentSchemas")
_PLAIN = ("dependentRequired", "minContains", "maxContains", "contentEncoding", "contentMediaType")


class Schemas:
    """The schemas of one document, each made once: pairs of them can be met again and known."""

    def __init__(self, document: JsonMap) -> None:
        self.document = document
        self._made: dict[tuple[tuple[Place, ...], bool], Schema] = {}

    def at(self, *places: Place, without_null: bool = False) -> "Schema":
        """Return the schema that holds what all the given places demand."""
        key = (places, without_null)
        if key not in self._made:
            self._made[key] = Schema(self, places, without_null=without_null)
        return self._made[key]


class Schema:
    """One schema, or the conjunction of several that meet in one place."""

    def __init__(self, owner: Schemas, places: tuple[Place, ...], *, without_null: bool) -> None:
        self.owner = owner
        self.places = places
        self.place = places[0]
        document = owner.document
        self.parts = [part for place in places for part in parts(document, place)]
        self.null = not without_null and all(takes_null(document, place) for place in places)

    @cached_property
    def spelling(self) -> str | None:
        """The schema as it is written, or None where other schemas have a say in what it allows."""
        words = {key for part in self.parts for key in part.schema if not key.startswith("x-")}
        if not words <= _KNOWN.difference(CHOICES):
            return None
        return repr((self.null, [(part.component, part.schema) for part in self.parts]))

    def where(self, *keys: str) -> Place:
        """Return the place of the first of these keywords that is given, else the schema's."""
        for key in keys:
            for part in self.parts:
                if key in part.schema:
                    return (*part.place, key)
        return self.place

    def given(self, key: str) -> list[Json]:
        """Return what the parts say under a keyword."""
        return [part.schema[key] for part in self.parts if key in part.schema]

    def note(self, key: str) -> Json:
        """Return an annotation: the outermost part's word counts."""
        return next(iter(self.given(key)), None)

    @cached_property
    def class_name(self) -> str:
        """The name that the generator takes for the class of an object or an enum, if given."""
        titles = [part.schema.get("title") for part in self.parts]
        names = [*titles, *(part.component for part in self.parts)]
        return str(next((name for name in names if name), "")) if self.is_class else ""

    @property
    def class_place(self) -> Place:
        """Where the class has its name from: the component, or the schema itself."""
        return next((part.place for part in self.parts if part.component), self.place)

    @property
    def is_class(self) -> bool:
        """Whether the generator makes a class of it; of a choice it makes a union."""
        return self.values is not None or (self.types == {"object"} and not self.choices)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types besides null that a value can have, from types, values and choices."""
        found = self.own_types
        for _, arms in self.choices:
            found &= frozenset[str]().union(*(arm.types for arm in arms))
        return found

    @cached_property
    def own_types(self) -> frozenset[str]:
        """The types besides null, choices left out of account."""
        found = ALL
        for kinds in self.given("type"):
            found &= _types(kinds if isinstance(kinds, list) else [kinds], self.where("type"))
        if self.values is not None:
            found &= {kind for value in self.values for kind in types_of(value)}
        return found if self.given("not") != [{}] else frozenset()

    @cached_property
    def values(self) -> list[Json] | None:
        """The only values that are allowed, without null, in the order given; None for no list.

        Bounds, sizes and texts beside a list are applied to it and say nothing more.
        """
        lists = [sequence(found, self.where("enum")) for found in self.given("enum")]
        lists += [[value] for value in self.given("const")]
        if not lists:
            return None
        first, *others = ({dump(value): value for value in found} for found in lists)
        kept = [key for key in first if all(key in other for other in others)]
        limits = [{k: part.schema[k] for k in _LIMITS if k in part.schema} for part in self.parts]
        fit = [_validator(limit) for limit in limits if limit]
        listed = (first[key] for key in kept if first[key] is not None)
        return [value for value in listed if all(it.is_valid(value) for it in fit)]

    @cached_property
    def bounds(self) -> dict[str, tuple[int | float, bool]]:
        """The tightest `minimum` and `maximum`: the number and whether it is excluded."""
        if self.values is not None or not self.types & NUMERIC:
            return {}
        found: dict[str, tuple[int | float, bool]] = {}
        for key in ("minimum", "maximum"):
            exclusive = f"exclusive{key.capitalize()}"
            given = [(_number(value, self.where(key)), False) for value in self.given(key)]
            given += [
                (_number(value, self.where(exclusive)), True) for value in self.given(exclusive)
            ]
            if given:
                tightest = max(given) if key == "minimum" else min(given, key=_upper)
                found[key] = self._whole(key, *tightest)
        return found

    def _whole(self, key: str, bound: float, is_excluded: bool) -> tuple[int | float, bool]:  # noqa: FBT001 - one fact of two
        """Say an integer's bound as the last integer that is allowed."""
        if "fraction" in self.types:
            return bound, is_excluded
        if key == "minimum":
            return (floor(bound) + 1 if is_excluded else ceil(bound)), False
        return (ceil(bound) - 1 if is_excluded else floor(bound)), False

    @cached_property
    def sizes(self) -> dict[str, int | float]:
        """The tightest lengths and counts; a least of 0 says nothing."""
        found: dict[str, int | float] = {}
        for key, types in _SIZES.items():
            given = [_number(value, self.where(key)) for value in self.given(key)]
            if given and self.types & types and self.values is None:
                size = max(given) if key.startswith("min") else min(given)
                found |= {} if size == 0 and key.startswith("min") else {key: size}
        return found

    @cached_property
    def texts(self) -> dict[str, list[str]]:
        """Patterns, formats and steps: all that apply, in a fixed order."""
        found: dict[str, list[str]] = {}
        for key, types in {**_TEXTS, **_NUMBERS}.items():
            if self.given(key) and self.types & types and self.values is None:
                found[key] = sorted({dump(value) for value in self.given(key)})
        return found

    @property
    def is_unique(self) -> bool:
        """Whether an array's items must differ."""
        return True in self.given("uniqueItems") and "array" in self.types

    @cached_property
    def required(self) -> frozenset[str]:
        """The properties that must be there."""
        lists = [sequence(found, self.where("required")) for found in self.given("required")]
        names = frozenset(str(name) for found in lists for name in found)
        return names if "object" in self.types else frozenset()

    @cached_property
    def properties(self) -> dict[str, "Schema"]:
        """The properties in order; a part that closes itself speaks for those of the others too."""
        if "object" not in self.types:
            return {}
        places: dict[str, list[Place]] = {}
        for part in self.parts:
            for name in mapping(part.schema.get("properties") or {}, part.place):
                places.setdefault(name, []).append((*part.place, "properties", name))
        for part in self.parts:
            own = mapping(part.schema.get("properties") or {}, part.place)
            if len(self.parts) > 1 and part.schema.get("additionalProperties", True) is not True:
                for name in [name for name in places if name not in own]:
                    places[name].append((*part.place, "additionalProperties"))
        return {name: self.owner.at(*found) for name, found in places.items()}

    @cached_property
    def additional(self) -> "Schema | None":
        """What properties without a name of their own must be; None when anything goes."""
        return self._joined("additionalProperties", "object")

    @cached_property
    def items(self) -> "Schema | None":
        """What every item of an array must be; None when anything goes."""
        return self._joined("items", "array")

    def _joined(self, key: str, kind: str) -> "Schema | None":
        places = [(*part.place, key) for part in self.parts if key in part.schema]
        if not places or kind not in self.types:
            return None
        found = self.owner.at(*places)
        return None if found.takes_anything else found

    @cached_property
    def takes_anything(self) -> bool:
        """Whether no value is refused."""
        limits = (*self.bounds, *self.sizes, *self.texts, *self.required, *self.properties)
        nested = (self.additional, self.items, *self.choices, *self.conditions, self.is_unique)
        return self.null and self.types == ALL and not limits and not any(nested)

    @property
    def takes_nothing(self) -> bool:
        """Whether every value is refused."""
        return not self.types and not self.null

    @cached_property
    def choices(self) -> list[tuple[str, list["Schema"]]]:
        """The choices with more than one arm besides null: `anyOf` or `oneOf`, and the arms.

        Where arms have no type in common, `oneOf` means what `anyOf` means and is called so.
        """
        found = []
        for part in self.parts:
            for choice in CHOICES:
                count = len(sequence(part.schema.get(choice) or [], part.place))
                places = [(*part.place, choice, index) for index in range(count)]
                arms = [self.owner.at(place, without_null=True) for place in places]
                arms = [arm for arm in arms if not arm.takes_nothing]
                if arms:
                    found.append(("anyOf" if _are_disjoint(arms) else choice, arms))
        return found

    @cached_property
    def conditions(self) -> dict[str, list[Json]]:
        """Everything else that a value is judged by, keyword by keyword, in canonical form."""
        found: dict[str, list[Json]] = {}
        for part in self.parts:
            for key in part.schema:
                applies = self.types & CONDITIONS.get(key, ALL)
                if key not in _KNOWN and not key.startswith("x-") and applies:
                    found.setdefault(key, []).append(self._condition(part, key))
        return {key: sorted(found[key], key=dump) for key in sorted(found)}

    def _condition(self, part: Part, key: str) -> Json:
        value, place = part.schema[key], (*part.place, key)
        if key in _NAMED_SCHEMAS:
            names = mapping(value, place)
            return {name: self.owner.at((*place, name)).form for name in names}
        if key == "prefixItems":
            return [self.owner.at((*place, i)).form for i, _ in enumerate(sequence(value, place))]
        if key in _PLAIN or not isinstance(value, dict | bool):
            return value
        return self.owner.at(place).form

    @cached_property
    def form(self) -> JsonMap:
        """The schema as self-contained JSON Schema in one spelling: equal forms mean the same."""
        return Former(is_closed=False).form(self)

    @cached_property
    def closed_form(self) -> JsonMap:
        """The form for a side that sends only the properties it knows, as those who send do."""
        return Former(is_closed=True).form(self)


def _types(names: Iterable[Json], place: Place) -> frozenset[str]:
    found: set[str] = set()
    for name in names:
        if name == "number":
            found |= NUMERIC
        elif name in ALL - {"fraction"}:
            found.add(str(name))
        elif name != "null":
            raise SpecError(show(place), f"{name!r} is no type", "Use a type of JSON Schema.")
    return frozenset(found)


def _validator(limits: JsonMap) -> jsonschema_rs.Draft202012Validator:
    try:
        return jsonschema_rs.Draft202012Validator(limits, validate_formats=True)
    except ValueError as error:
        raise SpecError("schema", str(error).splitlines()[0], "Correct it.") from error


def _number(value: Json, place: Place) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise SpecError(show(place), f"{value!r} is no number", "Correct it.")


def _upper(bound: tuple[int | float, bool]) -> tuple[int | float, bool]:
    return bound[0], not bound[1]


def _are_disjoint(arms: list[Schema]) -> bool:
    return sum(len(arm.types) for arm in arms) == len(
        frozenset[str]().union(*(a.types for a in arms))
    )
