"""One deadline spans submit, wait and save, but not the time in which nobody waits."""

from __future__ import annotations

from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal._effects import Downloaded
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
