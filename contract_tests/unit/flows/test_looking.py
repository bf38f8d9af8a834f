"""What a wait tells its schedule, and when it looks because of what the schedule says."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal._effects import Call, Pause, Steps
from chainhub_fal.flows.polling import Watch

BORN = 990.0
"""The clock at the submit: ten seconds before the world's own."""


@dataclass
class Told:
    """A schedule that writes down what it is told; one for every job."""

    spread: float = 0.3
    puts_off: list[float] = field(default_factory=list)
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def begin(self, endpoint: str) -> Told:
        self.calls.append(("begin", endpoint))
        return self

    def first(self, age: float) -> float:
        self.calls.append(("first", age))
        return 1.0

    def pending(self, age: float, state: str = "", position: object = None) -> None:
        self.calls.append(("pending", age, state, position))

    def delay(self, age: float, retry_after: float | None = None) -> float:
        self.calls.append(("delay", age, retry_after))
        return max(2.0, retry_after or 0.0)

    def put_off(self, age: float) -> float:
        self.calls.append(("put off", age))
        return self.puts_off.pop() if self.puts_off else 0.0

    def done(self, age: float, metrics: Any = None) -> None:
        self.calls.append(("done", age, metrics))

    def abandoned(self, age: float) -> None:
        self.calls.append(("abandoned", age))


def watch(kit: Any, told: Told, *, born: float | None = BORN, **options: Any) -> Watch:
    settings = dataclasses.replace(kit.settings(**options), schedules=told)
    deadline = kit.deadline(settings.deadline)
    return Watch(kit.job, REDUX, settings=settings, deadline=deadline, born=born)


def status(kit: Any, state: str, code: int = 200, **more: Any) -> Any:
    return kit.say(code, {"status": state, "request_id": kit.job.request_id, **more})


def test_a_schedule_hears_of_each_look_with_the_jobs_age(kit: Any) -> None:
    told = Told()
    queued = status(kit, "IN_QUEUE", queue_position=2)
    world = kit.world([queued, status(kit, "IN_PROGRESS"), kit.say(200, kit.output())])
    world.run(watch(kit, told).result())
    assert told.calls == [
        ("begin", kit.job.endpoint),
        ("first", 10.0),
        ("put off", 11.0),
        ("pending", 11.0, "IN_QUEUE", 2),
        ("delay", 11.0, None),
        ("put off", 13.0),
        ("pending", 13.0, "IN_PROGRESS", None),
        ("delay", 13.0, None),
        ("put off", 15.0),
        ("done", 15.0, {}),
        ("abandoned", 15.0),
    ]
    assert world.pauses == [1.0, 2.0, 2.0]
    assert {effect.spread for effect in world.effects if isinstance(effect, Pause)} == {0.3}


def test_a_look_that_is_put_off_waits_on_and_the_deadline_still_holds(kit: Any) -> None:
    told = Told(puts_off=[0.5, 0.25])
    world = kit.world([kit.say(200, kit.output())])
    world.run(watch(kit, told).result())
    asked = [call for call in told.calls if call[0] == "put off"]
    assert asked == [("put off", 11.0), ("put off", 11.25), ("put off", 11.75)]
    assert world.pauses == [1.0, 0.25, 0.5]
    endless = Told(puts_off=[7.0] * 9)
    with pytest.raises(errors.DeadlineExceededError):
        kit.world().run(watch(kit, endless, deadline=30).result())


def test_a_completed_status_ends_the_job_and_what_the_server_measured_is_told(kit: Any) -> None:
    told = Told()
    completed = status(kit, "COMPLETED", metrics={"inference_time": 1.5})
    lag = kit.say(400, {"detail": "Request is still in progress"})
    world = kit.world([completed, lag, kit.say(200, kit.output())])
    world.run(watch(kit, told, dialect="fal").result())
    ends = [call for call in told.calls if call[0] == "done"]
    assert ends[0] == ("done", 11.0, {"inference_time": 1.5})
    assert [call[:2] for call in told.calls[:4]] == [
        ("begin", kit.job.endpoint),
        ("first", 10.0),
        ("put off", 11.0),
        ends[0][:2],
    ]


