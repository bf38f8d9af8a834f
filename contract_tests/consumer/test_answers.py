"""Whatever the contract allows as an answer, the client gives a true value or an error that helps."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from chainhub_fal import ChainHubError, State, SubmissionUnknownError, TicketError

from .feeding import VERBS, Feeder, Reply, problems_of
from .grammar import Json
from .shapes import CONTRACT, FIRST, NAMES, OUTPUTS, SHAPES, Shape
from .verdicts import fault


def test_every_documented_status_has_a_shape() -> None:
    assert len(NAMES) == len(SHAPES)
    assert VERBS.keys() <= CONTRACT.operations.keys()
    documented = {
        (name, status) for name, it in CONTRACT.operations.items() for status in it.statuses
    }
    assert {(shape.operation.operation_id, shape.status) for shape in SHAPES} == documented
    assert set(OUTPUTS) <= {shape.name for shape in SHAPES}


def _shortfall(shape: Shape, body: Json, outcome: object) -> str:
    """Say where a documented answer came to less than it must: success is a value, a no is none."""
    operation_id = shape.operation.operation_id
    if shape.status >= 300:
        lenient = operation_id in {"get_status", "cancel_request"}
        return "" if lenient or isinstance(outcome, ChainHubError) else "a refusal became a value"
    if not isinstance(outcome, ChainHubError):
        return ""
    if isinstance(outcome, TicketError):
        told = outcome.job is not None and outcome.job.request_id == body["request_id"]
    elif isinstance(outcome, SubmissionUnknownError):
        told = "the ticket's request_id" in str(outcome)
    elif operation_id in {"get_result", "stream_status"} and shape.name not in OUTPUTS:
        told = body["status"] in {State.COMPLETED, State.FAILED}
    else:
        told = False
    return "" if told else f"a success became {outcome!r}"


def _feed_all(shape: Shape, bodies: Iterable[tuple[str, Json]], feeder: Feeder) -> None:
    for label, body in bodies:
        reply = Reply.of(shape.status, body, shape.media_type)
        assert not problems_of(shape, reply), f"{label}: the sample itself breaks the contract"
        outcome = feeder.feed(shape, reply)
        wrong = fault(shape, reply, outcome) or _shortfall(shape, body, outcome.outcome)
        assert not wrong, f"{label}: {wrong}\n{body!r:.500}"


@pytest.mark.parametrize("name", NAMES)
def test_every_documented_answer_is_understood(name: str, feeder: Feeder) -> None:
    _feed_all(NAMES[name], NAMES[name].whole_values(), feeder)


# One flow reads every body for both drivers, so one colour is enough for what is in a body.
@pytest.mark.parametrize("drive", ["sync"], indirect=True)
@pytest.mark.parametrize("name", FIRST)
def test_an_answer_is_understood_whatever_a_place_in_it_holds(name: str, feeder: Feeder) -> None:
    _feed_all(NAMES[name], NAMES[name].changed_values(), feeder)
