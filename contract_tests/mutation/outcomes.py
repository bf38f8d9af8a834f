"""What became of a mutant: which layers killed it and with what, or that nothing did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


class UnbrokenIsRedError(Exception):
    """The checks fail without any mutant, so that a kill would prove nothing."""


class StaleError(Exception):
    """What a mutant changes is no longer there as it knew it; the words say what is missing."""


@dataclass(frozen=True)
class Outcome:
    """One mutant's fate; ``killed_by`` is a layer's name, or None for a survivor.

    ``detail`` names the test that noticed, or says why nothing could. A ``stale`` mutant was not
    tried: what it changes is no longer there. An ``excused`` one has a reason to survive. ``looked``
    lists the layers that looked, and ``kills`` those that noticed, each with its test where it is
    made of tests: just the first, unless more were asked for.
    """

    name: str
    group: str
    reason: str
    killed_by: str | None
    detail: str
    stale: bool = False
    excused: bool = False
    looked: tuple[str, ...] = ()
    kills: tuple[tuple[str, str], ...] = ()

    @property
    def red(self) -> bool:
        """Tell whether it must fail the run: nothing was tried, nobody saw, or the excuse is wrong."""
        return self.stale or self.excused == (self.killed_by is not None)

    @property
    def word(self) -> str:
        """What to call it, in capitals where something is to be done."""
        if self.stale:
            return "STALE"
        if self.killed_by:
            return "EXCUSED YET KILLED" if self.excused else "killed"
        return "excused" if self.excused else "SURVIVED"


def lines(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield the summary for people: the count by layer, then every mutant that was not just killed."""
    killers = Counter(outcome.killed_by for outcome in outcomes if outcome.killed_by)
    by_layer = ", ".join(f"{layer} {count}" for layer, count in killers.most_common())
    yield f"{killers.total()} of {len(outcomes)} mutants killed ({by_layer or 'by no layer'})"
    for outcome in outcomes:
        if outcome.word != "killed":
            about = f"{outcome.group}: {outcome.name} ({outcome.reason})"
            yield f"{outcome.word} {about}: {outcome.detail}"


def losses(outcomes: Sequence[Outcome], layers: Sequence[str]) -> Iterator[str]:
    """Yield, for each layer, the mutants that only it kills; two kills must have been asked for."""
    for layer in layers:
        lost = [each.name for each in outcomes if [name for name, _ in each.kills] == [layer]]
        yield f"without {layer}, {len(lost)} more would live{': ' * bool(lost)}{', '.join(lost)}"


def as_json(outcomes: Sequence[Outcome], *, matrix: bool) -> list[dict[str, object]]:
    """Return every outcome as plain values; only a matrix knows who else kills a mutant."""
    return [
        {
            "name": each.name,
            "group": each.group,
            "why": each.reason,
            "killed_by": each.killed_by,
            "killed_by_all": [layer for layer, _ in each.kills] if matrix else None,
            "looked": list(each.looked),
            "detail": each.detail,
            "stale": each.stale,
            "excused": each.excused,
        }
        for each in outcomes
    ]
