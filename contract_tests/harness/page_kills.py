"""The kill table on the page: how many faults the harness finds, by group, and what survived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from .page_elements import Html, element, joined

_WORDS = ("name", "group", "why")
_UNCOUNTED = ("excused", "skipped", "stale")
_HOW = "python -m contract_tests.mutation provider --json kills.json"


@dataclass(frozen=True)
class Mutant:
    """A fault and its fate; ``killers`` are the layers that found it.

    One that does not count could not be observed, or was not tried.
    """

    name: str
    group: str
    why: str
    counts: bool
    killers: tuple[str, ...]


@dataclass(frozen=True)
class Kills:
    """The mutation run, as far as the page shows it."""

    mutants: tuple[Mutant, ...]

    @classmethod
    def read(cls, document: object) -> Self:
        """Read a mutation run's list, whatever else is in it; raises ValueError if there is none."""
        listed = document if isinstance(document, list) else _mapping(document).get("mutants")
        if not isinstance(listed, list) or not listed:
            raise ValueError("it lists no mutants")
        return cls(tuple(map(_mutant, listed)))

    @property
    def counted(self) -> tuple[Mutant, ...]:
        """The mutants that were tried and that a client could observe."""
        return tuple(each for each in self.mutants if each.counts)


def kill_table(kills: Kills | None) -> Html:
    """Return the section: bars by group and survivors by name, or how to get them."""
    return element(
        "section",
        element("h2", "Kill table", id="kills"),
        *([_how()] if kills is None else [_bars(kills), _survivors(kills)]),
        aria_labelledby="kills",
    )


def _how() -> Html:
    return element(
        "p",
        "How many faults this harness finds was not measured in this run. Measure it with ",
        element("code", _HOW),
        " and give the file with ",
        element("code", "--kill-table kills.json"),
        ".",
    )


def _bars(kills: Kills) -> Html:
    groups = dict.fromkeys(each.group for each in kills.counted)
    rows = [_bar(name, (m for m in kills.counted if m.group == name)) for name in groups]
    head = [element("th", word, scope="col") for word in ("group", "killed", "share", "found by")]
    table = element(
        "table",
        element("caption", "Faults put in one at a time, and how many of them were found."),
        element("thead", element("tr", *head)),
        element("tbody", *rows, _bar("all", kills.counted)),
        class_="bars",
    )
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label="kills")


def _bar(name: str, mutants: Iterable[Mutant]) -> Html:
    found = list(mutants)
    killed = [each for each in found if each.killers]
    share = len(killed) / len(found) if found else 0.0
    layers = dict.fromkeys(layer for each in killed for layer in each.killers)
    meter = element("span", style=f"width:{share:.1%}", class_="fill")
    return element(
        "tr",
        element("th", name, scope="row"),
        element("td", f"{len(killed)} of {len(found)}"),
        element("td", element("span", meter, class_="bar"), f" {share:.0%}"),
        element("td", ", ".join(layers)),
        class_="whole" if share == 1 else "part",
    )


def _survivors(kills: Kills) -> Html:
    alive = [each for each in kills.counted if not each.killers]
    if not alive:
        return element("p", "None survived.")
    items = [
        element("li", element("code", each.name), f" ({each.group}): {each.why}") for each in alive
    ]
    title = element("h3", f"Survivors: {len(alive)}")
    return joined([title, element("ul", *items, class_="survivors")])


def _mutant(found: object) -> Mutant:
    node = _mapping(found)
    name, group, why = (str(node.get(word) or "") for word in _WORDS)
    counts = not any(node.get(word) for word in _UNCOUNTED)
    return Mutant(name, group, why, counts, tuple(_killers(node)))


def _killers(node: Mapping[str, object]) -> list[str]:
    """List the layers that killed a mutant: all that are known, or the first."""
    everyone, first = node.get("killed_by_all"), node.get("killed_by")
    if isinstance(everyone, list) and everyone:
        return list(map(str, everyone))
    return [str(first)] if first else []


def _mapping(found: object) -> Mapping[str, object]:
    return found if isinstance(found, dict) else {}
