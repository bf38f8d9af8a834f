"""One deadline spans submit, wait and save, but not the time in which nobody waits."""

from __future__ import annotations

from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import JobRef, errors
from chainhub_fal._effects import Downloaded
from chainhub_fal.flows.seeing import Trail
from chainhub_fal.flows.working import Work, start

INPUTS = {"image_url": "https://pictures.test/cat.jpg"}


def begun(kit: Any, world: Any, ended: list[Any], **options: Any) -> Work[Any]:
    flow = start(REDUX, INPUTS, settings=kit.settings(**options), on_end=ended.append)
    return world.run(flow)  # type: ignore[no-any-return]


def test_a_job_is_waited_for_once_and_its_receipt_says_what_was_sent(kit: Any) -> None:
    ended: list[Any] = []
    pending = kit.say(200, {"status": "ODD"})
    world = kit.world([kit.ticket(), pending, kit.say(200, kit.output())], latency=1)
    world.script = [kit.ticket()]
    work = begun(kit, world, ended)
    world.script = [pending, kit.say(200, kit.output())]
    outcome = world.run(work.wait())
    assert ended == [work.job] == [outcome.receipt.job]
    assert outcome.receipt.polls == 2
    assert outcome.receipt.unexpected == {"state ODD": 1}
    assert outcome.receipt.parameters["image_size"] == "landscape_4_3"
    assert outcome.receipt.elapsed == pytest.approx(3 + sum(world.pauses))
    calls = len(world.calls)
    assert world.run(work.wait()) is outcome
    assert len(world.calls) == calls


def test_a_failed_job_has_ended_too(kit: Any) -> None:
    ended: list[Any] = []
    work = begun(kit, kit.world([kit.ticket()]), ended)
    with pytest.raises(errors.JobFailedError):
        kit.world([kit.say(200, {"status": "FAILED"})]).run(work.wait())
    assert ended == [work.job]


def test_the_deadline_counts_what_was_spent_and_not_the_time_between(kit: Any) -> None:
    world = kit.world([kit.ticket()], latency=40)
    work = begun(kit, world, [], deadline=100, timeout=50, submit_timeout=50)
    world.clock += 5000  # nobody waits
    world.script = [kit.say(200, kit.output())]
    outcome = world.run(work.wait())
    world.clock += 5000
    world.script = [Downloaded(503, {}, b"", b"", 0, "part")]
    world.latency = 1
    with pytest.raises(errors.DeadlineExceededError) as caught:
        world.run(work.save(outcome, "out"))
    assert caught.value.waited == pytest.approx(100, abs=1.1)


def test_after_the_deadline_a_new_wait_is_a_new_deadline(kit: Any) -> None:
    world = kit.world([kit.ticket()])
    work = begun(kit, world, [], deadline=10)
    world.script = [kit.say(200, {"status": "IN_QUEUE"})]
    for _ in range(2):
        started = world.clock
        with pytest.raises(errors.DeadlineExceededError, match="IN_QUEUE") as caught:
            world.run(work.wait())
        assert caught.value.job == work.job
        assert world.clock - started == pytest.approx(10)
    world.script = [kit.say(200, kit.output())]
    assert world.run(work.wait()).seed == 7


def test_status_and_cancel_go_to_the_job(kit: Any) -> None:
    world = kit.world([kit.ticket()])
    work = begun(kit, world, [])
    world.script = [kit.say(200, {"status": "IN_QUEUE", "queue_position": 4})]
    assert world.run(work.status()).queue_position == 4
    world.script = [kit.say(202, {"status": "CANCELLATION_REQUESTED"})]
    world.run(work.cancel())
    assert [call.exchange.path for call in world.calls[1:]] == [
        work.job.path,
        f"{work.job.path}/cancel",
    ]


def running(kit: Any, **more: Any) -> Any:
    body = {"status": "IN_PROGRESS", "request_id": kit.job.request_id, **more}
    return kit.say(200, body)


def queued(kit: Any, **more: Any) -> Any:
    return kit.say(200, {"status": "IN_QUEUE", "request_id": kit.job.request_id, **more})


