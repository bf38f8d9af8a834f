"""The kill table: what became of each mutant, counted by group and by layer, for people and tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from .provider_mutant import GROUPS, Mutant
from .run import Verdict

_LONGEST = 90  # characters of a survivor's or an error's explanation in the table


@dataclass(frozen=True)
class Fate:
    """A mutant and every layer's verdict on it."""

    mutant: Mutant
    verdicts: tuple[Verdict, ...]

    @property
    def kill(self) -> Verdict | None:
        """The first verdict that found something."""
        return next((each for each in self.verdicts if each.state == "killed"), None)

    @property
    def errors(self) -> list[Verdict]:
        """The verdicts of layers that broke down, which are no kills."""
        return [each for each in self.verdicts if each.state == "error"]

    @property
    def counts(self) -> bool:
        """Tell whether the mutant counts in the score: a client could observe it."""
        return not self.mutant.equivalent


@dataclass(frozen=True)
class Score:
    """How many mutants that a client could observe were killed, of how many."""

    killed: int
    total: int

    @property
    def rate(self) -> float:
        """From 0 to 1; nothing tried is nothing proven."""
        return self.killed / self.total if self.total else 0.0

    def __str__(self) -> str:
        return f"{self.killed} of {self.total} ({self.rate:.1%})"


def score(fates: Sequence[Fate]) -> Score:
    """Count the kills among observable mutants."""
    counted = [fate for fate in fates if fate.counts]
    return Score(sum(fate.kill is not None for fate in counted), len(counted))


def markdown(fates: Sequence[Fate], layers: Sequence[str], command: str, *, matrix: bool) -> str:
    """Write the table as Markdown; with ``matrix`` also what each layer alone keeps out."""
    lines = [
        "# Kill table: faults at the provider",
        "",
        f"Repeat it with `{command}`. {score(fates)} observable faults killed.",
        "",
        *_groups(fates, layers, matrix=matrix),
        "",
        *_survivors(fates),
        *_equivalents(fates),
        "## Every fault",
        "",
        *(_matrix(fates, layers) if matrix else _kills(fates)),
    ]
    return "\n".join(lines) + "\n"


def _groups(fates: Sequence[Fate], layers: Sequence[str], *, matrix: bool) -> Iterator[str]:
    yield _row("group", "killed", *(f"{layer} first" for layer in layers))
    yield _row(*["---"] * (2 + len(layers)))
    for group in GROUPS:
        own = [fate for fate in fates if fate.mutant.group == group]
        if own:
            yield _row(group, score(own), *_firsts(own, layers))
    yield _row("all", score(fates), *_firsts(fates, layers))
    if matrix:
        yield from ("", "Without one layer, this would no longer be caught:", "")
        for layer in layers:
            lost = [fate.mutant.name for fate in fates if _killers(fate) == [layer]]
            yield f"- {layer}: {len(lost)}{': ' if lost else ''}{', '.join(lost)}"


def _firsts(fates: Sequence[Fate], layers: Sequence[str]) -> list[int]:
    first = Counter(fate.kill.layer for fate in fates if fate.kill and fate.counts)
    return [first[layer] for layer in layers]


def _killers(fate: Fate) -> list[str]:
    return [each.layer for each in fate.verdicts if each.state == "killed"]


def _survivors(fates: Sequence[Fate]) -> Iterator[str]:
    alive = [fate for fate in fates if fate.counts and fate.kill is None]
    if alive:
        yield from ("## Survivors", "")
        yield from (
            f"- **{fate.mutant.name}** ({fate.mutant.group}): {_why(fate)}" for fate in alive
        )
        yield ""


def _why(fate: Fate) -> str:
    """Say what the fault is, and what the layers that did not kill it did instead."""
    broken = "; ".join(f"{each.layer} broke down: {_short(each.text)}" for each in fate.errors)
    silent = ", ".join(each.layer for each in fate.verdicts if each.state == "clean")
    told = [
        fate.mutant.why,
        broken,
        f"no finding in {silent}" if silent else "no layer looked at it",
    ]
    return "; ".join(filter(None, told))


def _equivalents(fates: Sequence[Fate]) -> Iterator[str]:
    equal = [fate for fate in fates if fate.mutant.equivalent]
    if equal:
        yield from ("## Not observable, and not counted", "")
        for fate in equal:
            seen = f" **Yet {fate.kill.layer} reports {fate.kill.rule}.**" if fate.kill else ""
            yield f"- **{fate.mutant.name}**: {fate.mutant.why}; {fate.mutant.equivalent}.{seen}"
        yield ""


def _kills(fates: Sequence[Fate]) -> Iterator[str]:
    yield _row("fault", "group", "why it matters", "killed by")
    yield _row(*["---"] * 4)
    for fate in fates:
        yield _row(fate.mutant.name, fate.mutant.group, fate.mutant.why, _outcome(fate))


def _matrix(fates: Sequence[Fate], layers: Sequence[str]) -> Iterator[str]:
    yield _row("fault", "group", "why it matters", *layers)
    yield _row(*["---"] * (3 + len(layers)))
    for fate in fates:
        by_layer = {each.layer: each for each in fate.verdicts}
        cells = [_cell(by_layer.get(layer)) for layer in layers]
        yield _row(fate.mutant.name, fate.mutant.group, fate.mutant.why, *cells)


def _outcome(fate: Fate) -> str:
    kill = fate.kill
    if kill:
        return f"{kill.layer}: {kill.rule}"
    if fate.mutant.equivalent:
        return "not observable"
    return "ERROR, not killed" if fate.errors else "SURVIVED"


def _cell(verdict: Verdict | None) -> str:
    if verdict is None:
        return "not run"
    return (
        verdict.rule
        if verdict.state == "killed"
        else {"clean": "-"}.get(verdict.state, verdict.state)
    )


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def as_json(fates: Sequence[Fate], unbroken: Mapping[str, Sequence[Verdict]]) -> dict[str, object]:
    """Return everything as plain values: the score, each fate, and the unbroken system's runs."""
    total = score(fates)
    return {
        "killed": total.killed,
        "observable": total.total,
        "unbroken": {name: [asdict(each) for each in found] for name, found in unbroken.items()},
        "mutants": [
            {
                "name": fate.mutant.name,
                "group": fate.mutant.group,
                "why": fate.mutant.why,
                "equivalent": fate.mutant.equivalent,
                "verdicts": [asdict(each) for each in fate.verdicts],
            }
            for fate in fates
        ],
    }
