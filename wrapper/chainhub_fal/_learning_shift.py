"""Notices that jobs have begun to take another time than they used to, from few of them."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import TypeAlias

from ._learning_plan import EDGES, FIRST_EDGE, PRIOR_MEDIAN, PRIOR_SIGMA, Plan, normal_cdf

Span: TypeAlias = tuple[float, float]
"""Two ages in seconds between which something happened."""

FEWEST = 3
"""Jobs that must speak for a change; fewer are outliers."""
PROOF = math.log(100)
"""How much likelier the new times must be than the old: a change is rare."""
_LONGEST_DOUBT = 24  # jobs; what has not convinced by then is the old distribution's tail
_LEAST = 1e-9


class Shift:
    """A rival account of the latest jobs: lognormal, begun whenever the old account fails."""

    def __init__(self) -> None:
        self._spans: deque[Span] = deque(maxlen=_LONGEST_DOUBT)
        self._gain = 0.0

    def noted(self, span: Span, plan: Plan, flying: Sequence[int]) -> bool:
        """Take one more job; tell whether the latest ones are better explained by themselves."""
        old = plan.ended_at(span[1]) - plan.ended_at(span[0])
        centre, width = self._guess()
        new = _below(span[1], centre, width) - _below(span[0], centre, width)
        self._gain += math.log(max(new, _LEAST) / max(old, _LEAST))
        if self._gain <= 0 or len(self._spans) == _LONGEST_DOUBT:
            self._gain = 0.0
            self._spans.clear()
            return False
        self._spans.append(span)
        if len(self._spans) < FEWEST or self._gain < PROOF:
            return False
        return self._gain + self._alive(plan, flying) >= PROOF

    def take(self) -> tuple[Span, ...]:
        """Return the jobs that speak for the change, and doubt no more."""
        spans = tuple(self._spans)
        self._spans.clear()
        self._gain = 0.0
        return spans

    def _guess(self) -> tuple[float, float]:
        """Return median (as a logarithm) and sigma of the jobs since the doubt began."""
        logs = [math.log(max(FIRST_EDGE, (low + high) / 2)) for low, high in self._spans]
        count = len(logs)
        centre = (math.log(PRIOR_MEDIAN) * 0.1 + sum(logs)) / (count + 0.1)
        around = sum((value - centre) ** 2 for value in logs)
        square = (PRIOR_SIGMA**2 * (1 if not count else 0.3) + around) / (count + 1 if count else 1)
        return centre, math.sqrt(square * (1 + 1 / (count + 0.5)))

    def _alive(self, plan: Plan, flying: Sequence[int]) -> float:
        """Weigh the jobs on their way: those that end first say little about the others."""
        centre, width = self._guess()
        gain = 0.0
        for edge, count in zip(EDGES, flying, strict=False):
            if count:
                old, new = 1 - plan.ended_at(edge), 1 - _below(edge, centre, width)
                gain += count * math.log(max(new, _LEAST) / max(old, _LEAST))
        return gain


def _below(age: float, centre: float, width: float) -> float:
    return normal_cdf((math.log(age) - centre) / width) if age > 0 else 0.0