def test_the_receipt_counts_what_passed_and_when(kit: Any) -> None:
    world = kit.world([kit.unsent(), kit.say(429, {}), kit.ticket()], latency=1)
    work = begun(kit, world, [], schedule=lambda: iter([2.0]))
    began, ticket_at = world.clock - 3 - sum(world.pauses), world.clock
    world.clock += 100  # nobody waits
    output = kit.say(200, kit.output(), x_fal_billable_units="2.5")
    script = [
        queued(kit, queue_position=1),
        kit.unanswered(),
        running(kit),
        kit.say(503, {}),
        output,
    ]
    world.script = script
    receipt = world.run(work.wait()).receipt
    assert (receipt.polls, receipt.retries) == (5, 4)
    # Three answers less than the end, and what was rested since it was seen to run: two delays.
    assert receipt.queue_seconds == pytest.approx(world.clock - ticket_at - 2 - 4)
    assert receipt.run_seconds == pytest.approx(2 + 4)
    assert receipt.total_seconds == pytest.approx(world.clock - began)
    assert receipt.elapsed == pytest.approx(receipt.total_seconds - 100)
    submits = [len(call.exchange.body) for call in world.calls if call.exchange.body]
    assert receipt.bytes_sent == sum(submits[1:])  # of the first, no byte left
    read = [answer for answer in script if hasattr(answer, "body")]
    assert receipt.bytes_received == sum(map(len, (answer.body for answer in [kit.say(429, {}), kit.ticket(), *read])))  # fmt: skip
    assert receipt.units == "2.5"


def test_a_units_header_is_kept_short_and_without_what_it_must_not_repeat(kit: Any) -> None:
    def units(said: str) -> str | None:
        work = begun(kit, kit.world([kit.ticket()]), [])
        answer = kit.say(200, kit.output(), x_fal_billable_units=said)
        return kit.world([answer]).run(work.wait()).receipt.units  # type: ignore[no-any-return]

    assert units("3 for Bearer canary-key") == "3 for Bearer [input]"
    assert units(" ") is None
    assert units("1\x00") is None
    assert len(units("1 " * 200) or "") == 100


@pytest.mark.parametrize(
    ("metrics", "timings", "run"),
    [
        ({"inference_time": 0.25}, {"inference": 9.0}, 0.25),
        ({}, {"inference": 0.5}, 0.5),
        ({"inference_time": "fast"}, {"inference": True}, 1.0),
        ({"inference_time": -1}, {"inference": float("inf")}, 1.0),
    ],
)
def test_the_servers_own_word_on_the_run_counts_before_what_was_seen(
    kit: Any, metrics: dict[str, object], timings: dict[str, object], run: float
) -> None:
    world = kit.world([kit.ticket()])
    work = begun(kit, world, [], dialect="fal", schedule=lambda: iter([1.0]))
    done = kit.say(200, {"status": "COMPLETED", "metrics": metrics})
    world.script = [running(kit), done, kit.say(200, kit.output(timings=timings))]
    assert world.run(work.wait()).receipt.run_seconds == pytest.approx(run)


def test_a_job_only_supposed_to_run_was_not_seen_running(kit: Any) -> None:
    world = kit.world([kit.ticket()], latency=1)
    work = begun(kit, world, [], schedule=lambda: iter([3.0]))
    supposed = kit.say(400, {"detail": "Request is still in progress"})
    world.script = [supposed, kit.say(200, kit.output())]
    receipt = world.run(work.wait()).receipt
    assert receipt.queue_seconds == pytest.approx(1 + 3 + 1)
    assert receipt.run_seconds is None


def test_a_job_from_elsewhere_counts_from_its_submit_if_that_is_known(kit: Any) -> None:
    def taken_up(job: JobRef) -> Any:
        trail = Trail(REDUX, kit.settings(), inputs={}, job=job)
        work: Work[Any] = Work(
            job, REDUX, settings=kit.settings(), deadline=kit.deadline(), trail=trail, on_end=id
        )  # fmt: skip
        return kit.world([kit.say(200, kit.output())]).run(work.wait()).receipt

    known = JobRef(kit.job.endpoint, kit.job.request_id, kit.job.path, kit.world.clock - 60)
    assert taken_up(known).total_seconds == taken_up(known).queue_seconds == pytest.approx(60)
    assert taken_up(kit.job).total_seconds is None


def test_every_save_counts_its_bytes_also_in_the_receipt_given_out_before(kit: Any) -> None:
    world = kit.world([kit.ticket(), kit.say(200, kit.output())])
    work = begun(kit, kit.world([kit.ticket()]), [])
    world.script = [kit.say(200, kit.output())]
    outcome = world.run(work.wait())
    assert outcome.receipt.bytes_saved == 0
    jpeg = b"\xff\xd8\xff....\xff\xd9"
    world.script = [Downloaded(200, {}, jpeg, jpeg, len(jpeg), "part")]
    for times in (1, 2):
        world.run(work.save(outcome, "out"))
        assert outcome.receipt.bytes_saved == times * len(jpeg)


