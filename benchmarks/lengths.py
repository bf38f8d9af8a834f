"""The distributions of service times that schedules are judged by, in seconds."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

Draw = Callable[[Random], float]


def lognormal(median: float, sigma: float, low: float, high: float) -> Draw:
    """Return a lognormal distribution, cut off at both ends."""

    def draw(random: Random) -> float:
        while True:
            length = median * math.exp(random.gauss(0.0, sigma))
            if low <= length <= high:
                return length

    return draw


def pareto(shortest: float, alpha: float, longest: float) -> Draw:
    """Return a Pareto distribution, its tail gathered at ``longest``."""
    return lambda random: min(longest, shortest * (1 - random.random()) ** (-1 / alpha))


def mixture(usual: Draw, rare: Draw, share: float) -> Draw:
    """Return the usual lengths, but for a share of rare ones."""
    return lambda random: rare(random) if random.random() < share else usual(random)


def scaled(draw: Draw, factor: float) -> Draw:
    """Return the same distribution, so many times as long."""
    return lambda random: factor * draw(random)


SHORT = lognormal(1.2, 0.35, 0.6, 3.0)
LENGTHS: dict[str, Draw] = {
    "short": SHORT,
    "wide": lognormal(3.0, 1.0, 0.5, 120.0),
    "heavy tail": pareto(0.6, 1.2, 120.0),
    "cold starts": mixture(SHORT, lognormal(12.0, 0.35, 6.0, 30.0), 0.1),
}
