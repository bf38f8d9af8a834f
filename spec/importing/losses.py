"""What a page has lost or contradicts, where, and what the import does about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from spec.evidence import KEY, Evidence
from spec.importing.field import Field
from spec.importing.guessing import inferred, widened
from spec.nodes import Json, JsonMap, Place
from spec.values import problem_with

_ONLY_EXAMPLE = Evidence("vendor-page", "Only the page's example tells the type.")
_SAYS_NOTHING = {KEY, "description", "title"}


@dataclass(frozen=True)
class Change:
    """One change of the contract that the page makes necessary: an overlay's action.

    `target` is a JSONPath, for what has no place of its own; else it is the place's.
    """

    place: Place
    evidence: Evidence
    update: JsonMap = field(default_factory=dict)
    remove: bool = False
    target: str = ""


@dataclass(frozen=True)
class Loss:
    """Something lost or contradictory: `place` on the page, `what` it is, the changes that help."""

    place: Place
    what: str
    changes: tuple[Change, ...] = ()


def losses_of_input(document: JsonMap, found: list[Field], example_place: Place) -> Iterator[Loss]:
    """Yield what is wrong with the fields of an input, one by one."""
    for one in found:
        yield from _null_type(one)
        yield from _untyped(one)
        yield from _default(document, one)
        if len(one.place) == len(found[0].place):
            yield from _contradiction(document, one, (*example_place, one.name))


def _null_type(one: Field) -> Iterator[Loss]:
    if one.schema.get("type") == "null":
        given = inferred(one.examples[0], one.name) if one.examples else {}
        evidence = Evidence("inferred", "A field that takes nothing but null is no field.")
        changes = [Change((*one.place, "type"), evidence, remove=True)]
        if given:
            changes.append(Change(one.place, _ONLY_EXAMPLE, given))
        yield Loss(one.place, "type 'null': the real type is lost, any value is taken", (*changes,))


def _untyped(one: Field) -> Iterator[Loss]:
    if set(one.schema) <= _SAYS_NOTHING and one.examples and one.examples[0] is not None:
        change = Change(one.place, _ONLY_EXAMPLE, inferred(one.examples[0], one.name))
        yield Loss(one.place, "without a type: the example's is taken", (change,))


def _default(document: JsonMap, one: Field) -> Iterator[Loss]:
    if "default" in one.schema:
        bare = {key: value for key, value in one.schema.items() if key != "default"}
        problem = problem_with(document, bare, one.schema["default"])
        if problem is not None:
            evidence = Evidence(
                "inferred", f"The page's default contradicts its schema: {problem}."
            )
            change = Change((*one.place, "default"), evidence, remove=True)
            yield Loss(one.place, f"its default does not fit: {problem}; dropped", (change,))


def _contradiction(document: JsonMap, one: Field, example_place: Place) -> Iterator[Loss]:
    """Compare a field with the example: a simple type is widened, else the example gives way."""
    for value in one.examples:
        problem = problem_with(document, one.schema, value)
        if problem is None or one.schema.get("type") == "null":
            continue
        words = f"the example contradicts the schema: {problem}"
        wider = widened(one.schema, value)
        if wider is None:
            evidence = Evidence("inferred", f"The page's own example does not fit: {problem}.")
            change = Change(example_place, evidence, remove=True)
            yield Loss(one.place, f"{words}; left out of the example", (change,))
        else:
            evidence = Evidence("vendor-page", f"The page's example gives {value!r}.")
            change = Change(one.place, evidence, {"type": wider})
            yield Loss(one.place, f"{words}; type read as {wider}", (change,))


def missing_fields(schema: JsonMap, place: Place, example: Json, sized: JsonMap) -> Iterator[Loss]:
    """Yield each field that only the example has; `sized` is fal's own type of a size, if known."""
    known = schema.get("properties")
    names = known if isinstance(known, dict) else {}
    for name, value in example.items() if isinstance(example, dict) else ():
        if name in names:
            continue
        guess = inferred(value, name)
        evidence = _ONLY_EXAMPLE
        if name == "image_size" and isinstance(value, dict) and sized:
            guess = {"oneOf": [*_list(sized)]}
            evidence = Evidence("upstream", "fal's presets and size object; the example has one.")
        change = Change(place, evidence, {"properties": {name: guess}})
        what = f"only the example has it: read as {_words(guess)}"
        yield Loss((*place, "properties", name), what, (change,))


def _list(sized: JsonMap) -> list[Json]:
    return [{"$ref": f"#/components/schemas/{name}"} for name in sized]


def _words(schema: JsonMap) -> str:
    return str(schema.get("type") or ("a preset or a size" if "oneOf" in schema else "any value"))
