"""Contract coverage on the page: heat maps in which a hole is seen at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from string import ascii_lowercase

from ..contract import Contract, Operation
from .coverage import Grid, Mark, Row, State, Tally, tally
from .coverage_answers import answers
from .coverage_requests import requests
from .coverage_statuses import statuses
from .page_elements import Html, element, hidden, joined
from .report_text import counted
from .runs import Run

_LEVELS = (1, 4, 10, 40, 100)  # the least count of each shade
_SIGNS: Mapping[str, tuple[str, str]] = {"valid": ("✓", "kept"), "invalid": ("✗", "broken")}
_NONE = "\N{EN DASH}"
_WORDS: Mapping[State, str] = {
    "done": "",
    "hole": "in the contract, never tried",
    "excused": "cannot be provoked",
    "unasked": "came unasked",
    "alien": "not in the contract",
}


def coverage(runs: Sequence[Run], contract: Contract) -> Html:
    """Return the section with every run's coverage."""
    return element(
        "section",
        element("h2", "Contract coverage", id="coverage"),
        _legend(),
        *(_of_run(run, contract, f"run-{number}") for number, run in enumerate(runs, 1)),
        aria_labelledby="coverage",
    )


def tallies(run: Run, contract: Contract) -> dict[str, Tally]:
    """Count what was exercised of what can be: statuses, sides of request keywords, answers."""
    ledger, operations = run.ledger, contract.operations.values()
    seen = [grid for each in operations for grid in answers(contract, each, ledger)]
    return {
        "statuses a caller can provoke": tally([statuses(contract, run.target.dialect, ledger)]),
        "sides of request keywords": tally(requests(contract, each, ledger) for each in operations),
        "keywords of answers met": tally(seen),
    }


def _legend() -> Html:
    heat = joined(
        element("span", f"{least}+", class_=f"m l{n}") for n, least in enumerate(_LEVELS, 1)
    )
    entries = [
        (heat, "how often it was exercised; darker is more"),
        (element("span", "0", class_="m hole"), "declared in the contract, never tried: a hole"),
        (element("span", _NONE, class_="m excused"), "no caller can provoke it; the note says why"),
        (
            element("span", "2", class_="m unasked"),
            "came unasked: seen, and not counted as covered",
        ),
        (element("span", "2", class_="m alien"), "the contract does not document it"),
    ]
    items = [element("li", sign, " ", words) for sign, words in entries]
    only = element("input", type="checkbox", id="only-holes")
    return element(
        "div",
        element("ul", *items, class_="legend"),
        element("p", only, " ", element("label", "Only rows with holes", for_="only-holes")),
    )


def _of_run(run: Run, contract: Contract, anchor: str) -> Html:
    ledger, operations = run.ledger, contract.operations.values()
    return element(
        "section",
        element("h3", run.name, id=anchor),
        table(statuses(contract, run.target.dialect, ledger), always=True),
        element("h4", "Requests: parameters and properties, keyword by keyword"),
        element(
            "p", "✓ counts values that keep the keyword, ✗ values that break it.", class_="quiet"
        ),
        *(
            _folded([requests(contract, each, ledger)], each.operation_id, asked=True)
            for each in operations
        ),
        element("h4", "Answers: properties, keyword by keyword"),
        element(
            "p",
            "Counts the answers that held a value the keyword speaks of."
            " A hole here is something the server never said.",
            class_="quiet",
        ),
        *(_answers(run, contract, each) for each in operations),
        aria_labelledby=anchor,
        class_="run",
    )


def _answers(run: Run, contract: Contract, operation: Operation) -> Html:
    ledger, name = run.ledger, operation.operation_id
    unmet = [status for status in operation.statuses if not ledger.answers[name, status]]
    words = f"Never answered, so nothing was seen of: {', '.join(map(str, unmet))}."
    more = [element("p", words, class_="quiet")] if unmet else []
    return _folded(answers(contract, operation, ledger), name, *more)


def _folded(grids: Sequence[Grid], title: str, *more: Html, asked: bool = False) -> Html:
    """Return grids behind one line that says what is missing: holes where we ask, else silence."""
    count = tally(grids)
    missing = count.expected - count.done
    state = "hole" if missing else "full"
    words = counted(missing, "hole") if asked else f"{missing:,} never seen"
    return element(
        "details",
        element(
            "summary",
            element("code", title),
            f" {count.done} of {count.expected} ",
            element("span", words, class_=f"badge {state}"),
        ),
        *(table(grid) for grid in grids),
        *more,
        open=asked,
    )


def table(grid: Grid, *, always: bool = False) -> Html:
    """Return a grid as a table, with notes below it for what is excused.

    Rows without holes can be hidden unless they are wanted ``always``.
    """
    notes = _notes(grid)
    head = element(
        "tr",
        element("td"),
        *(element("th", _turned(each), scope="col") for each in grid.columns),
    )
    rows = [_row(row, grid.columns, notes, always=always) for row in grid.rows]
    caption = element("caption", element("b", grid.title), f": {grid.about}")
    body = element("table", caption, element("thead", head), element("tbody", *rows))
    listed = [element("li", words) for words in notes]
    return joined(
        [
            element(
                "div", body, class_="scroll", tabindex="0", role="region", aria_label=grid.title
            ),
            element("ol", *listed, class_="notes", type="a") if listed else Html(),
        ]
    )


def _turned(column: str) -> str:
    """Stand the name of a keyword on its side, so that all of them fit."""
    return column if column.isdigit() else element("span", column, class_="sideways")


def _notes(grid: Grid) -> dict[str, str]:
    """Give each reason a letter, in the order of their first marks."""
    reasons = dict.fromkeys(each.reason for each in grid.marks() if each.reason)
    letters = (*ascii_lowercase, *map("".join, product(ascii_lowercase, repeat=2)))
    return dict(zip(reasons, letters, strict=False))


def _row(row: Row, columns: Sequence[str], notes: Mapping[str, str], *, always: bool) -> Html:
    holes = any(each.state in {"hole", "alien"} for marks in row.cells.values() for each in marks)
    cells = [
        element("td", *(_mark(each, notes) for each in row.cells.get(column, ())))
        for column in columns
    ]
    kind = "" if always or holes else "full"
    return element("tr", element("th", _breakable(row.name), scope="row"), *cells, class_=kind)


def _mark(each: Mark, notes: Mapping[str, str]) -> Html:
    letter = notes.get(each.reason, "")
    sign, spoken = _SIGNS.get(each.label, (each.label, each.label))
    words = ", ".join(filter(None, (spoken, _WORDS[each.state], each.reason)))
    number = _NONE if each.state == "excused" else f"{each.count:,}"
    return element(
        "span",
        element("i", sign, aria_hidden="true") if sign else Html(),
        number,
        element("sup", letter) if letter else Html(),
        hidden(f" {words}") if words else Html(),
        class_=f"m {_kind(each)}",
        title=words or False,
    )


def _kind(each: Mark) -> str:
    """Name a mark's style: how warm it is by its count, or why it is not."""
    if each.state != "done":
        return each.state
    return f"l{sum(each.count >= least for least in _LEVELS)}"


def _breakable(name: str) -> Html:
    """Let a long place break after its dots."""
    return joined(_with_breaks(name))


def _with_breaks(name: str) -> Iterator[str]:
    first, *rest = name.split(".")
    yield first
    for part in rest:
        yield element("wbr")
        yield f".{part}"
