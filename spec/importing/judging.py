"""Judge what prose claims about fields: certain, likely, or a question that it raises itself."""

from collections.abc import Iterator, Sequence

from spec.importing.choosing import choices
from spec.importing.field import Field
from spec.importing.files import files
from spec.importing.literals import PLACEHOLDER, read
from spec.importing.proposals import Confidence, Proposal, against_schema
from spec.importing.prose import About, Claim, claims
from spec.importing.ranges import bounds, copied, ends, inside, span
from spec.nodes import Json, JsonMap


def judged(found: Sequence[Field]) -> list[Proposal]:
    """Return the proposals for these fields of one input, in their order."""
    proposals = [proposal for field in found for proposal in _of(field) if proposal.is_new]
    copies = {id(copy): other for copy, other in copied(proposals)}
    return [
        one.doubted(f"the same range as {copies[id(one)]}, which is of another type: copied?")
        if id(one) in copies
        else one
        for one in proposals
    ]


def _of(field: Field) -> Iterator[Proposal]:
    said = claims(field.prose)
    by_kind = {about: [claim for claim in said if claim.about is about] for about in About}
    yield from files(field, by_kind[About.FILES] + by_kind[About.CHOICES])
    yield from _default(field, by_kind)
    yield from span(field, by_kind[About.RANGE], by_kind[About.DEFAULT])
    ends_alone = by_kind[About.MINIMUM] + by_kind[About.MAXIMUM]
    yield from bounds(field, ends_alone, by_kind[About.RANGE], by_kind[About.DEFAULT])
    yield from choices(field, by_kind[About.CHOICES], by_kind[About.DEFAULT])
    yield from _presence(field, by_kind)


def _default(field: Field, said: dict[About, list[Claim]]) -> Iterator[Proposal]:
    for claim in said[About.DEFAULT][:1]:
        literal = claim.values[0]
        value = read(literal, field.kind)
        sure = Confidence.CERTAIN if value in field.examples else Confidence.LIKELY
        update: JsonMap = {} if value is None else {"default": value}
        if literal.lower() == PLACEHOLDER:
            update = {}
        proposal = Proposal(field, f"default {literal}", update, claim.sentence, sure)
        yield proposal.doubted(*_doubts_of_default(field, said, literal, value))


def _doubts_of_default(
    field: Field, said: dict[About, list[Claim]], literal: str, value: Json
) -> Iterator[str]:
    if literal.lower() == PLACEHOLDER:
        yield f"the word {PLACEHOLDER!r} is no value"
    elif value is None:
        yield f"{literal!r} is no {field.kind or 'value of a known type'}"
    if len({claim.values for claim in said[About.DEFAULT]}) > 1:
        yield "the text gives several defaults"
    listed = [claim.values for claim in said[About.CHOICES]]
    if listed and literal not in listed[0]:
        yield f"it is not in its own list ({', '.join(listed[0])})"
    for low, high in (ends(claim) for claim in said[About.RANGE]):
        if isinstance(value, int | float) and not inside(value, low, high):
            yield f"it is not in its own range ({low}-{high})"
    yield from against_schema(field, "default", value)
    allowed = field.schema.get("enum")
    if isinstance(allowed, list) and value is not None and value not in allowed:
        yield "the schema's enum does not have it"


def _presence(field: Field, said: dict[About, list[Claim]]) -> Iterator[Proposal]:
    for claim in said[About.REQUIRED][:1]:
        if not field.required:
            update: JsonMap = {"required": [field.name]}
            sure, owner = Confidence.LIKELY, field.owner
            proposal = Proposal(field, "required", update, claim.sentence, sure, target=owner)
            yield proposal.doubted(*(["it has a default"] if "default" in field.schema else []))
    for claim in said[About.OPTIONAL][:1]:
        if field.required:
            proposal = Proposal(field, "not required", {}, claim.sentence, Confidence.LIKELY)
            yield proposal.doubted("the schema requires it")
