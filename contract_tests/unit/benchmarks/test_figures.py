"""The arithmetic: ratios are paired by round, and what is missing is not made up."""

from __future__ import annotations

import pytest

from benchmarks.figures import Job, Spread, of_jobs, paired, quantile, quantiles, read_jobs
from benchmarks.records import Record
from benchmarks.running import rotated


def test_ratios_are_taken_in_a_round_so_that_a_slow_round_changes_nothing() -> None:
    base: list[float | None] = [1.0, 10.0, 2.0]
    half: list[float | None] = [0.5, 5.0, 1.0]
    assert paired(half, base) == Spread(0.5, 0.5, 0.5)


def test_a_ratio_of_medians_would_have_said_otherwise() -> None:
    assert paired([1.0, 4.0, 9.0], [1.0, 2.0, 100.0]) == Spread(1.0, 0.09, 2.0)


@pytest.mark.parametrize(("values", "base"), [([None, 1.0], [1.0, None]), ([1.0], [0.0]), ([], [])])
def test_where_no_round_has_both_there_is_no_ratio(
    values: list[float | None], base: list[float | None]
) -> None:
    assert paired(values, base) is None


def test_rounds_without_a_number_are_left_out() -> None:
    assert paired([2.0, None, 6.0], [1.0, 1.0, 2.0]) == Spread(2.5, 2.0, 3.0)


def test_quantiles_keep_both_ends() -> None:
    values = [float(value) for value in range(1, 101)]
    assert (quantile(values, 0.99), quantile(values, 0.5), quantile([7.0], 0.99)) == (
        100.0,
        51.0,
        7.0,
    )
    assert quantiles([3.0, 1.0, 2.0], 2) == [1.0, 2.0, 3.0]
    assert quantiles([5.0], 2) == [5.0, 5.0, 5.0]


def test_the_books_and_the_callers_clock_are_joined_by_the_jobs_number() -> None:
    books = {
        "jobs": [
            {"number": 1, "submitted": 10.0, "ended": 12.0, "told": 12.5, "polls": 3, "reads": 4},
            {"number": 0, "submitted": 10.0, "ended": 11.0, "told": None, "polls": 2, "reads": 2},
        ]
    }
    jobs = read_jobs(books, {"1": 12.75})
    assert jobs == [Job(1, 2.0, 3, 4, 0.5, 0.75), Job(0, 1.0, 2, 2, None, None)]
    kept = of_jobs(jobs)
    assert (kept["polls"], kept["delay"], kept["product"], kept["in_hand"]) == (3, 0.5, 1.5, 0.75)
    assert (kept["submitted"], kept["reads"], kept["latest"]) == (2, 6, 1.0)


def test_of_jobs_that_nobody_was_told_of_nothing_is_averaged() -> None:
    assert of_jobs([Job(0, 1.0, 2, 2, None, None)]) == {"submitted": 1, "reads": 2}


def test_every_client_comes_first_once_when_there_are_as_many_rounds() -> None:
    orders = [rotated("abcd", turn, 4) for turn in range(4)]
    assert [order[0] for order in orders] == ["a", "b", "c", "d"]
    assert all(sorted(order) == list("abcd") for order in orders)


def test_a_record_counts_what_was_lost_over_all_rounds_and_says_who_took_no_part() -> None:
    record = Record(
        {
            "scenario": "short",
            "jobs": 10,
            "rounds": [
                {"a": {"finished": 10, "failed": {}}, "b": {"not_offered": "no such option"}},
                {
                    "a": {"finished": 7, "failed": {"PoolTimeout": 3}},
                    "b": {"not_offered": "no such option"},
                },
            ],
        }
    )
    assert record.lost("a") == 3
    assert record.failures("a") == {"PoolTimeout": 3}
    assert (record.lost("b"), record.not_offered("b")) == (None, "no such option")
    assert record.not_offered("c") == "it does not take part"
