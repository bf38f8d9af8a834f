"""What must hold whatever is compared: silence only for equals, witnesses that verify, cycles."""

import copy
import time
from collections.abc import Iterator

import jsonschema_rs
import pytest

from spec.compare import verdicts
from spec.compare.changes import Verdict
from spec.compare.comparison import compare
from spec.compare.contracts import Contract
from spec.compare.inputs import CURRENT, read
from spec.compare.schemas import Schemas
from spec.errors import SpecError
from spec.nodes import Json, JsonMap, Place, at
from spec.sources import Tree

from .made import Edit, base, breaks_on_the_wire, compared, edited, put, told
from .test_operation_kinds import SCHEMAS, VALUE
from .test_schema_kinds import CHANGING, INPUT, NARROWING, OUTPUT, Row

WORDS = {"summary", "description", "title", "info", "openapi"}
UNUSED = ("components", "securitySchemes", "key")
REDUX = (*SCHEMAS, "Flux1SchnellReduxInput", "properties")


def _leaves(node: Json, place: Place = ()) -> Iterator[Place]:
    """Every scalar of a contract that means something to somebody."""
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for step, child in children:
        if step not in WORDS:
            yield from _leaves(child, (*place, step))
    # A scheme that nothing demands is known to nobody.
    if not isinstance(node, dict | list) and place[:3] != UNUSED:
        yield place


def _altered(value: Json) -> Json:
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int | float) else f"{value}x"


@pytest.mark.parametrize("place", [*_leaves(base())], ids=lambda place: "/".join(map(str, place)))
def test_no_scalar_of_a_contract_changes_in_silence(place: Place) -> None:
    old = base()
    new = edited(put(_altered(at(old, *place)), *place))
    try:
        assert compared(old, new).changes
    except SpecError as error:
        assert error.where  # noqa: PT017 - a contract that is none any more is refused, not "equal"


@pytest.mark.parametrize("row", [*NARROWING, *CHANGING], ids=lambda row: f"{row.there}-{row.new}")
def test_a_witness_is_valid_for_who_sends_and_invalid_for_who_reads(row: Row) -> None:
    for place, names in ((INPUT, "callers"), (OUTPUT, "readers")):
        for old, new in ((row.old, row.new), (row.new, row.old)):
            comparison = compared(edited(put(old, *place)), edited(put(new, *place)))
            for change in comparison.changes:
                sides = (old, new) if names == "callers" else (new, old)
                producer, consumer = map(_validator, sides)
                for judgement in breaks_on_the_wire(change):
                    assert judgement.witness is not None
                    assert producer.is_valid(judgement.witness.value)
                    assert not consumer.is_valid(judgement.witness.value)


def _validator(schema: Json) -> jsonschema_rs.Draft202012Validator:
    assert isinstance(schema, dict)
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


@pytest.mark.parametrize("row", [*NARROWING, *CHANGING], ids=lambda row: f"{row.there}-{row.new}")
def test_whatever_a_contract_says_it_equals_itself(row: Row) -> None:
    for side in (row.old, row.new):
        document = edited(put(side, *INPUT), put(side, *OUTPUT))
        assert told(compared(document, copy.deepcopy(document))) == {}


def test_a_break_without_a_witness_says_so_and_still_breaks() -> None:
    strange: JsonMap = {"type": "string", "pattern": "^zq[0-9]{7}!$"}
    other: JsonMap = {"type": "string", "pattern": "^zq[0-9]{8}!$"}
    (change,) = compared(edited(put(strange, *VALUE)), edited(put(other, *VALUE))).changes
    assert (change.callers.verdict, change.callers.witness) == (Verdict.BREAKING, None)
    assert change.callers.why.endswith("No witness found.")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "pattern": "^a"}, {"type": "string", "pattern": "^b"}),
        ({"type": "string"}, {"type": "string", "format": "uuid"}),
        ({"type": "number"}, {"type": "number", "multipleOf": 0.1}),
        ({"type": "string"}, {"type": "string", "contentEncoding": "base64"}),
    ],
)
def test_what_a_prover_may_not_know_is_not_taken_for_equal(old: JsonMap, new: JsonMap) -> None:
    (change,) = compared(edited(put(old, *VALUE)), edited(put(new, *VALUE))).changes
    assert change.callers.verdict is Verdict.BREAKING


def test_a_prover_that_calls_everything_equal_silences_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module in ("spec.compare.walk.covers", "spec.compare.verdicts.covers"):
        monkeypatch.setattr(module, lambda _consumer, _producer: True)
    for row in NARROWING:
        there = compared(edited(put(row.old, *INPUT)), edited(put(row.new, *INPUT)))
        assert any(breaks_on_the_wire(change) for change in there.changes), row


