"""What is learned: each phase's length, the queue's pace, and that times change."""

from __future__ import annotations

from random import Random

import pytest

from benchmarks.lengths import LENGTHS, scaled
from benchmarks.optimum import best_looks
from benchmarks.schedules import LEARNING, PEERS
from benchmarks.simulate import Tally, regime, simulate, total
from chainhub_fal.errors import ConfigurationError
from chainhub_fal.learning import POLL_COST, Learning, Steps
from chainhub_fal.settings import Backoff

ENDPOINT = "any/model"


def costs(tallies: list[Tally], start: int, stop: int) -> float:
    return total(tallies[start:stop]).ratio


@pytest.mark.parametrize("name", LENGTHS)
def test_it_comes_near_the_optimum_within_twenty_jobs_and_begins_well(name: str) -> None:
    (tallies,) = simulate(LEARNING, [regime(LENGTHS[name], 60, POLL_COST)], POLL_COST, runs=6)
    assert costs(tallies, 0, 5) <= 1.6
    assert costs(tallies, 20, 60) <= 1.25
    assert costs(tallies, 20, 60) >= 0.95


def test_when_times_change_and_change_back_it_follows_and_notices_every_end_in_time() -> None:
    usual = regime(LENGTHS["short"], 60, POLL_COST)
    changed = regime(scaled(LENGTHS["short"], 4), 40, POLL_COST)
    _, there, back = simulate(LEARNING, [usual, changed, usual], POLL_COST, runs=4)
    assert costs(there, 20, 40) <= 1.3
    assert costs(back, 20, 60) <= 1.25
    assert total(there + back).latest <= 1


def test_it_beats_every_fixed_step_at_the_default_price() -> None:
    part = [regime(LENGTHS["short"], 40, POLL_COST)]
    learned, *others = (
        total(simulate(peer, part, POLL_COST, runs=3)[0]) for peer in (LEARNING, *PEERS)
    )
    assert all(learned.cost < 0.8 * other.cost for other in others)


def test_the_optimum_is_one_look_at_the_end_of_a_length_without_chance() -> None:
    assert best_looks([2.0] * 50, 0.1).ages == (2.0,)
    early, late = best_looks([1.0, 3.0] * 50, 0.1).ages
    assert (early, late) == (1.0, 3.0)
    assert len(best_looks([1.0, 1.1] * 50, 0.5).ages) == 1


def test_a_burst_is_not_judged_by_its_early_finishers() -> None:
    """The first five of forty end at two seconds; the others only ever end later."""
    crowd, alone = Learning(), Learning()
    for learning, size in ((crowd, 40), (alone, 5)):
        jobs = [learning.begin(ENDPOINT) for _ in range(size)]
        for job in jobs:
            job.pending(2.0)
        for job in jobs[5:]:
            job.pending(2.2)
        for job in jobs[:5]:
            job.done(2.2)
    plans = [learning.begin(ENDPOINT)._lore.running.plan for learning in (crowd, alone)]
    assert plans[0].ended_at(2.3) < 0.5 * plans[1].ended_at(2.3)


def test_jobs_given_up_count_as_having_lasted_at_least_that_long() -> None:
    learning = Learning()
    for _ in range(10):
        job = learning.begin(ENDPOINT)
        job.pending(1.0)
        job.done(1.1)
    before = learning.begin(ENDPOINT)._lore.running.plan.ended_at(1.5)
    for _ in range(10):
        job = learning.begin(ENDPOINT)
        job.pending(1.6)
        job.abandoned(1.6)
    assert learning.begin(ENDPOINT)._lore.running.plan.ended_at(1.5) < before - 0.2


def test_a_measured_time_narrows_what_was_seen_but_does_not_contradict_it() -> None:
    def after(inference_time: object) -> float:
        learning = Learning()
        for _ in range(30):
            job = learning.begin(ENDPOINT)
            job.pending(1.0)
            job.done(4.0, {"inference_time": inference_time})
        plan = learning.begin(ENDPOINT)._lore.running.plan
        return plan.ended_at(2.3) - plan.ended_at(1.8)

    assert after(2.0) > 0.8
    for nonsense in (0.5, 9.0, -2.0, True, "2.0", None, float("nan"), float("inf")):
        assert after(nonsense) == after({})


def backlog(learning: Learning, random: Random, places: int, rate: float) -> tuple[int, float]:
    """Wait in a queue that counts down, then run; return looks, and seconds noticed late."""
    starts = places / rate + random.expovariate(rate)
    end = starts + LENGTHS["short"](random)
    job, looks = learning.begin(ENDPOINT), 0
    age = job.first(0.0)
    while True:
        age += job.delay(age) if looks else 0.0
        looks += 1
        if age >= end:
            job.done(age)
            return looks, age - end
        if age < starts:
            job.pending(age, "IN_QUEUE", max(0, int(places - rate * age)))
        else:
            job.pending(age, "IN_PROGRESS")


def test_a_minute_in_the_queue_costs_few_looks_because_its_positions_are_used() -> None:
    learning, random = Learning(), Random(5)  # noqa: S311 - a simulation
    seen = [backlog(learning, random, places=190, rate=3.1) for _ in range(20)]
    assert sum(looks for looks, _ in seen) / len(seen) <= 20
    assert sum(late for _, late in seen) / len(seen) <= 0.12


@pytest.mark.parametrize("position", [7, -3, None, True, "3", 1e9, [1], 10**30])
def test_positions_that_stand_still_rise_or_make_no_sense_do_no_harm(position: object) -> None:
    job, age = Learning().begin(ENDPOINT), 0.0
    for look in range(60):
        wait = job.delay(age)
        assert wait <= max(0.5, 0.1 * age)
        age += wait
        job.pending(age, "IN_QUEUE", position + look if isinstance(position, int) else position)


def test_a_server_that_never_says_a_job_runs_does_not_teach_haste() -> None:
    learning = Learning()
    for _ in range(60):
        job, looks = learning.begin(ENDPOINT), 0
        age = job.first(0.0)
        while age < 5.0:
            job.pending(age, "IN_QUEUE", 0 if age < 1 else None)
            looks += 1
            age += job.delay(age)
        job.done(age)
    assert looks < 25


def test_settled_delays_look_at_once_then_step_and_stay_at_the_last() -> None:
    job = Steps(lambda: iter([0.1, 0.4])).begin(ENDPOINT)
    assert job.first(0.0) == 0
    assert [job.delay(0.0) for _ in range(3)] == [0.1, 0.4, 0.4]
    backoff = Steps(Backoff(first=1.0, factor=2.0, cap=3.0)).begin(ENDPOINT)
    assert [backoff.delay(0.0) for _ in range(4)] == [1.0, 2.0, 3.0, 3.0]


@pytest.mark.parametrize("delay", [0.0, -1.0, float("nan"), float("inf")])
def test_a_settled_delay_that_cannot_be_kept_is_refused(delay: float) -> None:
    job = Steps(lambda: iter([delay])).begin(ENDPOINT)
    with pytest.raises(ConfigurationError, match="the schedule gave a delay"):
        job.delay(0.0)


@pytest.mark.parametrize("price", [0, -1.0, float("nan"), float("inf"), True, "0.1", None])
def test_a_price_that_is_none_is_refused(price: object) -> None:
    with pytest.raises(ConfigurationError, match="poll_cost"):
        Learning(price)  # type: ignore[arg-type]
