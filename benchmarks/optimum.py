"""The least that a known distribution of service times can cost: dynamic programming over looks.

The cost of a job is price x polls + the delay until its end is noticed. With the next look at u
after one at t: W(t) = min over u of price x S(t) + expected lateness in (t, u] + W(u).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

GRID = 2400  # candidate looks: half at the quantiles, half at equal ratios


@dataclass(frozen=True, slots=True)
class Looks:
    """The best looks for a distribution: their ages in seconds, the last one at its very end."""

    ages: tuple[float, ...]

    def cost(self, length: float, price: float) -> float:
        """Return what these looks cost for one job of this length, in seconds."""
        for polls, age in enumerate(self.ages, 1):
            if age >= length:
                return polls * price + age - length
        raise ValueError(f"{length} s is longer than the distribution that was planned for")


def best_looks(sample: Sequence[float], price: float) -> Looks:
    """Return the looks with the least expected cost for lengths drawn from this sample."""
    lengths = sorted(sample)
    ages = _candidates(lengths)
    ended = [bisect_right(lengths, age) for age in ages]
    sums = list(accumulate(lengths, initial=0.0))
    worth = [0.0] * len(ages)
    following = [len(ages)] * len(ages)
    for here in range(len(ages) - 2, -1, -1):
        least = float("inf")
        for there in range(here + 1, len(ages)):
            late = ages[there] * (ended[there] - ended[here])
            late -= sums[ended[there]] - sums[ended[here]]
            if late > least:
                break
            if late + worth[there] < least:
                least, following[here] = late + worth[there], there
        worth[here] = price * (len(lengths) - ended[here]) + least
    return Looks(tuple(_followed(ages, following)))


def _candidates(lengths: Sequence[float]) -> list[float]:
    first, last = lengths[0], lengths[-1]
    half = GRID // 2
    quantiles = {lengths[len(lengths) * step // half] for step in range(half)}
    ratios = {first * (last / first) ** (step / half) for step in range(half)}
    return [0.0, *sorted(quantiles | ratios | {last})]


def _followed(ages: Sequence[float], following: Sequence[int]) -> list[float]:
    looks = []
    place = following[0]
    while place < len(ages):
        looks.append(ages[place])
        place = following[place]
    return looks
