"""The report for people: one page that holds everything it needs, for a browser and no network."""

from __future__ import annotations

from collections.abc import Sequence

from ..contract import Contract
from .page_coverage import coverage
from .page_drift import Drift, drift_section
from .page_elements import Html, element
from .page_findings import findings
from .page_head import head, is_green
from .page_kills import Kills, kill_table
from .page_style import STYLE
from .report_occasion import Occasion
from .runs import Run

# The page needs no script and nothing from elsewhere, so whatever a server smuggles in stays text.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def text(
    runs: Sequence[Run], contract: Contract, occasion: Occasion, kills: Kills | None, drift: Drift
) -> str:
    """Return the report as an HTML document."""
    return _document(
        "Contract: green" if is_green(runs) else "Contract: red",
        head(runs, contract, occasion, drift.words),
        element(
            "main",
            findings(runs),
            coverage(runs, contract),
            kill_table(kills),
            drift_section(drift),
        ),
    )


def refusal(words: str, command: str) -> str:
    """Return the page for a server that cannot be tested."""
    return _document(
        "Contract: not testable",
        element("header", element("h1", f"Not testable: {words}", class_="verdict red")),
        element("main", element("p", "Repeat it with:"), element("pre", element("code", command))),
    )


def _document(title: str, *body: Html) -> str:
    head_of_page = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        _policy(),
        element("title", title),
        element("style", STYLE),
    )
    page = element("html", head_of_page, element("body", *body), lang="en")
    return f"<!doctype html>\n{page}\n"


def _policy() -> Html:
    attributes = {"http-equiv": "Content-Security-Policy"}
    return element("meta", **attributes, content=_POLICY)
