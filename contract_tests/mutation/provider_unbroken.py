"""The unbroken system under every layer: whatever is found there is a false alarm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .run import Trial, Verdict, unbroken_names
from .workers import side_by_side

_PATIENCE = 5  # times the limit of a mutant: a layer that finds nothing cannot stop early


@dataclass(frozen=True)
class Unbroken:
    """Every layer's verdict on each unbroken world and seed."""

    verdicts: Mapping[str, Sequence[Verdict]]

    @property
    def alarms(self) -> list[str]:
        """Say what makes a kill worthless: a finding, or a layer that could not do its work."""
        return [_said(*each) for each in self._each() if each[1].state not in ("clean", "warned")]

    @property
    def warnings(self) -> list[str]:
        """Say what the unbroken system is warned of, each rule of a layer once."""
        said = Counter(f"{it.layer} {it.rule}: {it.text}" for _, it in self._each() if _warns(it))
        total = len(self.verdicts)
        return [f"{text} (in {count} of {total} systems)" for text, count in said.items()]

    @property
    def usual(self) -> frozenset[str]:
        """The rules that warn of the unbroken system, and so tell nothing about a mutant."""
        return frozenset(verdict.rule for _, verdict in self._each() if _warns(verdict))

    @property
    def summary(self) -> str:
        """Count what was tried."""
        looks = sum(1 for _ in self._each())
        return f"{len(self.alarms)} false alarms in {looks} runs over {len(self.verdicts)} systems"

    def _each(self) -> Iterator[tuple[str, Verdict]]:
        for name, verdicts in sorted(self.verdicts.items()):
            yield from ((name, verdict) for verdict in verdicts)


def try_unbroken(trial: Trial, seeds: Sequence[int], *, jobs: int, limit: float) -> Unbroken:
    """Try every unbroken world with every seed; ``limit`` is a mutant's, in seconds."""
    every = replace(trial, kills=len(trial.layers))  # an alarm must not hide another layer's
    found = side_by_side(every, unbroken_names(seeds), jobs=jobs, limit=_PATIENCE * limit)
    return Unbroken(dict(found))


def _warns(verdict: Verdict) -> bool:
    return verdict.state == "warned"


def _said(name: str, verdict: Verdict) -> str:
    return f"{name}: {verdict.layer} {verdict.state} {verdict.rule} {verdict.text}"
