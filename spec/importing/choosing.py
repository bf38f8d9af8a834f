"""Proposals for lists of values that prose gives: enums, and ratios that stand for sizes."""

import re
from collections.abc import Iterator

from spec.importing.enums import enum
from spec.importing.field import Field
from spec.importing.files import is_file_list
from spec.importing.literals import PLACEHOLDER, read
from spec.importing.proposals import Confidence, Proposal
from spec.importing.prose import Claim
from spec.nodes import Json, JsonMap

_RATIO = re.compile(r"(\d+):(\d+)")


def choices(field: Field, listed: list[Claim], defaults: list[Claim]) -> Iterator[Proposal]:
    """Yield the proposal for the list of values that a field's prose gives, if it gives one."""
    for claim in listed[:1]:
        if is_file_list(field, claim):
            continue
        literals = list(dict.fromkeys(claim.values))
        known = [value for value in literals if value.lower() != PLACEHOLDER]
        values = [read(value, _kind(field)) for value in known]
        if field.schema.get("enum") == values:
            continue
        fits = bool(values) and None not in values
        confirmed = claim.plain and any(one in values for one in field.examples)
        sure = Confidence.CERTAIN if confirmed else Confidence.LIKELY
        update: JsonMap = {}
        if fits and not _are_ratios_of_size(field, literals):
            update = {"items": enum(values)} if field.kind == "array" else enum(values)
        what = f"enum {', '.join(literals)}"
        proposal = Proposal(field, what, update, claim.sentence, sure)
        reasons = [*_doubts(field, literals, values), *_others(listed, defaults, literals)]
        yield proposal.doubted(*reasons)


def _kind(field: Field) -> str:
    return "string" if field.kind == "array" else field.kind


def _doubts(field: Field, literals: list[str], values: list[Json]) -> Iterator[str]:
    one_case = {value.lower() for value in literals}
    unfit = not values or None in values
    for holds, words in (
        (PLACEHOLDER in one_case, f"the word {PLACEHOLDER!r} is no value"),
        (unfit, f"not all of them are {field.kind or 'of a known type'}"),
        (len(literals) == 1, "a list of one"),
        (len(one_case) < len(literals), "some differ only in case"),
        (any(" " in value for value in literals), "a value of several words"),
        (field.kind == "array", "of the list or of its items?"),
        (field.kind in ("number", "boolean"), f"a list of values for a {field.kind}"),
        (_are_ratios_of_size(field, literals), "ratios, where a preset or a size is expected"),
        ("enum" in field.schema, "the schema has another enum"),
    ):
        if holds:
            yield words
    for example in field.examples:
        if field.kind != "array" and example not in values:
            yield f"the example's {example!r} is not in it"


def _others(listed: list[Claim], defaults: list[Claim], literals: list[str]) -> Iterator[str]:
    """Say what the field's other claims have against the list."""
    if len({claim.values for claim in listed}) > 1:
        yield "the text gives several lists"
    for claim in defaults[:1]:
        if claim.values[0] not in literals:
            yield f"its own default {claim.values[0]} is not in it"


def _are_ratios_of_size(field: Field, literals: list[str]) -> bool:
    return field.name.endswith("size") and all(map(_RATIO.fullmatch, literals))
