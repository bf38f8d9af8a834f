"""One input of a batch: what is written down, when, and what is never sent again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import Row, RowState, errors
from chainhub_fal._effects import Call, Effect, Record
from chainhub_fal.flows.batching import Plan, RowWork

NEW = Row(REDUX.id, "digest", 0, 7)
INPUTS = {"image_url": "https://pictures.example/cat.png"}


@pytest.fixture
def work(kit: Any) -> Any:
    """Make the work on a row, with the flow that the test then runs."""

    def make(row: Row = NEW, *, folder: str | None = None, **options: Any) -> RowWork[Any]:
        settings = kit.settings(connect_patience=0, missing_patience=0, **options)
        heard: list[object] = []
        plan = Plan(REDUX, settings, folder, heard.append, heard.append, journaled=True)
        return RowWork(plan, row, INPUTS)

    return make


def story(effects: list[Effect]) -> list[str]:
    """Tell records and exchanges in their order."""
    return [
        effect.row.state.value if isinstance(effect, Record) else effect.exchange.operation
        for effect in effects
        if isinstance(effect, Record | Call)
    ]


def submits(effects: list[Effect]) -> int:
    return sum(word.startswith("submit_") for word in story(effects))


def test_intent_before_the_post_receipt_before_the_wait_outcome_at_the_end(
    kit: Any, work: Any
) -> None:
    world = kit.world([kit.ticket(), kit.say(200, kit.output())])
    begun = work()
    outcome, files = world.run(begun.run())
    submit = REDUX.operation_id
    assert story(world.effects) == ["intended", submit, "queued", "get_result", "done"]
    assert (outcome.raw["seed"], files) == (7, ())
    assert begun.row.ref is not None
    assert begun.row.ref.request_id == kit.job.request_id
    assert begun.row.submits == 1
    assert len(begun.row.payload) == 64


@pytest.mark.parametrize("state", [RowState.INTENDED, RowState.UNKNOWN])
def test_what_may_have_been_paid_for_is_never_sent_again(
    kit: Any, work: Any, state: RowState
) -> None:
    world = kit.world([kit.ticket()])
    with pytest.raises(errors.SubmissionUnknownError, match="earlier run was interrupted"):
        world.run(work(replace(NEW, state=state, payload="abc", submits=1)).run())
    assert story(world.effects) == ["unknown"]


@pytest.mark.parametrize("state", [RowState.QUEUED, RowState.DONE])
def test_what_is_queued_is_waited_for_and_not_submitted(
    kit: Any, work: Any, state: RowState
) -> None:
    world = kit.world([kit.say(200, kit.output())])
    outcome, _ = world.run(work(replace(NEW, state=state, ref=kit.job)).run())
    assert story(world.effects) == ["get_result", "done"]
    assert outcome.receipt.request_id == kit.job.request_id


def test_a_verdict_stands_and_costs_no_request(kit: Any, work: Any) -> None:
    world = kit.world([])
    row = replace(NEW, state=RowState.FAILED, ref=kit.job, problem="the job failed: nsfw")
    with pytest.raises(errors.JobFailedError, match="nsfw") as caught:
        world.run(work(row).run())
    assert caught.value.job == kit.job
    assert not world.calls


@pytest.mark.parametrize(
    ("replies", "error", "state", "times"),
    [
        (lambda kit: [kit.say(422, {"detail": "no"})], errors.RequestRefusedError, "refused", 1),
        (lambda kit: [kit.unsent()], errors.NoAnswerError, "refused", 1),
        (lambda kit: [kit.unanswered()], errors.SubmissionUnknownError, "unknown", 1),
        (lambda kit: [kit.say(500, {})], errors.SubmissionUnknownError, "unknown", 1),
        (
            lambda kit: [kit.ticket(), kit.say(422, {"detail": "bad"})],
            errors.JobFailedError,
            "failed",
            1,
        ),
        (
            lambda kit: [kit.ticket(), kit.say(401, {"detail": "key"})],
            errors.AuthenticationError,
            "queued",
            1,
        ),
        (
            lambda kit: [kit.ticket(status_url="https://x/elsewhere")],
            errors.TicketError,
            "queued",
            1,
        ),
        (
            lambda kit: [kit.ticket(), kit.say(202, {"status": "IN_QUEUE"})],
            errors.DeadlineExceededError,
            "queued",
            1,
        ),
        (lambda kit: [kit.say(429, {})], errors.DeadlineExceededError, "refused", None),
    ],
)
def test_each_error_leaves_the_state_that_says_what_it_cost(
    kit: Any, work: Any, replies: Any, error: type[errors.ChainHubError], state: str, times: int | None
) -> None:  # fmt: skip
    world = kit.world(replies(kit))
    begun = work(deadline=20)
    with pytest.raises(error):
        world.run(begun.run())
    assert story(world.effects)[-1] == begun.row.state.value == state
    assert begun.row.error == error.__name__
    assert (begun.row.ref is not None) == (state in {"failed", "queued"})
    assert times is None or submits(world.effects) == times


def test_a_refused_row_is_sent_again_on_the_next_run_and_forgets_its_error(
    kit: Any, work: Any
) -> None:
    world = kit.world([kit.ticket(), kit.say(200, kit.output())])
    begun = work(replace(NEW, state=RowState.REFUSED, error="RateLimitError", submits=1))
    world.run(begun.run())
    assert submits(world.effects) == 1
    assert (begun.row.submits, begun.row.error, begun.row.problem) == (2, "", "")


def test_an_input_that_is_refused_before_anything_is_sent_leaves_no_trace(
    kit: Any, work: Any
) -> None:
    world = kit.world([])
    begun = work()
    begun.inputs = {**INPUTS, "num_images": 99}
    with pytest.raises(errors.InvalidInputError):
        world.run(begun.run())
    assert story(world.effects) == []
    assert begun.row == NEW


class Unwritable:
    """Makes the journal fail when a row of one state is to be written."""

    def __init__(self, world: Any, state: str) -> None:
        self.world = world
        self.state = state
        self.reply = world._reply
        world._reply = self

    def __call__(self, effect: Effect, replies: Any) -> object:
        if isinstance(effect, Record) and effect.row.state == self.state:
            raise errors.JournalError("the journal cannot be written: disk full")
        return self.reply(effect, replies)


def test_without_an_intent_on_the_disk_nothing_is_sent(kit: Any, work: Any) -> None:
    world = kit.world([kit.ticket()])
    Unwritable(world, "intended")
    with pytest.raises(errors.JournalError):
        world.run(work().run())
    assert submits(world.effects) == 0


def test_a_receipt_that_cannot_be_written_is_told_with_the_jobs_id(kit: Any, work: Any) -> None:
    world = kit.world([kit.ticket()])
    Unwritable(world, "queued")
    with pytest.raises(errors.JournalError, match=kit.job.request_id) as caught:
        world.run(work().run())
    assert caught.value.job is not None
    assert "paid" in str(caught.value)


def test_while_a_submit_is_under_way_it_says_so(kit: Any, work: Any) -> None:
    begun = work()
    seen: list[bool] = []

    class Watching(kit.world):  # type: ignore[misc]
        def _reply(self, effect: Effect, replies: Any) -> object:
            seen.append(begun.is_submitting)
            return super()._reply(effect, replies)

    Watching([kit.ticket(), kit.say(200, kit.output())]).run(begun.run())
    assert seen[0] is False
    assert True in seen
    assert seen[-1] is False
