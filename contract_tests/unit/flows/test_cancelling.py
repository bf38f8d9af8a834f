"""A cancel says what it did; a wait that is given up keeps or cancels its job and names it."""

from __future__ import annotations

from typing import Any

import pytest

from chainhub_fal import Cancellation, errors
from chainhub_fal._effects import Flow, Pause
from chainhub_fal.flows.cancelling import cancel, guard
from chainhub_fal.flows.working import cancel_all


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ((202, {"status": "CANCELLATION_REQUESTED"}), Cancellation.REQUESTED),
        ((200, {"status": "OK"}), Cancellation.CANCELLED),
        ((200, {"success": True}), Cancellation.CANCELLED),
        ((200, ""), Cancellation.CANCELLED),
        ((400, {"status": "ALREADY_COMPLETED"}), Cancellation.TOO_LATE),
        ((200, {"status": "ALREADY_COMPLETED"}), Cancellation.TOO_LATE),
        ((204, ""), Cancellation.REQUESTED),
    ],
)
def test_each_answer_has_one_meaning(
    kit: Any, reply: tuple[int, object], outcome: Cancellation
) -> None:
    world = kit.world([kit.unanswered(), kit.say(503), kit.say(*reply)])
    flow = cancel(kit.job, settings=kit.settings(), deadline=kit.deadline())
    assert world.run(flow) is outcome
    assert [call.exchange.method for call in world.calls] == ["PUT"] * 3


@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        (404, {"status": "NOT_FOUND"}, "application/json", errors.NotFoundError),
        (401, {"detail": "no"}, "application/json", errors.AuthenticationError),
        (200, {"status": "NOT_FOUND"}, "application/json", errors.NotFoundError),
        (200, "<html>", "text/html", errors.NotTheApiError),
    ],
)
def test_what_cannot_be_cancelled_is_said(
    kit: Any, status: int, body: object, kind: str, error: type[errors.ChainHubError]
) -> None:
    world = kit.world([kit.say(status, body, content_type=kind)])
    with pytest.raises(error) as caught:
        world.run(cancel(kit.job, settings=kit.settings(), deadline=kit.deadline()))
    assert caught.value.job == kit.job


def broken_off(reason: BaseException) -> Flow[None]:
    yield Pause(1)
    raise reason


@pytest.mark.parametrize(
    "reason",
    [
        KeyboardInterrupt(),
        RuntimeError("callback"),
        errors.DeadlineExceededError("late", stage="the wait", waited=1),
    ],
    ids=lambda reason: type(reason).__name__,
)
@pytest.mark.parametrize("choice", ["keep", "cancel"])
def test_a_wait_that_is_given_up_says_what_became_of_the_job(
    kit: Any, reason: BaseException, choice: str
) -> None:
    world = kit.world([kit.say(200, {"status": "OK"})])
    settled: list[bool] = []
    chosen = kit.settings(on_abandon=choice)
    flow = guard(
        broken_off(reason), kit.job, settings=chosen, on_cancelled=lambda: settled.append(True)
    )
    with pytest.raises(type(reason)) as caught:
        world.run(flow)
    assert settled == [True] * (choice == "cancel")
    notes = getattr(caught.value, "__notes__", [])
    if choice == "keep" and isinstance(reason, errors.ChainHubError):
        assert notes == []  # its own words name the job, and say that it goes on
    else:
        assert kit.job.request_id in notes[-1]
    assert [call.exchange.method for call in world.calls] == ["PUT"] * (choice == "cancel")


def test_cancelling_on_leaving_is_bounded_in_time(kit: Any) -> None:
    world = kit.world([kit.unanswered()], latency=1)
    chosen = kit.settings(on_abandon="cancel", abandon_timeout=5)
    with pytest.raises(KeyboardInterrupt) as caught:
        world.run(
            guard(
                broken_off(KeyboardInterrupt()), kit.job, settings=chosen, on_cancelled=pytest.fail
            )
        )
    assert "could not be cancelled" in caught.value.__notes__[-1]
    assert world.clock - type(world).clock <= 1 + 5.1


def test_a_job_that_failed_was_not_given_up(kit: Any) -> None:
    world = kit.world()
    flow = guard(
        broken_off(errors.JobFailedError("no")),
        kit.job,
        settings=kit.settings(on_abandon="cancel"),
        on_cancelled=pytest.fail,
    )
    with pytest.raises(errors.JobFailedError):
        world.run(flow)
    assert world.calls == []


def test_a_wait_that_is_only_closed_asks_for_nothing_more(kit: Any) -> None:
    flow = guard(
        broken_off(RuntimeError()),
        kit.job,
        settings=kit.settings(on_abandon="cancel"),
        on_cancelled=pytest.fail,
    )
    next(flow)
    flow.close()  # a generator that yielded here would raise RuntimeError


def test_leaving_cancels_every_job_and_says_of_each_what_became_of_it(kit: Any) -> None:
    world = kit.world([kit.say(404, {"status": "NOT_FOUND"})])
    outcomes = world.run(cancel_all([kit.job], settings=kit.settings()))
    assert "404" in outcomes[kit.job]
