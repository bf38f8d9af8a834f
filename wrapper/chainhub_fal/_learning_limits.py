"""What bounds every wait, whatever was learned: stated here, kept by the tests.

A job that takes T seconds is looked at FREE_LOOKS times as closely as pays, then so that looks grow
with the logarithm of T, and in the end once every LONGEST_WAIT: ``most_looks`` is the sum.
"""

from __future__ import annotations

import math

SHORTEST_WAIT = 0.01
"""Seconds; below this a schedule is a hot loop."""
LONGEST_WAIT = 60.0
"""Seconds between two looks at most, unless the server wishes otherwise."""
LONGEST_WISH = 300.0
"""Seconds of a server's wish (Retry-After) that are granted: a longer one is a fault."""
PATIENCE = 0.5
"""Seconds; below this no wait is called long."""
SHARE = 0.1
"""The share of a job's age that a wait may be, so that no end is noticed much too late."""
FREE_LOOKS = 500
"""Looks at one job that may follow each other as closely as pays."""
SLOWDOWN = 0.05
"""The share of the age that a wait is at least, once the free looks are spent."""


def longest(age: float, patience: float = PATIENCE) -> float:
    """Return the longest wait, in seconds, that is fair to a job of this age."""
    return min(LONGEST_WAIT, max(patience, SHARE * age))


def shortest(looks: int, age: float) -> float:
    """Return the shortest wait, in seconds, after so many looks at a job of this age."""
    if looks < FREE_LOOKS:
        return SHORTEST_WAIT
    return min(LONGEST_WAIT, max(SHORTEST_WAIT, SLOWDOWN * age))


def most_looks(age: float) -> int:
    """Return how many looks a job of this age, in seconds, has had at most."""
    start = FREE_LOOKS * SHORTEST_WAIT
    slowed = math.log(max(1.0, age / start)) / math.log1p(SLOWDOWN)
    return FREE_LOOKS + math.ceil(slowed + age / LONGEST_WAIT) + 1


def wished(retry_after: float | None) -> float:
    """Return a server's wish in seconds as far as it is granted; nonsense is no wish."""
    if retry_after is None or not retry_after > 0:
        return 0.0
    return min(retry_after, LONGEST_WISH)
