"""A wait that hears what becomes of its job, and looks where there is nothing to hear."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import Update, errors
from chainhub_fal._effects import Answer, Hush, Listen
from chainhub_fal.flows.listening import BEGIN, MOST_BREAKS, QUIET
from chainhub_fal.flows.polling import Watch

HEAD = Answer(200, {"content-type": "text/event-stream"}, b"")
PING = HEAD
PAGE = Answer(200, {"content-type": "text/html"}, b"<!doctype html>")
DIALECTS = pytest.mark.parametrize("dialect", ["gateway", "fal"])
ASKED = {"gateway": "get_result", "fal": "get_status"}


def event(kit: Any, state: str, **more: Any) -> Answer:
    data = {"status": state, "request_id": kit.job.request_id, **more}
    return dataclasses.replace(HEAD, body=json.dumps(data).encode())


def streaming(kit: Any, **options: Any) -> Any:
    return kit.settings(**{"updates": "stream", "dialect": "fal", **options})


def states(world: Any) -> list[str]:
    return [notice.state for notice in world.notices if isinstance(notice, Update)]


def silent(phase: str = "receive") -> errors.NoAnswerError:
    return errors.NoAnswerError("nothing was heard for 20 s", phase=phase, unsent=False)


def no_turn() -> errors.NoAnswerError:
    return errors.NoAnswerError("all 32 streams are in use", phase="turn", unsent=True)


@DIALECTS
def test_each_change_is_heard_and_the_result_is_asked_for_once(kit: Any, dialect: str) -> None:
    queued = event(kit, "IN_QUEUE", queue_position=2)
    running, completed = event(kit, "IN_PROGRESS"), event(kit, "COMPLETED")
    script = [HEAD, queued, queued, PING, running, PING, completed, kit.say(200, kit.output())]
    world = kit.world(script)
    world.run(kit.watch(streaming(kit, dialect=dialect)).result())
    assert states(world) == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    assert world.asked == ["stream_status", "get_result"]
    assert world.pauses == []
    assert sum(isinstance(effect, Hush) for effect in world.effects) == 1


def test_nothing_is_listened_to_unasked(kit: Any) -> None:
    world = kit.world([kit.say(200, kit.output())])
    world.run(kit.watch(kit.settings()).result())
    assert not [effect for effect in world.effects if isinstance(effect, Listen | Hush)]


def test_a_failure_that_is_heard_is_the_verdict(kit: Any) -> None:
    failed = event(kit, "COMPLETED", error="Request timed out", error_type="request_timeout")
    with pytest.raises(errors.JobFailedError, match="Request timed out") as caught:
        kit.world([HEAD, failed]).run(kit.watch(streaming(kit)).result())
    assert (caught.value.code, caught.value.job) == ("request_timeout", kit.job)


@DIALECTS
@pytest.mark.parametrize("refusal", ["page", "404", "json"])
def test_without_a_stream_the_job_is_looked_at(kit: Any, dialect: str, refusal: str) -> None:
    answers = {"page": PAGE, "404": kit.say(404, {"detail": "Path not found"})}
    answers["json"] = event(kit, "IN_PROGRESS")
    answers["json"] = dataclasses.replace(
        answers["json"], headers={"content-type": "application/json"}
    )
    world = kit.world([answers[refusal], kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit, dialect=dialect)).result())
    assert world.asked == ["stream_status", ASKED[dialect]]
    assert any(isinstance(effect, Hush) for effect in world.effects)


def test_a_route_that_three_jobs_did_not_find_is_seldom_tried_again(kit: Any) -> None:
    settings = streaming(kit)
    tries = 0
    for _ in range(103):
        world = kit.world([PAGE, kit.say(200, kit.output())])
        world.run(kit.watch(settings).result())
        tries += "stream_status" in world.asked
    assert tries == 4


def test_a_stream_that_is_found_again_is_believed_again(kit: Any) -> None:
    settings = streaming(kit)
    for head in (PAGE, PAGE, HEAD, PAGE, PAGE):
        script = [head, event(kit, "COMPLETED")] if head is HEAD else [head]
        world = kit.world([*script, kit.say(200, kit.output())])
        world.run(kit.watch(settings).result())
    assert settings.streams.worth_a_try()


@pytest.mark.parametrize("status", [401, 429, 503])
def test_a_refusal_that_is_no_missing_route_says_nothing_of_the_route(
    kit: Any, status: int
) -> None:
    settings = streaming(kit)
    for _ in range(4):
        world = kit.world([kit.say(status, {"detail": "no"}), kit.say(200, kit.output())])
        world.run(kit.watch(settings).result())
        assert world.asked[0] == "stream_status"


def test_a_server_that_refuses_a_stream_for_a_while_is_left_alone_for_as_long(kit: Any) -> None:
    refusal = kit.say(429, {"detail": "slow down"}, retry_after="7")
    world = kit.world([refusal, kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit)).result())
    assert world.pauses == [7.0]


def test_a_stream_that_breaks_is_followed_by_a_look_at_once_and_listened_to_again(
    kit: Any,
) -> None:
    look = kit.say(200, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    script = [HEAD, event(kit, "IN_QUEUE"), silent(), look, HEAD, event(kit, "COMPLETED")]
    world = kit.world([*script, kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit)).result())
    assert world.asked == ["stream_status", "get_status", "stream_status", "get_result"]
    assert states(world) == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    assert world.pauses == []


def test_streams_that_break_again_and_again_are_given_up(kit: Any) -> None:
    look = kit.say(202, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    script = [HEAD, event(kit, "IN_PROGRESS"), silent(), look] * MOST_BREAKS
    world = kit.world([*script, look, kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit)).result())
    assert world.asked.count("stream_status") == MOST_BREAKS
    assert world.asked[-2:] == ["get_status", "get_status"]
    assert len(world.pauses) == 2, "a look follows a break at once, and no other look"


def test_a_stream_that_does_not_even_begin_is_tried_once_a_job(kit: Any) -> None:
    look = kit.say(202, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    settings = streaming(kit)
    for job in range(4):
        world = kit.world([*[silent()] * (job < 3), look, kit.say(200, kit.output())], latency=99.0)
        world.run(kit.watch(settings).result())
        assert world.asked.count("stream_status") == (job < 3)
        began = [e for e in world.effects if isinstance(e, Listen)]
        assert all(effect.timeout == BEGIN for effect in began)


def test_without_a_turn_it_is_tried_again_after_each_look(kit: Any) -> None:
    look = kit.say(202, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    script = [no_turn(), look, no_turn(), look, HEAD, event(kit, "COMPLETED")]
    world = kit.world([*script, kit.say(200, kit.output())])
    settings = streaming(kit)
    world.run(kit.watch(settings).result())
    assert world.asked.count("stream_status") == 3
    assert settings.streams.worth_a_try()
    assert len(world.pauses) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"status": "COMPLETED", "request_id": "another"},
        {"status": "FAILED", "request_id": "another", "error": "not ours"},
        {"status": "NOT_FOUND"},
        {"detail": "Internal Server Error"},
        [1],
        "text",
    ],
)
def test_what_cannot_be_believed_ends_the_listening_and_a_look_decides(
    kit: Any, data: object
) -> None:
    odd = dataclasses.replace(HEAD, body=json.dumps(data).encode())
    look = kit.say(202, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    world = kit.world([HEAD, odd, look, kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit)).result())
    assert world.asked == ["stream_status", "get_status", "get_status"]
    assert states(world) == ["IN_PROGRESS", "COMPLETED"]


@pytest.mark.parametrize(
    ("deadline", "quiet"), [(600.0, QUIET), (30.0, 15.0), (8.0, 4.0), (0.5, 0.25)]
)
def test_no_silence_is_borne_for_longer_than_half_of_what_is_left(
    kit: Any, deadline: float, quiet: float
) -> None:
    world = kit.world([HEAD, event(kit, "COMPLETED"), kit.say(200, kit.output())])
    world.run(kit.watch(streaming(kit, deadline=deadline)).result())
    opening, hearing = (effect for effect in world.effects if isinstance(effect, Listen))
    assert (opening.quiet, hearing.quiet) == (quiet, quiet)
    assert opening.timeout == min(BEGIN, deadline)


def test_near_the_deadline_the_job_is_looked_at(kit: Any) -> None:
    running = event(kit, "IN_PROGRESS")
    look = kit.say(202, {"status": "IN_PROGRESS", "request_id": kit.job.request_id})
    world = kit.world([HEAD, running, PING, PING, PING, look], latency=9.0)
    with pytest.raises(errors.DeadlineExceededError) as caught:
        world.run(kit.watch(streaming(kit, deadline=60.0, timeout=9.0)).result())
    assert caught.value.job == kit.job
    assert world.asked[:2] == ["stream_status", "get_status"]
    assert world.asked.count("stream_status") == 1
    assert world.clock - 1000.0 <= 60.0


def test_log_lines_are_told_once_whoever_says_them(kit: Any) -> None:
    lines = [{"message": f"line {number}", "timestamp": f"{number}"} for number in range(4)]
    heard = event(kit, "IN_PROGRESS", logs=lines[:2])
    more = event(kit, "IN_PROGRESS", logs=lines[2:3])
    window = {"status": "IN_PROGRESS", "request_id": kit.job.request_id, "logs": lines[1:4]}
    script = [HEAD, heard, more, silent(), kit.say(202, window), PAGE, kit.say(200, kit.output())]
    world = kit.world(script)
    world.run(kit.watch(streaming(kit), logs=True).result())
    told = [line.message for notice in world.notices for line in notice.new_logs]
    assert told == ["line 0", "line 1", "line 2", "line 3"]
    opened = next(effect for effect in world.effects if isinstance(effect, Listen))
    assert opened.exchange.query == (("logs", "1"),)


def test_what_was_heard_tells_the_schedule_when_the_job_ended(kit: Any) -> None:
    told: list[tuple[object, ...]] = []

    class Told:
        spread = 0.0

        def begin(self, _endpoint: str) -> Told:
            return self

        def first(self, _age: float) -> float:
            raise AssertionError("it waits to look")

        delay = first

        def pending(self, age: float, state: str = "", position: object = None) -> None:
            told.append((age, state, position))

        def done(self, age: float, metrics: object = None) -> None:
            told.append((age, metrics))

        def abandoned(self, _age: float) -> None:
            """Take no note."""

    settings = dataclasses.replace(streaming(kit), schedules=Told())
    measured = {"inference_time": 4.5}
    script = [
        HEAD,
        event(kit, "IN_QUEUE", queue_position=0),
        event(kit, "COMPLETED", metrics=measured),
    ]
    world = kit.world([*script, kit.say(200, kit.output())], latency=2.0)
    watch = Watch(
        kit.job, REDUX, settings=settings, deadline=kit.deadline(settings.deadline), born=1000.0
    )
    world.run(watch.result())
    assert told[:3] == [(4.0, "IN_QUEUE", 0), (6.0, "IN_PROGRESS", None), (6.0, measured)]
