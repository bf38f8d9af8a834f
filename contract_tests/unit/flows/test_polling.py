"""A wait ends when the job does, at the deadline, or at what asking again cannot mend."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainhub_fal import Update, errors
from chainhub_fal.status import LogLine, State


def paths(world: Any) -> list[str]:
    return [call.exchange.path.rpartition("/")[2] for call in world.calls]


def status(kit: Any, state: str, code: int = 200, **more: Any) -> Any:
    return kit.say(code, {"status": state, "request_id": kit.job.request_id, **more})


def test_a_gateway_is_asked_for_the_result_until_it_comes(kit: Any) -> None:
    queued = status(kit, "IN_QUEUE", queue_position=2)
    running = kit.say(400, {"detail": "Request is still in progress"})
    world = kit.world([queued, queued, running, kit.say(200, kit.output())])
    watch = kit.watch()
    assert world.run(watch.result())["seed"] == 7
    assert set(paths(world)) == {kit.job.request_id}
    told = [(n.state, n.queue_position) for n in world.notices if isinstance(n, Update)]
    assert told == [("IN_QUEUE", 2), ("IN_PROGRESS", None), ("COMPLETED", None)]
    assert watch.polls == 4


def test_fal_is_asked_for_the_status_and_then_at_once_for_the_result(kit: Any) -> None:
    script = [status(kit, "IN_PROGRESS", 202), status(kit, "COMPLETED")]
    world = kit.world([*script, kit.say(200, kit.output())])
    watch = kit.watch(kit.settings(dialect="fal"))
    world.run(watch.result())
    assert paths(world) == ["status", "status", kit.job.request_id]
    assert len(world.pauses) == 1  # none between COMPLETED and the result


def test_only_the_result_of_a_job_that_has_ended_is_urgent(kit: Any) -> None:
    done = kit.say(200, {"status": "COMPLETED"})
    world = kit.world([kit.say(202, {"status": "IN_QUEUE"}), done, kit.say(200, kit.output())])
    world.run(kit.watch(kit.settings(dialect="fal")).result())
    assert [call.urgent for call in world.calls] == [False, False, True]


def test_fals_result_may_lag_behind_its_status(kit: Any) -> None:
    lag = kit.say(400, {"detail": "Request is still in progress"})
    world = kit.world([status(kit, "COMPLETED"), lag, kit.say(200, kit.output())])
    world.run(kit.watch(kit.settings(dialect="fal")).result())
    assert paths(world) == ["status", kit.job.request_id, kit.job.request_id]
    assert len(world.pauses) == 1


@pytest.mark.parametrize(
    ("code", "body", "words", "error"),
    [
        (200, {"status": "FAILED"}, "FAILED", errors.JobFailedError),
        (200, {"status": "ERROR", "error": "boom"}, "boom", errors.JobFailedError),
        (200, {"status": "FAILED", "images": []}, "FAILED", errors.JobFailedError),
        (200, {"status": "FAILED", "error": {"message": "no GPU"}}, "no GPU", errors.JobFailedError),
        (200, {"status": "CANCELED"}, "cancelled", errors.JobCancelledError),
        (200, {"status": "COMPLETED", "error": "Request timed out"}, "timed out", errors.JobFailedError),
        (200, {"status": "COMPLETED", "error_type": "request_timeout"}, "", errors.JobFailedError),
        (200, {"detail": "boom"}, "boom", errors.JobFailedError),
        (422, {"detail": [{"loc": ["body", "image_url"], "msg": "bad", "type": "image_load_error"}]},
         "image_url: bad", errors.JobFailedError),
        (422, {"error": {"message": "bad response status code 422", "code": "x"}}, "422", errors.JobFailedError),
        (500, {"detail": "gone", "error_type": "runner_server_error"}, "gone", errors.JobFailedError),
        (499, {"detail": "bye", "error_type": "client_cancelled"}, "bye", errors.JobCancelledError),
        (502, {"code": "fail_to_fetch_task", "message": '{"detail":[{"loc":["body","seed"],"msg":"odd","type":"t"}]}'},
         "seed: odd", errors.JobFailedError),
        (401, {"detail": "no"}, "key", errors.AuthenticationError),
        (403, {"detail": "User is locked. Reason: Exhausted balance."}, "Top up", errors.QuotaError),
    ],
)  # fmt: skip
def test_a_verdict_ends_the_wait_at_once_and_names_the_job(
    kit: Any, code: int, body: object, words: str, error: type[errors.ChainHubError]
) -> None:
    world = kit.world([kit.say(code, body)])
    with pytest.raises(error) as caught:
        world.run(kit.watch().result())
    assert type(caught.value) is error
    assert words in str(caught.value)
    assert kit.job.request_id in str(caught.value)
    assert caught.value.job == kit.job
    assert len(world.calls) == 1


@pytest.mark.parametrize(
    "code", [408, 425, 429, 500, 502, 503, 504, 520, 599, "unanswered", "page"]
)
def test_a_read_tolerates_blips_until_the_deadline(kit: Any, code: Any) -> None:
    blips = {
        "unanswered": kit.unanswered(),
        "page": kit.say(502, "<html>", content_type="text/html"),
    }
    blip = blips.get(code) or kit.say(code, {"detail": "later"})
    world = kit.world([*[blip] * 5, kit.say(200, kit.output())])
    assert world.run(kit.watch().result())["seed"] == 7
    endless = kit.world([blip])
    with pytest.raises(errors.DeadlineExceededError) as caught:
        endless.run(kit.watch(kit.settings(deadline=30)).result())
    assert caught.value.job == kit.job
    assert sum(endless.pauses) == pytest.approx(30)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ((404, {"status": "NOT_FOUND"}), errors.NotFoundError),
        ((400, {"code": "task_not_exist", "message": "no task"}), errors.NotFoundError),
        ((200, {"status": "NOT_FOUND"}), errors.NotFoundError),
        ((200, "<html>"), errors.NotTheApiError),
        ((302, "moved"), errors.NotTheApiError),
    ],
)
def test_missing_is_believed_only_when_it_lasts(
    kit: Any, reply: tuple[int, object], error: type[Exception]
) -> None:
    kind = "text/html" if isinstance(reply[1], str) else "application/json"
    missing = kit.say(*reply, content_type=kind)
    brief = kit.world([missing, missing, kit.say(200, kit.output())])
    assert brief.run(kit.watch().result())["seed"] == 7
    lasting = kit.world([missing])
    with pytest.raises(error):
        lasting.run(kit.watch(kit.settings(missing_patience=10)).result())
    assert 10 <= sum(lasting.pauses) < 20


@pytest.mark.parametrize(
    "body", [{"foo": 1}, {"images": "none"}, [1], "{broken", {"status": "COMPLETED"}, {}]
)
def test_a_result_of_another_shape_is_asked_for_once_more(kit: Any, body: object) -> None:
    odd = kit.say(200, body)
    mended = kit.world([odd, kit.say(200, kit.output())])
    assert mended.run(kit.watch().result())["seed"] == 7
    broken = kit.world([odd])
    with pytest.raises(errors.ContractError) as caught:
        broken.run(kit.watch().result())
    assert caught.value.job == kit.job
    assert len(broken.calls) == 2


def test_odd_answers_count_only_in_a_row_and_missing_only_without_a_break(kit: Any) -> None:
    odd, queued = kit.say(200, {"foo": 1}), status(kit, "IN_QUEUE")
    missing = kit.say(404, {"status": "NOT_FOUND"})
    world = kit.world([odd, queued, odd, missing, queued, missing, kit.say(200, kit.output())])
    chosen = kit.settings(missing_patience=5, schedule=lambda: itertools.repeat(3))
    assert world.run(kit.watch(chosen).result())["seed"] == 7


def test_a_relay_that_hides_fals_400_is_asked_again(kit: Any) -> None:
    error = {"message": "bad response status code 400", "code": "bad_response_status_code"}
    world = kit.world([kit.say(400, {"error": error}), kit.say(200, kit.output())])
    assert world.run(kit.watch().result())["seed"] == 7


def test_progress_quoted_inside_a_flat_task_error_is_progress(kit: Any) -> None:
    quoted = '{"detail": "Request is still in progress"}'
    flat = kit.say(400, {"code": "fail_to_fetch_task", "message": quoted, "data": None})
    world = kit.world([flat, kit.say(200, kit.output())])
    assert world.run(kit.watch().result())["seed"] == 7


def test_the_output_may_stand_in_response_as_in_an_older_shape(kit: Any) -> None:
    world = kit.world([kit.say(200, {"status": "COMPLETED", "response": kit.output()})])
    assert world.run(kit.watch().result())["seed"] == 7


def test_unknown_states_and_fields_are_kept_and_counted(kit: Any) -> None:
    images = [{"url": "https://cdn.test/a.jpeg", "blurhash": "x"}] * 2
    odd_output = kit.output(novelty=1, timings={"inference": 1.5}, images=images)
    odd = status(kit, "WARMING_UP")
    other = kit.say(200, {"status": "IN_QUEUE", "request_id": "another"})
    world = kit.world([odd, odd, other, kit.say(200, odd_output)])
    watch = kit.watch()
    assert world.run(watch.result())["novelty"] == 1
    assert watch.unexpected == {
        "state WARMING_UP": 2,
        "another request_id": 1,
        "field images[].blurhash": 2,
        "field novelty": 1,
    }


def test_a_server_hint_beats_the_schedule(kit: Any) -> None:
    world = kit.world([status(kit, "IN_QUEUE"), kit.say(200, kit.output())])
    world.script = [
        kit.say(200, {"status": "IN_QUEUE"}, retry_after="9"), kit.say(200, kit.output())
    ]  # fmt: skip
    world.run(kit.watch().result())
    assert world.pauses == [9.0]


def test_the_deadlines_error_says_the_stage_the_state_and_the_time(kit: Any) -> None:
    world = kit.world([status(kit, "IN_PROGRESS")], latency=1)
    with pytest.raises(errors.DeadlineExceededError, match="IN_PROGRESS") as caught:
        world.run(kit.watch(kit.settings(deadline=20)).result())
    assert caught.value.stage == "the wait"
    assert 20 <= caught.value.waited <= 21
    assert isinstance(caught.value, TimeoutError)


@given(
    delays=st.lists(st.floats(0.2, 100), min_size=1, max_size=20),
    deadline=st.floats(0.1, 100),
    latency=st.floats(0, 50),
    hint=st.none() | st.integers(0, 500),
)
@settings(
    deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # the kit holds no state
def test_no_pause_and_no_timeout_reaches_past_the_deadline(
    kit: Any, delays: list[float], deadline: float, latency: float, hint: int | None
) -> None:
    more = {} if hint is None else {"retry_after": str(hint)}
    world = kit.world([kit.say(200, {"status": "IN_QUEUE"}, **more)], latency=latency)
    chosen = kit.settings(deadline=deadline, schedule=lambda: iter(delays))
    started = world.clock
    with pytest.raises(errors.DeadlineExceededError):
        world.run(kit.watch(chosen).result())
    assert world.clock - started <= deadline + 0.002
    assert all(pause > 0 for pause in world.pauses)
    assert all(call.timeout <= max(deadline, 0.001) for call in world.calls)


@pytest.mark.parametrize("delay", [0, -1, float("nan"), float("inf")])
def test_a_schedule_that_cannot_be_kept_is_refused_and_the_job_named(
    kit: Any, delay: float
) -> None:
    chosen = kit.settings(schedule=lambda: itertools.repeat(delay))
    with pytest.raises(errors.ConfigurationError, match="schedule") as caught:
        kit.world([status(kit, "IN_QUEUE")]).run(kit.watch(chosen).result())
    assert caught.value.job == kit.job


def test_only_new_log_lines_are_told(kit: Any) -> None:
    def lines(*numbers: int) -> list[dict[str, str]]:
        return [{"message": f"line {n}", "timestamp": str(n)} for n in numbers]

    script = [
        status(kit, "IN_PROGRESS", 202, logs=lines(1, 2)),
        status(kit, "IN_PROGRESS", 202, logs=lines(2, 3, 4)),
        status(kit, "IN_PROGRESS", 202, logs=lines(3, 4)),
        status(kit, "COMPLETED", logs=None),
        kit.say(200, kit.output()),
    ]
    world = kit.world(script)
    world.run(kit.watch(kit.settings(dialect="fal"), logs=True).result())
    told = [line.message for update in world.notices for line in update.new_logs]
    assert told == ["line 1", "line 2", "line 3", "line 4"]
    assert world.calls[0].exchange.query == (("logs", "1"),)


@pytest.mark.parametrize(
    ("code", "body", "state"),
    [
        (200, {"status": "IN_QUEUE", "queue_position": 3}, State.IN_QUEUE),
        (200, {"images": []}, State.COMPLETED),
        (422, {"detail": "bad"}, State.FAILED),
        (200, {"status": "CANCELLED"}, State.CANCELLED),
    ],
)
def test_one_look_tells_the_state_and_raises_no_verdict(
    kit: Any, code: int, body: object, state: str
) -> None:
    world = kit.world([kit.say(code, body)])
    assert world.run(kit.watch().status()).state == state
    assert len(world.calls) == 1


@pytest.mark.parametrize(("age", "looks"), [(0.0, 4), (60.0, 1)])
def test_one_look_at_an_old_job_believes_a_404_at_once(kit: Any, age: float, looks: int) -> None:
    kit.job = dataclasses.replace(kit.job, submitted_at=kit.world.clock - age)
    world = kit.world([kit.say(404, {"status": "NOT_FOUND"})])
    chosen = kit.settings(missing_patience=3, schedule=lambda: itertools.repeat(1))
    with pytest.raises(errors.NotFoundError):
        world.run(kit.watch(chosen).status())
    assert len(world.calls) == looks


def test_odd_status_fields_are_left_out_not_fatal(kit: Any) -> None:
    for position in ("3", True, 1.5, None):
        body = {"status": "IN_QUEUE", "queue_position": position, "logs": ["text"], "metrics": 5}
        world = kit.world([kit.say(200, body)])
        seen = world.run(kit.watch().status())
        assert (seen.queue_position, seen.metrics) == (None, {})
        assert seen.logs == (LogLine("text"),)


def test_a_clock_that_is_set_back_gives_no_time_back(kit: Any) -> None:
    deadline = kit.deadline(10)
    deadline.now += 4
    deadline.now -= 3600
    assert deadline.elapsed == pytest.approx(4)
    deadline.hear(0)  # a reply that does not tell the time
    deadline.hear(deadline.now + 6)
    assert deadline.left == pytest.approx(0)
