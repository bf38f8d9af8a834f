"""Walk two schemas side by side, every pair of them once, through references and cycles."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from spec.compare.findings import Finding, Pair
from spec.compare.kinds import KINDS
from spec.compare.limits import limits
from spec.compare.notes import notes
from spec.compare.prover import covers, texts
from spec.compare.schemas import Schema
from spec.compare.structure import Below, choices, items, properties
from spec.compare.witness import Search
from spec.nodes import Json

_BLIND = ("condition", "format", "pattern", "discriminator")
"""Kinds that the prover may know nothing about: they are never taken for another spelling."""


class Step(NamedTuple):
    """A pair, and the pair that stands for it in a search for witnesses when it is an arm."""

    pair: Pair
    around: Pair | None = None


class Walk:
    """Finds differences between schemas and remembers what it has seen."""

    def __init__(self, search: Search) -> None:
        self._search = search
        self._seen: dict[Step, tuple[list[Finding], list[Step]]] = {}

    def reach(self, pair: Pair) -> Iterator[Finding]:
        """Yield every difference at or below a pair, once."""
        ahead, met = [Step(pair)], set[Step]()
        while ahead:
            step = ahead.pop()
            if step not in met:
                met.add(step)
                findings, below = self._visit(step)
                yield from findings
                ahead += below

    def _visit(self, step: Step) -> tuple[list[Finding], list[Step]]:
        if step not in self._seen:
            self._seen[step] = self._compare(step)
        return self._seen[step]

    def _compare(self, step: Step) -> tuple[list[Finding], list[Step]]:
        pair, around = step
        is_alike = pair.old.spelling is not None and pair.old.spelling == pair.new.spelling
        found = [] if is_alike else list(limits(pair))
        structure = [*properties(pair), *items(pair)]
        found += [item for item in structure if isinstance(item, Finding)]
        below = [Step(item.pair) for item in structure if isinstance(item, Below)]
        choice = list(choices(pair))
        limited = [item for item in choice if isinstance(item, Finding)]
        limited += [item for item in found if KINDS[item.kind].wire.is_limit]
        if not (limited and self._is_respelt(pair, limited)):
            found += [item for item in choice if isinstance(item, Finding)]
            arms = (item for item in choice if isinstance(item, Below))
            below += [Step(item.pair, around or pair) for item in arms]
        else:
            found = [item for item in found if item not in limited]
        if around is not None:
            found = [_judged_on(around, item) for item in found]
        return [*found, *([] if is_alike else notes(pair))], below

    def _is_respelt(self, pair: Pair, found: list[Finding]) -> bool:
        """Tell whether the two sides allow the same values in other words.

        The prover has to say so both ways, and neither way may there be a witness against it.
        """
        old, new = pair
        if any(word in item.kind for item in found for word in _BLIND):
            return False
        if texts(old.form) != texts(new.form) or old.conditions != new.conditions:
            return False
        if not (covers(old.form, new.form) and covers(new.form, old.form)):
            return False
        probes = [probe for item in found for probe in item.probes]
        return not (self._witness(old, new, probes) or self._witness(new, old, probes))

    def _witness(self, producer: Schema, consumer: Schema, probes: list[Json]) -> bool:
        return self._search.between(producer, consumer, probes) is not None


def _judged_on(around: Pair, finding: Finding) -> Finding:
    return replace(finding, pair=around, is_arm=True) if finding.pair else finding
