"""How long answers take: a budget whose breach is worth a word, and does not make a run red."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

BUDGET = 1.0  # seconds for a route's typical answer: a poll that takes longer delays every job


def slow_operations(seconds: Mapping[str, Sequence[float]]) -> Iterator[tuple[str, str]]:
    """Yield each operation whose median answer is over the budget, and by how much."""
    for operation, times in seconds.items():
        if times and (typical := median(times)) > BUDGET:
            words = f"half of {len(times)} answers took longer than {typical:.2f} s"
            yield operation, f"{words}; the budget is {BUDGET:g} s"
