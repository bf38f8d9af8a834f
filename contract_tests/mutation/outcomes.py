"""What became of a mutant: which layer killed it and with what, or that nothing did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

M = TypeVar("M")


class UnbrokenIsRedError(Exception):
    """The checks fail without any mutant, so that a kill would prove nothing."""


class StaleError(Exception):
    """What a mutant changes is no longer there as it knew it; the words say what is missing."""


@dataclass(frozen=True)
class Outcome:
    """One mutant's fate; ``killed_by`` is a layer's name, or None for a survivor.

    ``detail`` names the test that noticed, or says why nothing could. A ``stale`` mutant was not
    tried: what it changes is no longer there. ``excused`` survivors are known and have a reason.
    """

    name: str
    group: str
    reason: str
    killed_by: str | None
    detail: str
    stale: bool = False
    excused: bool = False

    @property
    def red(self) -> bool:
        """Tell whether it must fail the run: it proves nothing, or nobody noticed it."""
        return self.stale or (self.killed_by is None and not self.excused)


def lines(outcomes: Sequence[Outcome]) -> Iterable[str]:
    """Yield the summary for people: the count by layer, then every mutant that nothing killed."""
    killers = Counter(outcome.killed_by for outcome in outcomes if outcome.killed_by)
    by_layer = ", ".join(f"{layer} {count}" for layer, count in killers.most_common())
    yield f"{killers.total()} of {len(outcomes)} mutants killed ({by_layer or 'by no layer'})"
    for outcome in outcomes:
        if outcome.killed_by is None:
            word = "STALE" if outcome.stale else "excused" if outcome.excused else "SURVIVED"
            yield f"{word} {outcome.group}: {outcome.name} ({outcome.reason}): {outcome.detail}"


def in_parallel(mutants: Sequence[M], judges: Sequence[Callable[[M], Outcome]]) -> list[Outcome]:
    """Judge every mutant, each judge one at a time, and return the outcomes in their order.

    A judge owns a tree, so as many mutants are under way as there are judges.
    """
    free = list(judges)

    def judge(mutant: M) -> Outcome:
        chosen = free.pop()  # a list's pop and append are atomic, and a worker returns what it took
        try:
            return chosen(mutant)
        finally:
            free.append(chosen)

    with ThreadPoolExecutor(len(judges)) as workers:
        return list(workers.map(judge, mutants))
