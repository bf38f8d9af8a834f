"""The arithmetic of the comparison: medians, quantiles, and ratios paired by round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Spread:
    """A median over rounds, with the least and the most."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Return the spread of at least one value."""
        return cls(median(values), min(values), max(values))


def paired(values: Sequence[float | None], base: Sequence[float | None]) -> Spread | None:
    """Return the spread of the ratios round by round, over the rounds that have both.

    Whatever slows a whole round down, the machine for one, cancels out. A round in which the base
    is nothing has no ratio.
    """
    ratios = [
        value / other
        for value, other in zip(values, base, strict=True)
        if value is not None and other is not None and other > 0
    ]
    return Spread.of(ratios) if ratios else None


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all lies at or below, of at least one value."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def quantiles(values: Sequence[float], steps: int = 50) -> list[float]:
    """Return evenly spaced quantiles with both ends: enough to draw a distribution."""
    ordered = sorted(values)
    return [ordered[round(step / steps * (len(ordered) - 1))] for step in range(steps + 1)]


@dataclass(frozen=True, slots=True)
class Job:
    """One job as the judge saw it, and as its caller did. Times are seconds."""

    number: int
    length: float
    polls: int
    reads: int
    delay: float | None
    """From its end until the client was told; None if it never was."""
    in_hand: float | None
    """From its end until the caller had the result; None if the caller never had."""


def read_jobs(books: Mapping[str, Any], ended: Mapping[str, float]) -> list[Job]:
    """Join the server's books with the caller's clock; both are the machine's monotonic clock."""
    jobs = []
    for job in books["jobs"]:
        number, end, told = int(job["number"]), float(job["ended"]), job["told"]
        had = ended.get(str(number))
        jobs.append(
            Job(
                number,
                end - float(job["submitted"]),
                int(job["polls"]),
                int(job["reads"]),
                None if told is None else float(told) - end,
                None if had is None else had - end,
            )
        )
    return jobs


def of_jobs(jobs: Sequence[Job]) -> dict[str, object]:
    """Return what is kept of a round's jobs; nothing where no job came to its end."""
    told = [job for job in jobs if job.delay is not None]
    delays = [job.delay for job in told if job.delay is not None]
    in_hand = [job.in_hand for job in jobs if job.in_hand is not None]
    kept: dict[str, object] = {"submitted": len(jobs), "reads": sum(job.reads for job in jobs)}
    if not told or not in_hand:
        return kept
    polls = fmean(job.polls for job in told)
    return {
        **kept,
        "polls": polls,
        "delay": fmean(delays),
        "delay_p99": quantile(delays, 0.99),
        "product": polls * fmean(delays),
        "in_hand": fmean(in_hand),
        "in_hand_p50": quantile(in_hand, 0.5),
        "in_hand_p99": quantile(in_hand, 0.99),
        "latest": max(
            late / max(0.5, 0.12 * job.length) for late, job in zip(delays, told, strict=True)
        ),
        "delays": [round(value, 5) for value in quantiles(delays)],
        "in_hands": [round(value, 5) for value in quantiles(in_hand)],
    }
