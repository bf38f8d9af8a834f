"""Turns are spaced, refusals halve what is in flight, and both recover."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal._pace import Gate, Pacer


@given(
    gaps=st.lists(st.floats(0, 3), max_size=60), rate=st.floats(0.1, 100), patience=st.floats(0, 30)
)
def test_no_second_holds_more_turns_than_the_rate(
    gaps: list[float], rate: float, patience: float
) -> None:
    pacer, now, turns = Pacer(), 0.0, []
    for gap in gaps:
        now += gap
        wait = pacer.reserve(now, rate, patience)
        if wait is not None:
            assert 0 <= wait <= patience
            turns.append(now + wait)
    apart = [later - sooner for sooner, later in itertools.pairwise(turns)]
    assert all(gap >= 1 / rate - 1e-6 for gap in apart)


def test_without_a_cap_there_is_no_wait_and_no_memory() -> None:
    pacer = Pacer()
    assert [pacer.reserve(1.0, 0, 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert pacer.reserve(1.0, 1.0, 0.0) == 0.0


def test_a_turn_that_is_too_far_is_not_taken_from_others() -> None:
    pacer = Pacer()
    assert pacer.reserve(0.0, 1.0, 10.0) == 0.0
    assert pacer.reserve(0.0, 1.0, 0.5) is None
    assert pacer.reserve(0.0, 1.0, 10.0) == 1.0


def test_a_storm_of_refusals_is_one_and_successes_bring_it_back() -> None:
    gate = Gate(16)
    for _ in range(50):
        gate.refused(100.0)
    assert gate.limit == 8
    gate.refused(101.5)
    assert gate.limit == 4
    for _ in range(500):
        gate.accepted()
    assert gate.limit == 16
    for second in range(200, 220):
        gate.refused(second)
    assert gate.limit == 1
