"""When to look at a job, given what is known of how long such jobs take: arithmetic without memory.

Ages are counted in bins of equal ratio, so one table serves tenths of a second and hours alike.
The rule: polls follow each other with density sqrt(hazard / (2 x poll_cost)). That is where one
more poll costs as much as it saves, for a cost of poll_cost x polls + seconds of delay.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain, pairwise, repeat

FIRST_EDGE = 0.02
"""Seconds; the first bin is everything below."""
RATIO = 1.04
"""Each bin's end over its beginning."""
BINS = 320
"""The last one ends at about an hour and a half; older ages count as of that age."""
_LOG_RATIO = math.log(RATIO)
EDGES = (0.0, *(FIRST_EDGE * RATIO**step for step in range(BINS)))
"""The ages between the bins, in seconds: bin i lies between EDGES[i] and EDGES[i + 1]."""
_WIDTHS = tuple(high - low for low, high in pairwise(EDGES))

PRIOR_MEDIAN = 1.7
PRIOR_SIGMA = 1.0
"""Before the first job: a second or two, give or take a factor of three. Of the priors tried this
one makes the first five jobs cheapest over the four distributions of ``make simulate``."""
PRIOR_WEIGHT = 2.0
"""Jobs that the prior counts for."""
USUAL = 0.9
"""The share of jobs that end within the usual length."""


def bin_of(age: float) -> int:
    """Return the bin that an age in seconds falls into; it must not be negative."""
    if age < FIRST_EDGE:
        return 0
    if age >= EDGES[-1]:
        return BINS - 1
    return min(BINS - 1, 1 + int(math.log(age / FIRST_EDGE) / _LOG_RATIO))


def normal_cdf(x: float) -> float:
    """Return the share of a standard normal distribution below x."""
    return 0.5 * math.erfc(-x / math.sqrt(2))


def _prior() -> tuple[float, ...]:
    scores = (math.log(edge / PRIOR_MEDIAN) / PRIOR_SIGMA for edge in EDGES[1:-1])
    # Counted from above: the share below a great age would be rounded to 1.
    above = (1.0, *(normal_cdf(-score) for score in scores), 0.0)
    return tuple(PRIOR_WEIGHT * (low - high) for low, high in pairwise(above))


PRIOR = _prior()


@dataclass(frozen=True, slots=True)
class Plan:
    """The looks that a distribution calls for, and the distribution itself, at the bins' edges."""

    looks: tuple[float, ...]
    """Polls planned up to each edge: the integral of their density."""
    hazard: tuple[float, ...]
    """The integral of the hazard up to each edge: ends to be expected of a job watched so far."""
    ended: tuple[float, ...]
    """The share of jobs that have ended by each edge."""
    usual: float
    """The age in seconds by which nine jobs in ten have ended."""

    def next_look(self, age: float) -> float:
        """Return the age, in seconds, at which one more poll is due than at this one."""
        return _crossing(self.looks, _at(self.looks, age) + 1)

    def hazard_at(self, age: float) -> float:
        """Return the hazard summed up to this age."""
        return _at(self.hazard, age)

    def ended_at(self, age: float) -> float:
        """Return the share of jobs that end before this age."""
        return _at(self.ended, age)


def make_plan(
    ends: Sequence[float],
    losses: Sequence[float],
    flying: Sequence[float],
    *,
    blur: float,
    price: float,
) -> Plan:
    """Plan for jobs that ended, were lost sight of, and are still on their way, counted by bin.

    ``ends`` are smoothed by a kernel of ``blur`` bins (its standard deviation). ``flying`` and
    ``losses`` are survivors up to their bin: without them a burst of jobs would be judged by those
    that end first. ``price`` is what one poll is worth, in seconds of delay.
    """
    mass = [known + prior for known, prior in zip(smoothed(ends, blur), PRIOR, strict=True)]
    watched = [sum(counts) for counts in zip(mass, losses, flying, strict=True)]
    at_risk = list(accumulate(reversed(watched)))[::-1]
    # The last bin has no end: whatever reaches it leaves it at the rate that entered it.
    rates = [part / (risk - part / 2) for part, risk in zip(mass[:-1], at_risk[:-1], strict=True)]
    rates.append(rates[-1])
    density = [
        math.sqrt(rate * width / (2 * price)) for rate, width in zip(rates, _WIDTHS, strict=True)
    ]
    hazard = tuple(accumulate(rates, initial=0.0))
    ended = tuple(1 - math.exp(-total) for total in hazard)
    usual = EDGES[min(BINS, bisect_left(ended, USUAL))]
    return Plan(tuple(accumulate(density, initial=0.0)), hazard, ended, usual)


def smoothed(counts: Iterable[float], blur: float) -> list[float]:
    """Return counts spread by a bell of this standard deviation, in bins: three running means."""
    values = list(counts)
    target = blur * blur
    for passes in (3, 2, 1):
        reach = int((math.sqrt(12 * target / passes + 1) - 1) / 2 + 0.5)
        if reach:
            values = _running_mean(values, reach)
            target = max(0.0, target - ((2 * reach + 1) ** 2 - 1) / 12)
    return values


def _running_mean(values: list[float], reach: int) -> list[float]:
    padded = chain(repeat(0.0, reach), values, repeat(0.0, reach))
    sums = list(accumulate(padded, initial=0.0))
    span = 2 * reach + 1
    return [(high - low) / span for low, high in zip(sums, sums[span:], strict=False)]


def _at(table: Sequence[float], age: float) -> float:
    """Read a table of edges between them."""
    place = bin_of(age)
    low, high = EDGES[place], EDGES[place + 1]
    share = min(1.0, (age - low) / (high - low))
    return table[place] + share * (table[place + 1] - table[place])


def _crossing(table: Sequence[float], value: float) -> float:
    """Return the age at which a table of edges reaches a value; past its end, the end's age."""
    place = bisect_left(table, value)
    if place > BINS:
        return EDGES[BINS]
    if place == 0:
        return 0.0
    low, high = table[place - 1], table[place]
    share = (value - low) / (high - low) if high > low else 1.0
    return EDGES[place - 1] + share * (EDGES[place] - EDGES[place - 1])
