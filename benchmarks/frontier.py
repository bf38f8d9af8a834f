"""The best that polling can do for known lengths: what each number of polls buys in delay."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from random import Random
from statistics import fmean

from chainhub_fal.learning import POLL_COST

from .lengths import Draw, scaled
from .optimum import best_looks
from .scenarios import CHANGE
from .simulate import Regime, regime

PRICES = (0.0003, 0.0008, 0.0016, 0.003, 0.006, 0.012, 0.024, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Seconds of delay that one poll is worth, for each point of the line."""
_SAMPLE = 5_000


def frontier(draw: Draw) -> list[tuple[float, float]]:
    """Return mean polls and mean delay in seconds of the best looks, one pair for each price."""
    random = Random(7)
    lengths = [draw(random) for _ in range(_SAMPLE)]
    points = []
    for price in PRICES:
        looks = best_looks(lengths, price)
        polls = fmean(sum(age < length for age in looks.ages) + 1 for length in lengths)
        delay = fmean(looks.cost(length, price) for length in lengths) - polls * price
        points.append((round(polls, 3), round(delay, 5)))
    return points


def share_of_optimum(
    draw: Draw, seen: Sequence[tuple[float, int, float]], *, changed: bool
) -> float:
    """Return what jobs cost, given as length, polls and delay, over what the optimum costs."""
    looks = _planned(draw, changed=changed).looks
    cost = sum(polls * POLL_COST + delay for _, polls, delay in seen)
    return cost / sum(looks.cost(length, POLL_COST) for length, _, _ in seen)


@lru_cache(maxsize=8)
def _planned(draw: Draw, *, changed: bool) -> Regime:
    return regime(scaled(draw, CHANGE) if changed else draw, 1, POLL_COST)
