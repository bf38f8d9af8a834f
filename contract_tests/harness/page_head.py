"""The head of the page: how it went in a sentence, with what, and how to repeat it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contract import Contract
from .coverage import Tally
from .page_coverage import tallies
from .page_elements import Html, element, joined
from .report_occasion import Occasion
from .report_text import counted
from .runs import Run

_SECTIONS = {
    "findings": "Findings",
    "coverage": "Coverage",
    "kills": "Kill table",
    "drift": "Drift",
}


def head(runs: Sequence[Run], contract: Contract, occasion: Occasion, drift: str) -> Html:
    """Return the verdict, the facts of the run, and a tile for each server."""
    green = is_green(runs)
    links = [element("a", word, href=f"#{name}") for name, word in _SECTIONS.items()]
    return element(
        "header",
        element("h1", verdict(runs), class_=f"verdict {'green' if green else 'red'}"),
        element("nav", *links, aria_label="sections of this page"),
        _facts(runs, occasion, drift),
        element("div", *(_tile(run, contract) for run in runs), class_="tiles"),
    )


def is_green(runs: Sequence[Run]) -> bool:
    """Tell whether something was run and nothing is wrong."""
    return bool(runs) and not any(run.errors for run in runs)


def verdict(runs: Sequence[Run]) -> str:
    """Say in a sentence how it went."""
    names = " and ".join(run.name for run in runs) or "no server"
    requests = counted(sum(run.requests for run in runs), "request")
    errors = [found for run in runs for found in run.errors]
    if is_green(runs):
        return f"Green: {names} kept the contract in {requests}."
    rules = counted(len({(found.layer, found.rule) for found in errors}), "rule")
    return f"Red: {counted(len(errors), 'finding')} of {rules} at {names}, in {requests}."


def _facts(runs: Sequence[Run], occasion: Occasion, drift: str) -> Html:
    facts = {
        "server": ", ".join(run.name for run in runs),
        "dialect": ", ".join(dict.fromkeys(run.target.dialect for run in runs)),
        "seed": ", ".join(dict.fromkeys(str(run.seed) for run in runs)),
        "layers": ", ".join(dict.fromkeys(layer.name for run in runs for layer in run.layers)),
        "contract": occasion.contract,
        "sources": drift,
        "when": f"{occasion.when}, {occasion.seconds:.1f} s",
    }
    pairs = [
        element("div", element("dt", name), element("dd", value or "none"))
        for name, value in facts.items()
    ]
    line = element("pre", element("code", occasion.command), tabindex="0")
    again = element("div", element("dt", "repeat"), element("dd", line), class_="wide")
    return element("dl", *pairs, again, class_="facts")


def _tile(run: Run, contract: Contract) -> Html:
    errors, all_of = len(run.errors), len(run.findings)
    return element(
        "article",
        element("h2", run.name),
        element(
            "p",
            element("b", f"{run.requests:,}"),
            " requests · ",
            element("b", str(errors)),
            f" error{'' if errors == 1 else 's'} · ",
            element("b", str(all_of - errors)),
            f" warning{'' if all_of - errors == 1 else 's'}",
        ),
        element("ul", *_measures(tallies(run, contract))),
        element("p", joined(_layers(run)), class_="quiet"),
        class_=f"tile {'red' if errors else 'green'}",
    )


def _measures(found: dict[str, Tally]) -> Iterator[Html]:
    for words, count in found.items():
        share = count.done / count.expected if count.expected else 0.0
        fill = element("span", style=f"width:{share:.1%}", class_="fill")
        yield element(
            "li",
            element("b", f"{count.done} of {count.expected}"),
            f" {words}",
            element("span", fill, class_=f"bar {'whole' if count.whole else 'part'}"),
        )


def _layers(run: Run) -> Iterator[str]:
    times = (f"{layer.name} {layer.requests:,} in {layer.seconds:.1f} s" for layer in run.layers)
    yield " · ".join(times)