def test_a_file_of_another_kind_than_was_announced_is_kept_and_told_in_the_receipt(
    kit: Any,
) -> None:
    world = kit.world([])
    work = begun(kit, kit.world([kit.ticket()]), [])
    world.script = [kit.say(200, kit.output())]
    outcome = world.run(work.wait())
    gif = b"GIF89a" + bytes(20) + b";"
    world.script = [Downloaded(200, {}, gif, gif, len(gif), "part")]
    world.run(work.save(outcome, "out"))
    assert outcome.receipt.unexpected == {"images[0] is image/gif, announced as image/jpeg": 1}


def test_a_refusal_that_quotes_a_picture_says_what_it_was(kit: Any) -> None:
    picture = "data:image/png;base64,iVBORw0KGgoAAAAN"
    world = kit.world([kit.say(422, {"detail": f"cannot load {picture}"})])
    with pytest.raises(errors.ChainHubError, match=r"cannot load \[image/png, 12 B") as caught:
        begun(kit, world, [])
    assert "iVBORw0" not in str(caught.value)


class BoomError(Exception):
    """What a hook of the caller's raises."""


@pytest.mark.parametrize("hook", ["on_enqueue", "on_update"])
@pytest.mark.parametrize("on_abandon", ["keep", "cancel"])
def test_what_a_hook_raises_is_the_callers_own_and_names_the_job(
    kit: Any, hook: str, on_abandon: str
) -> None:
    def fail(*_: object) -> None:
        raise BoomError

    ended: list[Any] = []
    work = begun(kit, kit.world([kit.ticket()]), ended, on_abandon=on_abandon, **{hook: fail})
    cancelled = kit.say(202, {"status": "CANCELLATION_REQUESTED"})
    answers = [cancelled] if hook == "on_enqueue" else [queued(kit), cancelled]
    with pytest.raises(BoomError) as caught:
        kit.world(answers).run(work.wait())
    (note,) = caught.value.__notes__
    assert kit.job.request_id in note
    assert ended == ([work.job] if on_abandon == "cancel" else [])
    world = kit.world([kit.say(200, kit.output())])
    work.settings = kit.settings()
    work._trail._settings = work.settings
    assert world.run(work.wait()).seed == 7  # the job was not lost


def test_hooks_hear_of_a_job_once_and_of_each_change(kit: Any) -> None:
    heard: list[Any] = []
    hooks = {
        "on_enqueue": heard.append,
        "on_update": lambda job, update: heard.append((job, update)),
    }
    work = begun(kit, kit.world([kit.ticket()]), [], **hooks)
    world = kit.world([queued(kit), queued(kit), running(kit), kit.say(200, kit.output())])
    world.run(work.wait())
    world.run(work.wait())
    told = [(work.job, notice) for notice in world.notices]
    assert heard == [work.job, *told]
    assert [update.state for _, update in told] == ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


@pytest.mark.parametrize(
    "text",
    ["refused: {}", "repr {!r}", "part of it, '{:.14}...'", "LOUD {}"],
)
def test_no_error_and_no_status_quotes_an_input(kit: Any, text: str) -> None:
    secret = "https://pictures.test/a-private-signature"
    said = text.format(secret)
    said = said.upper() if "LOUD" in said else said
    failing = {"status": "FAILED", "error": said, "error_type": secret}
    refused = {"detail": [{"loc": ["body", "image_url"], "msg": said, "type": "x"}]}
    inputs = {"image_url": secret}
    settings = kit.settings()
    with pytest.raises(errors.RequestRefusedError) as first:
        kit.world([kit.say(422, refused)]).run(start(REDUX, inputs, settings=settings, on_end=id))
    world = kit.world([kit.ticket()])
    work = world.run(start(REDUX, inputs, settings=settings, on_end=id))
    world.script = [kit.say(200, failing)]
    status = world.run(work.status())
    with pytest.raises(errors.JobFailedError) as second:
        world.run(work.wait())
    shown = [repr(vars(first.value)), repr(vars(second.value)), repr(status), repr(world.notices)]
    for one in shown:
        assert "pictures.test" not in one.lower()
        assert "signature" not in one.lower()
    assert first.value.fields[0].field == "image_url"


def test_a_second_interruption_amid_the_cancel_still_names_the_job(kit: Any) -> None:
    work = begun(kit, kit.world([kit.ticket()]), [], on_abandon="cancel")
    with pytest.raises(KeyboardInterrupt) as caught:
        kit.world([KeyboardInterrupt(), KeyboardInterrupt()]).run(work.wait())
    (note,) = caught.value.__notes__
    assert kit.job.request_id in note
