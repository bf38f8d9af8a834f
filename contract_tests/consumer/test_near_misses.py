"""An answer one step away from the contract ends in an error that helps, or in what it truly says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import pytest

from chainhub_fal import ContractError, Outcome

from .feeding import Feeder, Reply, problems_of
from .shapes import CONTRACT, FIRST, NAMES, OUTPUTS, SHAPES, Shape
from .texts import TOO_DEEP, spoiled
from .verdicts import fault

_OF_TYPE = re.compile(r" a (str|int|float|bool|list|dict) at |, no \w+ at")


def _feed_all(shape: Shape, replies: Iterable[tuple[str, Reply]], feeder: Feeder) -> None:
    """Feed what the contract does not allow, and say everything that the client made wrong of it."""
    faults, fed = [], 0
    for label, reply in replies:
        if problems_of(shape, reply):  # one step from one branch may lead into another
            came = feeder.feed(shape, reply)
            fed += len(came.requests) > 0
            if wrong := fault(shape, reply, came):
                faults.append(f"{label}: {wrong:.300}")
    assert not faults, "\n".join(faults[:20])
    assert fed >= 5


# One flow reads every body for both drivers, so one colour is enough for what is in a body.
@pytest.mark.parametrize("drive", ["sync"], indirect=True)
@pytest.mark.parametrize("name", FIRST)
def test_a_body_one_step_away_from_its_schema(name: str, feeder: Feeder) -> None:
    shape = NAMES[name]
    bodies = shape.near_misses()
    replies = ((label, Reply.of(shape.status, body, shape.media_type)) for label, body in bodies)
    _feed_all(shape, replies, feeder)


@pytest.mark.parametrize("name", FIRST)
def test_a_text_that_is_no_such_json(name: str, feeder: Feeder) -> None:
    shape = NAMES[name]
    whole = dict(shape.whole_values())["fullest"]
    _feed_all(shape, spoiled(Reply.of(shape.status, whole, shape.media_type)), feeder)


@pytest.mark.parametrize("operation_id", CONTRACT.operations)
def test_words_that_hold_too_many_levels_are_words(operation_id: str, feeder: Feeder) -> None:
    shape = next(it for it in SHAPES if it.operation.operation_id == operation_id)
    words = {"code": "x", "message": "[" * TOO_DEEP, "data": None}
    reply = Reply.of(400, words)
    assert not fault(shape, reply, feeder.call(shape, itertools.repeat(reply)))


@pytest.mark.parametrize("drive", ["sync"], indirect=True)
@pytest.mark.parametrize("endpoint", OUTPUTS.values())
def test_a_typed_output_is_true_or_names_the_place(endpoint: str, feeder: Feeder) -> None:
    shape = next(it for it in SHAPES if it.endpoint == endpoint and it.name in OUTPUTS)
    named = 0
    for label, body in shape.near_misses():
        outcome = feeder.feed(shape, Reply.of(200, body)).outcome
        if not isinstance(outcome, Outcome) or outcome.raw != body:
            continue  # it is no output any more, and the tests above look at what it became
        error = _typing_error(outcome)
        if error is None:
            assert not _OF_TYPE.search(label), label
            continue
        named += 1
        assert error.operation == shape.operation.operation_id
        assert error.pointer.startswith(label.rpartition(" at ")[2].rstrip("/")), label
        assert error.pointer in str(error)
    assert named >= 5


def _typing_error(outcome: Outcome[object]) -> ContractError | None:
    try:
        repr(outcome.output)
    except ContractError as error:
        return error
    return None