@pytest.mark.parametrize(
    "script",
    [[(422, {"detail": "bad"})], [(401, {"detail": "no"})], [(200, {"status": "IN_QUEUE"})]],
    ids=["failed", "denied", "deadline"],
)
def test_no_length_is_learned_of_a_job_that_did_not_end_well(
    kit: Any, script: list[tuple[int, object]]
) -> None:
    told = Told()
    world = kit.world([kit.say(*reply) for reply in script])
    with pytest.raises(errors.ChainHubError):
        world.run(watch(kit, told, deadline=30).result())
    assert not [call for call in told.calls if call[0] == "done"]
    assert told.calls[-1][0] == "abandoned"


def test_a_wait_that_is_dropped_lets_go_of_its_schedule(kit: Any) -> None:
    told = Told()
    steps = Steps(watch(kit, told).result())
    next(steps)
    steps.close()
    assert told.calls[-1] == ("abandoned", 10.0)


def test_a_servers_wish_reaches_the_schedule(kit: Any) -> None:
    told = Told()
    later = kit.say(429, {"detail": "later"}, retry_after="7")
    kit.world([later, kit.say(200, kit.output())]).run(watch(kit, told).result())
    assert ("delay", 11.0, 7.0) in told.calls


def test_a_job_from_elsewhere_is_looked_at_at_once_and_is_as_old_as_its_reference_says(
    kit: Any,
) -> None:
    told = Told()
    kit.job = dataclasses.replace(kit.job, submitted_at=kit.world.clock - 300)
    world = kit.world([status(kit, "IN_PROGRESS"), kit.say(200, kit.output())])
    world.run(watch(kit, told, born=None).result())
    assert isinstance(world.effects[0], Call)
    assert told.calls[:2] == [("begin", kit.job.endpoint), ("pending", 300.0, "IN_PROGRESS", None)]


def test_of_a_job_whose_age_is_unknown_nothing_is_learned(kit: Any) -> None:
    told = Told()
    world = kit.world([status(kit, "IN_PROGRESS"), kit.say(200, kit.output())])
    world.run(watch(kit, told, born=None).result())
    assert told.calls == []
    assert world.pauses


def test_a_clock_that_is_set_back_makes_no_job_younger(kit: Any) -> None:
    told = Told()
    flow = watch(kit, told).result()
    steps = Steps(flow)
    clocks = iter([1010.0, 1012.0, 500.0, 501.0, 1014.0, 1015.0])
    for effect in itertools.islice(steps, 6):
        if isinstance(effect, Pause):
            steps.reply = next(clocks)
        elif isinstance(effect, Call):
            answer = status(kit, "IN_PROGRESS")
            steps.reply = dataclasses.replace(answer, at=next(clocks), when=0.0)
    ages = [call[1] for call in told.calls if call[0] != "begin"]
    assert ages == sorted(ages)  # type: ignore[type-var]


def test_waits_teach_the_next_ones_when_to_look(kit: Any) -> None:
    settings = kit.settings()

    def polls() -> int:
        world = kit.world()
        deadline = kit.deadline()
        watching = Watch(kit.job, REDUX, settings=settings, deadline=deadline, born=world.clock)
        steps = Steps(watching.result())
        for effect in steps:
            if isinstance(effect, Pause):
                world.clock += effect.seconds
                steps.reply = world.clock
            elif isinstance(effect, Call):
                ended = world.clock >= BORN + 10 + 3.0
                answer = kit.say(200, kit.output()) if ended else status(kit, "IN_PROGRESS")
                steps.reply = dataclasses.replace(answer, at=world.clock)
        assert world.clock - 1003 <= 0.5
        return watching.polls

    seen = [polls() for _ in range(30)]
    assert seen[-1] <= 0.7 * seen[0]
