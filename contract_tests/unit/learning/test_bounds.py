"""Whatever a server or a clock says, waits are bounded and looks are counted."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainhub_fal._learning_limits import (
    LONGEST_WAIT,
    LONGEST_WISH,
    PATIENCE,
    SHARE,
    SHORTEST_WAIT,
    most_looks,
)
from chainhub_fal._learning_lore import COMPANY, CROWD, VAST
from chainhub_fal.learning import CHEAPEST, DEAREST, MOST_ENDPOINTS, POLL_COST, Learning, Steps

ENDPOINT = "any/model"
NUMBERS = st.floats() | st.floats(0, 200) | st.integers(-5, 500)
JUNK: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.text(max_size=3) | NUMBERS | st.lists(st.none(), max_size=1)
)
METRICS: st.SearchStrategy[Any] = st.none() | st.fixed_dictionaries({"inference_time": JUNK}) | JUNK
STATES = st.sampled_from(["IN_QUEUE", "IN_PROGRESS", "", "SOMETHING_NEW"])
PENDING = st.tuples(st.just("pending"), NUMBERS, STATES, JUNK)
DELAY = st.tuples(st.just("delay"), NUMBERS, st.none() | st.floats())
PUT_OFF = st.tuples(st.just("put_off"), NUMBERS)
END = st.tuples(st.just("done"), NUMBERS, METRICS) | st.tuples(st.just("abandoned"), NUMBERS)
JOBS = st.lists(st.tuples(st.lists(PENDING | DELAY | PUT_OFF, max_size=8), END), max_size=6)


@settings(deadline=None, max_examples=60)
@given(JOBS, st.sampled_from([CHEAPEST, POLL_COST, DEAREST]), st.sampled_from([0, COMPANY, CROWD]))
def test_any_observations_and_any_clock_leave_every_wait_within_its_bounds(
    jobs: list[tuple[list[tuple[Any, ...]], tuple[Any, ...]]], price: float, others: int
) -> None:
    learning = Learning(price)
    begun = [(learning.begin(ENDPOINT), steps, end) for steps, end in jobs]
    for _ in range(others):
        learning.begin(ENDPOINT)
    for job, steps, end in begun:
        for name, *arguments in (*steps, end, end, ("delay", 1.0, None)):
            wait = getattr(job, name)(*arguments)
            if name == "delay":
                bound = LONGEST_WAIT if arguments[1] is None else LONGEST_WISH
                assert SHORTEST_WAIT <= wait <= bound
            if name == "put_off":
                assert wait == 0 or SHORTEST_WAIT <= wait <= LONGEST_WAIT
    lore = learning.begin(ENDPOINT)._lore
    assert lore.flying == 1 + others
    for lengths in (lore.queued, lore.running):
        assert set(lengths._flying) == {0}
        assert all(0 <= count < math.inf for count in (*lengths._ends, *lengths._losses))


@pytest.mark.parametrize("price", [CHEAPEST, 0.002, POLL_COST, 0.12, DEAREST])
@pytest.mark.parametrize("state", ["IN_QUEUE", "IN_PROGRESS"])
def test_a_job_that_never_ends_is_looked_at_so_often_and_no_more(price: float, state: str) -> None:
    job = Learning(price).begin(ENDPOINT)
    age, looks = 0.0, 0
    while age < 86_400:
        wait = job.delay(age)
        usual = job._lore.running.plan.usual if state == "IN_PROGRESS" else 1e9
        if age > usual:
            assert wait <= max(PATIENCE, SHARE * age) + 1e-9
        age += wait
        looks += 1
        job.pending(age, state)
        assert looks <= most_looks(age)


def test_at_the_default_price_no_end_is_noticed_late_however_sure_the_learner_was() -> None:
    learning = Learning()
    for _ in range(100):
        job = learning.begin(ENDPOINT)
        job.pending(59.0)
        job.done(60.0)
    job, age = learning.begin(ENDPOINT), 0.0
    while age < 100:
        wait = job.delay(age)
        assert wait <= max(PATIENCE, SHARE * age)
        age += wait
        job.pending(age)


@pytest.mark.parametrize("frozen_at", [0.0, 3.0, -1.0, math.nan])
def test_a_clock_that_stands_still_makes_no_hot_loop(frozen_at: float) -> None:
    job = Learning(CHEAPEST).begin(ENDPOINT)
    waited, looks = 0.0, 0
    while waited < 600:
        waited += job.delay(frozen_at)
        looks += 1
        job.pending(frozen_at)
        assert looks <= most_looks(waited)


def test_a_clock_that_jumps_ahead_costs_one_longest_wait_and_is_followed() -> None:
    job = Learning().begin(ENDPOINT)
    job.pending(1.0)
    job.pending(1e9)
    assert job.delay(1e9) == LONGEST_WAIT
    assert job.delay(2.0) == LONGEST_WAIT


def test_a_job_resumed_long_after_its_end_is_looked_at_at_once() -> None:
    assert Learning().begin(ENDPOINT).first(500.0) == SHORTEST_WAIT


@pytest.mark.parametrize(
    ("wish", "granted"),
    [(2.5, 2.5), (3600.0, LONGEST_WISH), (math.inf, LONGEST_WISH), (-1.0, 0.0), (math.nan, 0.0)],
)
def test_a_servers_wish_is_granted_within_reason(wish: float, granted: float) -> None:
    learned, stepped = Learning().begin(ENDPOINT), Steps(lambda: iter([0.1])).begin(ENDPOINT)
    for job in (learned, stepped):
        job.first(0.0)
        wait = job.delay(0.3, wish)
        assert wait == granted if granted else wait < 1


def test_waits_are_spread_where_others_wait_but_never_into_a_servers_wish() -> None:
    learning = Learning()
    job = learning.begin(ENDPOINT)
    job.first(0.0)
    assert job.spread == 0
    learning.begin(ENDPOINT)
    assert job.spread > 0
    job.delay(0.3, 5.0)
    assert job.spread == 0


def test_a_long_wait_is_not_cut_by_more_than_half_a_second() -> None:
    learning = Learning()
    job, _other = learning.begin(ENDPOINT), learning.begin(ENDPOINT)
    wait = job.delay(6000.0)
    assert 0 < job.spread * wait <= 0.5 < 0.1 * wait


def test_a_crowd_cuts_its_waits_less_but_still_does() -> None:
    learning = Learning()
    few = [learning.begin(ENDPOINT) for _ in range(2)]
    few[0].first(0.0)
    many = [learning.begin(ENDPOINT) for _ in range(CROWD)]
    many[0].first(0.0)
    assert 0 < many[0].spread < few[0].spread


def test_a_crowd_is_looked_at_less_often_each() -> None:
    learning = Learning(0.002)
    alone = learning.begin(ENDPOINT).first(0.0)
    for _ in range(int(1.5 * CROWD)):
        job = learning.begin(ENDPOINT)
    assert job.first(0.0) == pytest.approx(1.51 * alone)
    for _ in range(2 * CROWD):
        job = learning.begin(ENDPOINT)
    assert alone < job.first(0.0) == pytest.approx(PATIENCE)


def test_nobody_is_told_a_second_late_for_the_sake_of_a_crowd() -> None:
    learning = Learning(0.02)
    for _ in range(100):
        job = learning.begin(ENDPOINT)
        job.pending(9.5)
        job.done(10.5)
    alone = learning.begin(ENDPOINT).delay(25.0)
    crowd = [learning.begin(ENDPOINT) for _ in range(20 * CROWD)]
    patience = crowd[0]._lore.patience
    assert alone < patience < 20 * alone
    assert crowd[0].delay(25.0) == pytest.approx(patience)


def test_of_a_vast_crowd_no_job_is_asked_after_every_half_second_before_its_usual_length() -> None:
    learning = Learning()
    for _ in range(100):
        job = learning.begin(ENDPOINT)
        job.pending(59.0)
        job.done(60.0)
    crowd = [learning.begin(ENDPOINT) for _ in range(4 * VAST)]
    assert crowd[0].delay(1.0) == pytest.approx(2 * PATIENCE)
    assert crowd[1].delay(70.0) <= SHARE * 70.0
    for job in crowd[VAST:]:
        job.abandoned(1.0)
    assert crowd[2].delay(1.0) == pytest.approx(PATIENCE)


def test_endpoints_beyond_the_limit_are_forgotten_longest_unused_first() -> None:
    learning = Learning()
    for number in range(MOST_ENDPOINTS + 1):
        learning.begin(f"model/{number}")
        learning.begin("model/0")
    known = learning.known()
    assert len(known) == MOST_ENDPOINTS
    assert "model/0" in known
    assert "model/1" not in known
