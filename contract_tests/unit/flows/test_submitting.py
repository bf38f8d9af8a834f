"""A submit is paid at most once, whatever happens to it."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from itertools import takewhile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal.flows.submitting import Submitted, submit

PICTURE = "https://pictures.test/cat.jpg"


def send(kit: Any, world: Any, *, seconds: float = 600.0, **options: Any) -> Submitted:
    return world.run(  # type: ignore[no-any-return]
        submit(
            REDUX,
            {"image_url": PICTURE},
            settings=kit.settings(**options),
            deadline=kit.deadline(seconds),
        )
    )


def test_the_pages_defaults_are_sent_and_the_job_is_told_before_any_wait(kit: Any) -> None:
    world = kit.world([kit.ticket()])
    assert send(kit, world).job.request_id == kit.job.request_id
    assert json.loads(world.calls[0].exchange.body) == {
        "image_url": PICTURE,
        "num_inference_steps": 4,
        "image_size": "landscape_4_3",
        "num_images": 1,
        "enable_safety_checker": True,
        "output_format": "jpeg",
        "acceleration": "regular",
        "sync_mode": False,
    }
    assert [notice.request_id for notice in world.notices] == [kit.job.request_id]
    assert world.pauses == []


def test_a_submit_that_provably_never_left_is_sent_again(kit: Any) -> None:
    world = kit.world([kit.unsent(), kit.unsent(), kit.ticket()])
    send(kit, world)
    assert len(world.calls) == 3


def test_a_submit_that_may_have_left_is_unknown_and_says_the_evidence(kit: Any) -> None:
    world = kit.world([kit.unanswered()])
    with pytest.raises(errors.SubmissionUnknownError) as caught:
        send(kit, world)
    assert len(world.calls) == 1
    body = world.calls[0].exchange.body
    assert caught.value.digest == hashlib.sha256(body).hexdigest()
    assert caught.value.phase == "wait for the answer"


def test_not_sent_gives_up_after_connect_patience_and_says_nothing_was_charged(kit: Any) -> None:
    world = kit.world([kit.unsent()])
    with pytest.raises(errors.NoAnswerError, match="nothing was charged"):
        send(kit, world, connect_patience=15)
    assert 7 <= sum(world.pauses) <= 15


def test_a_short_deadline_does_not_hide_that_no_connection_was_made(kit: Any) -> None:
    with pytest.raises(errors.NoAnswerError, match="no connection"):
        send(kit, kit.world([kit.unsent()]), seconds=2, connect_patience=60)


def test_a_turn_that_cannot_come_before_the_deadline_says_what_to_change(kit: Any) -> None:
    no_turn = errors.NoAnswerError("no turn came within 600 s", phase="turn", unsent=True)
    world = kit.world([no_turn])
    with pytest.raises(errors.NoAnswerError, match="raise max_rate or the deadline"):
        send(kit, world)
    assert world.pauses == []
    assert [call.within for call in world.calls] == [600.0]


def test_patience_is_counted_from_the_first_connection_that_failed(kit: Any) -> None:
    world = kit.world([kit.unsent()], latency=20.0)  # such as a turn that was waited for
    with pytest.raises(errors.NoAnswerError, match="nothing was charged"):
        send(kit, world, connect_patience=15)
    assert len(world.calls) == 2


@pytest.mark.parametrize("seconds", [600.0, 1.0, 0.01])
def test_a_submit_needs_a_second_to_be_sent_or_half_of_a_shorter_deadline(
    kit: Any, seconds: float
) -> None:
    least = min(1.0, seconds / 2)
    slow = kit.world([kit.say(429, {}), kit.ticket()], latency=seconds - 0.9 * least)
    with pytest.raises(errors.DeadlineExceededError, match="leaves too little for the submit"):
        send(kit, slow, seconds=seconds, submit_timeout=1000)
    assert [call.least for call in slow.calls] == [least]
    assert slow.pauses == []
    send(kit, kit.world([kit.ticket()]), seconds=seconds)


def test_a_short_submit_timeout_needs_no_more_than_itself(kit: Any) -> None:
    world = kit.world([kit.ticket()])
    send(kit, world, submit_timeout=0.2)
    assert world.calls[0].least == 0.2


@pytest.mark.parametrize("status", [429, 503])
def test_a_plain_refusal_waits_as_the_server_wishes(kit: Any, status: int) -> None:
    refusal = kit.say(status, {"detail": "busy"}, retry_after="7")
    world = kit.world([refusal, kit.ticket()])
    send(kit, world)
    assert world.pauses == [7.0]


def test_a_refusal_with_a_date_waits_until_then(kit: Any) -> None:
    moment = "Thu, 01 Jan 1970 00:17:10 GMT"  # 1030 s; the world's clock begins at 1000
    world = kit.world([kit.say(429, {}, retry_after=moment), kit.ticket()])
    send(kit, world)
    assert world.pauses == [30.0]


def test_a_wish_beyond_the_deadline_is_told_at_once(kit: Any) -> None:
    world = kit.world([kit.say(429, {"detail": "busy"}, retry_after="3600")])
    with pytest.raises(errors.RateLimitError, match="3600 s"):
        send(kit, world, seconds=60)
    assert world.pauses == []


def test_a_refusal_that_names_a_job_is_a_ticket_all_the_same(kit: Any) -> None:
    world = kit.world([kit.say(503, {"request_id": kit.job.request_id})])
    assert send(kit, world).job.request_id == kit.job.request_id
    assert len(world.calls) == 1


def test_an_empty_balance_is_not_waited_for(kit: Any) -> None:
    world = kit.world([kit.say(429, {"error": {"message": "user quota is not enough"}})])
    with pytest.raises(errors.QuotaError):
        send(kit, world)
    assert len(world.calls) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, errors.RequestRefusedError),
        (401, errors.AuthenticationError),
        (402, errors.QuotaError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (413, errors.RequestRefusedError),
        (422, errors.RequestRefusedError),
        (408, errors.SubmissionUnknownError),
        (409, errors.SubmissionUnknownError),
        (499, errors.SubmissionUnknownError),
        (500, errors.SubmissionUnknownError),
        (502, errors.SubmissionUnknownError),
        (504, errors.SubmissionUnknownError),
        (520, errors.SubmissionUnknownError),
        (200, errors.SubmissionUnknownError),
    ],
)
def test_every_other_answer_ends_the_submit(kit: Any, status: int, error: type[Exception]) -> None:
    world = kit.world([kit.say(status, {"detail": "no"})])
    with pytest.raises(error) as caught:
        send(kit, world)
    assert type(caught.value) is error
    assert len(world.calls) == 1


@pytest.mark.parametrize("request_id", ["../admin", "a/b", "", 5, "é", ".."])
def test_an_id_that_cannot_be_used_is_told_since_it_is_all_there_is(
    kit: Any, request_id: object
) -> None:
    with pytest.raises(errors.SubmissionUnknownError) as caught:
        send(kit, kit.world([kit.ticket(request_id=request_id)]))
    assert repr(request_id) in str(caught.value)


@pytest.mark.parametrize("status", [200, 302])
def test_a_web_page_is_not_the_api(kit: Any, status: int) -> None:
    world = kit.world([kit.say(status, "<html>", content_type="text/html")])
    with pytest.raises(errors.NotTheApiError, match="base URL"):
        send(kit, world)
    assert len(world.calls) == 1


def test_ctrl_c_during_the_submit_says_that_it_may_be_charged(kit: Any) -> None:
    with pytest.raises(KeyboardInterrupt) as caught:
        send(kit, kit.world([KeyboardInterrupt()]))
    assert "may be queued and charged" in caught.value.__notes__[0]


def test_the_deadline_ends_the_retries_and_says_that_nothing_was_queued(kit: Any) -> None:
    world = kit.world([kit.say(503, {"detail": "down"})])
    with pytest.raises(errors.DeadlineExceededError, match="Nothing was queued") as caught:
        send(kit, world, seconds=5)
    assert caught.value.job is None
    assert "last trouble: the submit was answered 503" in str(caught.value)
    assert sum(world.pauses) <= 4  # a wait that leaves no time for a submit is not begun


BODIES: st.SearchStrategy[object] = st.sampled_from(
    [{}, {"detail": "x"}, {"error": {"message": "m"}}, {"code": "c", "message": "m"}, [], "x", None]
)
REPLIES = st.one_of(
    st.tuples(st.integers(200, 599), BODIES), st.just("unsent"), st.just("unanswered")
)


@given(replies=st.lists(REPLIES, min_size=1, max_size=6))
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the kit holds no state
def test_nothing_but_proof_or_plain_refusal_leads_to_a_second_submit(
    kit: Any, replies: list[Any]
) -> None:
    script = [
        getattr(kit, reply)() if isinstance(reply, str) else kit.say(*reply) for reply in replies
    ]
    world = kit.world([*script, kit.ticket()])
    with suppress(errors.ChainHubError):
        send(kit, world)
    harmless = list(takewhile(lambda reply: reply == "unsent" or reply[0] in {429, 503}, replies))
    assert len(world.calls) <= len(harmless) + 1
