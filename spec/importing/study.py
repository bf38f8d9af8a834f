"""Study a model's page: its losses, its proposals, its output; nothing is asked or written."""

from collections.abc import Iterator
from dataclasses import dataclass

from spec import names
from spec.evidence import Evidence
from spec.grammar import schemas
from spec.importing.draft import input_name
from spec.importing.enums import enum
from spec.importing.field import Field, fields
from spec.importing.judging import judged
from spec.importing.losses import Change, Loss, losses_of_input, missing_fields
from spec.importing.outputs import Output, drafted
from spec.importing.proposals import Confidence, Proposal
from spec.importing.reading import Reading
from spec.importing.sizes import sized, sizes
from spec.importing.ticket import losses_of_access, losses_of_ticket
from spec.nodes import Json, JsonMap, Place, at, mapping, sequence

_BODY = ("requestBody", "content", "application/json")


@dataclass(frozen=True)
class Study:
    """What an import has to say of a model's page, and to ask about it."""

    reading: Reading
    losses: list[Loss]
    proposals: list[Proposal]
    output: Output


def study(reading: Reading, servers: set[str], shared: JsonMap) -> Study:
    """Study a page; `servers` are those of the tree's pages, `shared` its shared schemas."""
    place: Place = ("components", "schemas", input_name(reading))
    schema = mapping(at(reading.document, *place), place)
    example_place = ("paths", reading.path, reading.method, *_BODY, "example")
    example = at(reading.document, *example_place)
    found = list(fields(schema, place, () if example is None else (example,)))
    losses = [
        *losses_of_access(reading, servers),
        *losses_of_ticket(reading, shared),
        *_form(schema, place),
        *missing_fields(schema, place, example, sized(shared)),
        *losses_of_input(reading.document, found, example_place),
        *_enums(reading.document),
    ]
    losses += _lacking(schema, losses, example, example_place)
    output = drafted(reading, names.slug(reading.path))
    proposals = [*judged(found), *sizes(found, shared)]
    order = [field.place for field in found]
    proposals.sort(key=lambda one: order.index(one.field.place))
    proposals += _required(found, schema, example, place)
    return Study(reading, losses, proposals, output)


def _form(schema: JsonMap, place: Place) -> Iterator[Loss]:
    if not {"type", "allOf", "oneOf", "anyOf"} & set(schema):
        change = Change(
            place, Evidence("inferred", "The queue takes an object."), {"type": "object"}
        )
        yield Loss(place, "the input has no type: an object", (change,))


def _enums(document: JsonMap) -> Iterator[Loss]:
    """Name the values of the page's own enums where the generator could not."""
    for place, _, schema in schemas(document):
        values = schema.get("enum")
        if isinstance(values, list) and "x-enum-varnames" not in schema:
            named = {key: value for key, value in enum(values).items() if key != "enum"}
            if named:
                note = "Names for values that are none; the generator would number them."
                change = Change(place, Evidence("inferred", note), named)
                yield Loss(place, "enum values that are no names: named", (change,))


def _lacking(schema: JsonMap, losses: list[Loss], example: Json, place: Place) -> Iterator[Loss]:
    """Leave the whole example out where it has not, or no longer, what is required."""
    gone = {
        change.place[len(place) :] for loss in losses for change in loss.changes if change.remove
    }
    names_ = sequence(schema.get("required") or [], ("required",))
    lacking = [
        str(name)
        for name in names_
        if isinstance(example, dict) and (name not in example or (name,) in gone)
    ]
    if lacking:
        words = f"the example lacks {', '.join(lacking)}, which the schema requires; left out"
        change = Change(
            place,
            Evidence(
                "inferred", f"The page's own example does not fit: it lacks {', '.join(lacking)}."
            ),
            remove=True,
        )
        yield Loss(place, words, (change,))


def _required(
    found: list[Field], schema: JsonMap, example: Json, place: Place
) -> Iterator[Proposal]:
    """Ask what is required where the page has no schema to say it."""
    if found or not isinstance(example, dict) or schema.get("required"):
        return
    likely = next((name for name in ("prompt", "image_url") if name in example), "")
    update: JsonMap = {"required": [likely]} if likely else {}
    field = Field(likely or "(input)", (*place, "properties", likely), {})
    words = "The page has an example and no schema, so it says of no field that it is required."
    proposal = Proposal(
        field, "required", update, words, Confidence.LIKELY, source="inferred", target=place
    )
    yield proposal.doubted("which fields are required?")