@pytest.mark.parametrize("maximum", [4, 5])
def test_a_proof_of_one_way_is_no_proof_of_equality(
    monkeypatch: pytest.MonkeyPatch, maximum: int
) -> None:
    def one_way(consumer: JsonMap, _producer: JsonMap) -> bool:
        return consumer["maximum"] == maximum

    monkeypatch.setattr("spec.compare.walk.covers", one_way)
    monkeypatch.setattr("spec.compare.walk.Walk._witness", lambda *_: False)
    sides: list[JsonMap] = [{"type": "integer", "maximum": bound} for bound in (5, 4)]
    old, new = (edited(put(side, *VALUE)) for side in sides)
    assert told(compared(old, new)) == {"maximum-lowered": "B-C"}


def test_a_break_that_no_rule_names_is_found_by_a_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spec.compare.walk.limits", lambda _pair: ())
    monkeypatch.setattr(verdicts, "is_refuted", lambda _consumer, _producer: False)
    sides: list[JsonMap] = [{"type": "integer", "maximum": bound} for bound in (5, 4)]
    old, new = sides
    (change,) = compared(edited(put(old, *VALUE)), edited(put(new, *VALUE))).changes
    assert change.kind == "schema-redefined"
    assert change.callers.witness is not None


def test_a_prover_that_crashes_fails_the_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> bool:
        raise BaseException("panicked")  # noqa: TRY002 - what a panic arrives as

    monkeypatch.setattr("jsoncompat.check_compat", crash)
    with pytest.raises(SpecError, match="crashed: panicked"):
        compared(base(), edited(put({"type": "string"}, *VALUE)))


def _tree(width: JsonMap) -> Edit:
    node: JsonMap = {"$ref": "#/components/schemas/Tree"}
    fields: JsonMap = {"left": node, "right": {"type": "array", "items": node}, "width": width}
    return put({"type": "object", "properties": fields}, *SCHEMAS, "Tree")


def test_a_schema_that_contains_itself_is_compared_once() -> None:
    use = put({"$ref": "#/components/schemas/Tree"}, *VALUE)
    old = edited(_tree({"type": "integer", "maximum": 5}), use)
    new = edited(_tree({"type": "integer", "maximum": 4}), use)
    assert told(compared(old, old)) == {}
    (change,) = compared(old, new).changes
    assert (change.kind, change.callers.witness is not None) == ("maximum-lowered", True)


def test_a_schema_that_is_nothing_but_itself_is_refused() -> None:
    loop = edited(put({"$ref": "#/components/schemas/Loop"}, *SCHEMAS, "Loop"))
    with pytest.raises(SpecError, match="nothing but itself"):
        compared(base(), edited(put({"$ref": "#/components/schemas/Loop"}, *SCHEMAS, "Loop")))
    with pytest.raises(SpecError, match="nothing but itself"):
        compared(loop, loop)


def test_equal_forms_are_equal_whatever_the_spelling() -> None:
    document: JsonMap = {
        "a": {"allOf": [{"type": "string"}, {"minLength": 2}]},
        "b": {"anyOf": [{"minLength": 2, "type": ["string"]}]},
    }
    schemas = Schemas(document)
    assert (
        schemas.at(("a",)).form == schemas.at(("b",)).form == {"type": ["string"], "minLength": 2}
    )


@pytest.fixture(scope="module")
def current(tree: Tree) -> Contract:
    return read(tree, CURRENT, CURRENT).old


TEN: dict[str, Edit] = {
    "enum-value-removed": put(["none", "regular"], *REDUX, "acceleration", "enum"),
    "maximum-lowered": put(10, *REDUX, "num_inference_steps", "maximum"),
    "maximum-raised": put(8, *REDUX, "num_images", "maximum"),
    "default-changed": put("png", *REDUX, "output_format", "default"),
    "null-refused": put("integer", *REDUX, "seed", "type"),
    "format-introduced": put("uri", *SCHEMAS, "GatewayErrorBody", "properties", "type", "format"),
    "property-required": put(["image_url", "seed"], *SCHEMAS, "Flux1SchnellReduxInput", "required"),
    "type-changed": put("string", *SCHEMAS, "QueueTicket", "properties", "queue_position", "type"),
    "enum-value-added": put(["OK", "CANCELLATION_REQUESTED", "LATE"], *SCHEMAS, "CancelAnswer", "properties", "status", "enum"),
    "property-added": put({"type": "string"}, *SCHEMAS, "Image", "properties", "alt"),
}  # fmt: skip


@pytest.mark.parametrize("kind", TEN)
def test_an_edit_of_the_contract_in_force_is_told(current: Contract, kind: str) -> None:
    document = copy.deepcopy(current.document)
    TEN[kind](document)
    new = Contract("new.yaml", current.lines, document)
    changes = compare(current, new).changes
    assert kind in {change.kind for change in changes}
    change = next(change for change in changes if change.kind == kind)
    assert change.old.line > 300
    assert change.places


def test_the_contract_in_force_is_compared_with_itself_within_a_second(current: Contract) -> None:
    began = time.process_time()
    assert compare(current, current).changes == ()
    assert time.process_time() - began < 1
