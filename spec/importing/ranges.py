"""Proposals for the bounds of numbers that prose gives, and what speaks against them."""

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

from spec.importing.field import Field
from spec.importing.literals import number
from spec.importing.proposals import Confidence, Proposal, against_schema
from spec.importing.prose import About, Claim
from spec.nodes import Json, JsonMap

_NUMERIC = ("integer", "number")


def span(field: Field, said: Sequence[Claim], defaults: Sequence[Claim]) -> Iterator[Proposal]:
    """Yield the proposal for the range that a field's prose gives, if it gives one."""
    for claim in said[:1]:
        low, high = ends(claim)
        confirmed = claim.plain and any(inside(one, low, high) for one in field.examples)
        sure = Confidence.CERTAIN if confirmed else Confidence.LIKELY
        update: JsonMap = {"minimum": low, "maximum": high} if field.kind in _NUMERIC else {}
        what = f"range {claim.values[0]}-{claim.values[1]}"
        doubts = chain(
            _doubts_of_end(field, low),
            _doubts_of_end(field, high),
            _doubts_of_span(field, said, low, high),
            _outside(field, defaults, low, high),
            against_schema(field, "minimum", low),
            against_schema(field, "maximum", high),
        )
        proposal = Proposal(field, what, update, claim.sentence, sure)
        yield proposal.doubted(*dict.fromkeys(doubts))


def bounds(
    field: Field, said: Sequence[Claim], spans: Sequence[Claim], defaults: Sequence[Claim]
) -> Iterator[Proposal]:
    """Yield a proposal for every lone bound that a field's prose gives besides its ranges."""
    for claim in said:
        end = number(claim.values[0])
        if end is None:
            continue
        is_minimum = claim.about is About.MINIMUM
        keyword = "minimum" if is_minimum else "maximum"
        update: JsonMap = {keyword: end} if field.kind in _NUMERIC else {}
        doubts = chain(
            _doubts_of_end(field, end),
            [f"{claim.unit!r} may be a unit"] if claim.unit else [],
            _outside(field, defaults, end if is_minimum else None, None if is_minimum else end),
            against_schema(field, keyword, end),
            _against_spans(spans, end, is_minimum=is_minimum),
        )
        what = f"{keyword} {claim.values[0]}"
        yield Proposal(field, what, update, claim.sentence, Confidence.LIKELY).doubted(*doubts)


def copied(proposals: Sequence[Proposal]) -> Iterator[tuple[Proposal, str]]:
    """Yield each range of a number that an integer has as well, with the integer's name."""
    ranges = [one for one in proposals if {"minimum", "maximum"} <= set(one.update)]
    for pair in combinations(ranges, 2):
        kinds = {one.field.kind: one for one in pair}
        if pair[0].update == pair[1].update and set(kinds) == set(_NUMERIC):
            yield kinds["number"], kinds["integer"].field.name


def ends(claim: Claim) -> tuple[float, float]:
    """Return the two ends of a range as numbers."""
    low, high = (number(value) for value in claim.values)
    return (low if low is not None else 0), (high if high is not None else 0)


def inside(value: Json, low: float | None, high: float | None) -> bool:
    """Tell whether a value is a number between two ends, either of which may be open."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return (low is None or low <= value) and (high is None or value <= high)


def _against_spans(spans: Sequence[Claim], end: float, *, is_minimum: bool) -> Iterator[str]:
    for low, high in map(ends, spans):
        if end != (low if is_minimum else high):
            yield f"its own range is {low}-{high}"


def _doubts_of_end(field: Field, end: float) -> Iterator[str]:
    if field.kind not in _NUMERIC:
        yield f"a range of numbers for {field.kind or 'a field of no known type'}"
    elif field.kind == "integer" and not isinstance(end, int):
        yield "an end that is no integer"


def _doubts_of_span(field: Field, said: Sequence[Claim], low: float, high: float) -> Iterator[str]:
    if low >= high:
        yield "its ends leave nothing between them"
    if len({claim.values for claim in said}) > 1:
        yield "the text gives several ranges"
    if low == 0 and _counts(field.name):
        yield "none of something that is counted?"


def _outside(
    field: Field, defaults: Sequence[Claim], low: float | None, high: float | None
) -> Iterator[str]:
    stated = [number(claim.values[0]) for claim in defaults]
    for default in (*stated, field.schema.get("default")):
        if isinstance(default, int | float) and not inside(default, low, high):
            yield f"its own default {default} is outside"
    for one in field.examples:
        if not inside(one, low, high):
            yield f"the example's {one!r} is outside"


def _counts(name: str) -> bool:
    return name in ("n", "count") or name.startswith(("num_", "n_")) or name.endswith("_count")
