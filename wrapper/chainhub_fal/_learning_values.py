"""What was learned as plain values and back: whatever is not what was written is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ._learning_plan import BINS

_MOST = 1e6  # more jobs in one bin than any memory holds


def table(value: object) -> Mapping[str, object]:
    """Return an object of JSON; raises ValueError for anything else."""
    if not isinstance(value, Mapping):
        raise ValueError(f"an object was expected, not {value!r:.40}")  # noqa: TRY004
    return value


def number(value: object) -> float:
    """Return a finite number that is not negative; raises ValueError for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST:
        return float(value)
    raise ValueError(f"a number of jobs or seconds was expected, not {value!r:.40}")


def thin(counts: Sequence[float]) -> dict[str, float]:
    """Return counts by bin without the empty ones."""
    return {str(place): count for place, count in enumerate(counts) if count}


def full(value: object) -> list[float]:
    """Return counts for all bins; raises ValueError where a bin or a count is none."""
    counts = [0.0] * BINS
    for name, count in table(value).items():
        if not name.isdecimal() or int(name) >= BINS:
            raise ValueError(f"there is no bin {name!r:.40}")
        counts[int(name)] = number(count)
    return counts
