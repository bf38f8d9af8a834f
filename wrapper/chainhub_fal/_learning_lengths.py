"""How long one phase of a job takes, learned from looks: a histogram of ages that forgets.

A job seen pending at one age and done at a later one ended somewhere between. Jobs still on their
way, and jobs that nobody looked at any more, have outlived the age of the last look.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from itertools import pairwise

from ._learning_plan import BINS, PRIOR_WEIGHT, Plan, bin_of, make_plan
from ._learning_shift import Shift, Span
from ._learning_values import full, number, table, thin

MEMORY = 200.0
"""Jobs after which an observation counts for a third of a new one."""
REPLAN_AFTER = 0.1
"""The share of new evidence that is worth a new plan."""
_FADE = 1 - 1 / MEMORY
_HEAVIEST = 1e9  # what is new grows heavier, instead of all else being made lighter, up to this
_PRIOR_SPREAD = 7.0  # bins; what a spread is believed to be before it is known
_KERNEL = 0.9  # Silverman's factor for a kernel of normal shape
_QUARTILES = 1.35  # a normal distribution's quartiles are as many standard deviations apart


class Lengths:
    """What is known of a length, in seconds, and the plan that follows from it."""

    __slots__ = (
        "_ends",
        "_flying",
        "_losses",
        "_news",
        "_plan",
        "_price",
        "_shift",
        "_unit",
        "watched",
        "weight",
    )

    def __init__(self, price: float) -> None:
        self._price = price
        self._flying = array("l", [0]) * BINS
        self._shift = Shift()
        self.watched = 0
        self._reset()

    def _reset(self) -> None:
        self._ends = array("d", [0.0]) * BINS
        self._losses = array("d", [0.0]) * BINS
        self._unit = 1.0
        self.weight = 0.0
        self._plan: Plan | None = None
        self._news = math.inf

    @property
    def plan(self) -> Plan:
        """The plan for what is known by now, made anew when there is a tenth more evidence."""
        if self._plan is None or self._news > REPLAN_AFTER * (self.weight + PRIOR_WEIGHT):
            ends = self._relative(self._ends)
            self._plan = make_plan(
                ends,
                self._relative(self._losses),
                self._flying,
                blur=_blur(ends, self.weight),
                price=self._price,
            )
            self._news = 0.0
        return self._plan

    def moved(self, before: float | None, now: float | None) -> None:
        """Take note that a job, known to have outlived ``before``, has outlived ``now``.

        None stands for a job that is not on its way: not yet, or no more.
        """
        if before is not None:
            self._flying[bin_of(before)] -= 1
            self.watched -= 1
        if now is not None:
            self._flying[bin_of(now)] += 1
            self.watched += 1
            self._news += self._expected(before or 0.0, now)

    def ended(self, span: Span) -> None:
        """Learn from a job that ended between these two ages."""
        if self._shift.noted(span, self.plan, self._flying):
            self._reset()
            for new in self._shift.take():
                self._count(new)
        else:
            self._count(span)

    def lost(self, age: float) -> None:
        """Learn from a job that had not ended at this age, and is not looked at any more."""
        self._losses[bin_of(age)] += self._unit
        self._news += self._expected(0.0, age)

    def known(self) -> dict[str, object]:
        """Return what is worth keeping: the weight in jobs, and ends and losses by bin."""
        ends, losses = self._relative(self._ends), self._relative(self._losses)
        return {"weight": self.weight, "ends": thin(ends), "losses": thin(losses)}

    def restore(self, known: object) -> None:
        """Begin with what ``known`` returned once; raises ValueError for anything else."""
        values = table(known)
        weight = min(number(values.get("weight")), MEMORY)
        ends, losses = full(values.get("ends")), full(values.get("losses"))
        self._reset()
        self.weight, self._ends, self._losses = weight, array("d", ends), array("d", losses)

    def _expected(self, before: float, now: float) -> float:
        """Return how many ends were to be expected of a job between two ages: none is news, too."""
        if self._plan is None:
            return 0.0
        return max(0.0, self._plan.hazard_at(now) - self._plan.hazard_at(before))

    def _count(self, span: Span) -> None:
        self._news += 1
        self.weight = self.weight * _FADE + 1
        self._unit /= _FADE
        for place, share in _shares(span, self.plan):
            self._ends[place] += share * self._unit
        if self._unit > _HEAVIEST:
            self._ends = array("d", self._relative(self._ends))
            self._losses = array("d", self._relative(self._losses))
            self._unit = 1.0

    def _relative(self, counts: array[float]) -> list[float]:
        return [count / self._unit for count in counts]


def _shares(span: Span, plan: Plan) -> Iterator[tuple[int, float]]:
    """Spread one end over the bins between two ages, as the plan's distribution has it there."""
    low, high = span
    first, last = bin_of(low), bin_of(high)
    below = [plan.ended_at(low), *plan.ended[first + 1 : last + 1], plan.ended_at(high)]
    total = below[-1] - below[0]
    for place, (start, end) in enumerate(pairwise(below), first):
        yield place, (end - start) / total if total > 0 else 1 / (last - first + 1)


def _blur(ends: list[float], weight: float) -> float:
    """Return the kernel's standard deviation, in bins: narrower with evidence, as its spread is."""
    doubt = 1 / (weight + 1)
    square = (1 - doubt) * _spread(ends) ** 2 + doubt * _PRIOR_SPREAD**2
    return max(1.0, _KERNEL * math.sqrt(square) * math.pow(weight + 1, -0.2))


def _spread(ends: list[float]) -> float:
    """Return a standard deviation in bins, from the quartiles, so that outliers do not count."""
    total = sum(ends)
    quartiles = [0, 0]
    below = 0.0
    for place, count in enumerate(ends):
        below += count
        if below < total / 4:
            quartiles[0] = place + 1
        if below < total * 3 / 4:
            quartiles[1] = place + 1
    return (quartiles[1] - quartiles[0]) / _QUARTILES
