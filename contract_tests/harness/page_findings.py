"""Findings on the page: grouped by rule, each with its words, its seed and the line to repeat it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from .findings import Finding
from .page_elements import Html, element
from .report_advice import advice
from .report_text import counted
from .runs import Run

_Named = tuple[str, Finding]


def findings(runs: Sequence[Run]) -> Html:
    """Return the section: errors by rule, and warnings folded below."""
    found = [(run.name, each) for run in runs for each in run.findings]
    errors = [each for each in found if each[1].level == "error"]
    warnings = [each for each in found if each[1].level == "warning"]
    return element(
        "section",
        element("h2", "Findings", id="findings"),
        *(_groups(errors, unfolded=True) if errors else [element("p", "No rule was broken.")]),
        *([_warnings(warnings)] if warnings else []),
        _hint(runs) if found else Html(),
        aria_labelledby="findings",
    )


def _warnings(found: Sequence[_Named]) -> Html:
    summary = element("summary", counted(len(found), "warning"), ", which make no run red")
    return element("details", summary, *_groups(found, unfolded=False), class_="warnings")


def _groups(found: Iterable[_Named], *, unfolded: bool) -> list[Html]:
    by_rule: dict[tuple[str, str], list[_Named]] = defaultdict(list)
    for each in found:
        by_rule[each[1].layer, each[1].rule].append(each)
    return [_group(*rule, own, unfolded=unfolded) for rule, own in by_rule.items()]


def _group(layer: str, rule: str, found: Sequence[_Named], *, unfolded: bool) -> Html:
    operations = dict.fromkeys(each.operation for _, each in found if each.operation)
    return element(
        "details",
        element(
            "summary",
            element("b", rule),
            element("span", layer, class_="badge"),
            element("span", counted(len(found), "finding"), class_=f"badge {found[0][1].level}"),
            element("span", ", ".join(operations), class_="quiet"),
        ),
        element("p", element("b", "What to do: "), advice(found[0][1])),
        element("ol", *map(_alike, _same(found)), class_="found"),
        open=unfolded,
        class_=f"rule {found[0][1].level}",
    )


def _same(found: Iterable[_Named]) -> Iterable[list[_Named]]:
    """Put together what differs in nothing but the line that repeats it."""
    alike: dict[tuple[str, str, str], list[_Named]] = defaultdict(list)
    for run, each in found:
        alike[run, each.operation, each.message].append((run, each))
    return alike.values()


def _alike(found: Sequence[_Named]) -> Html:
    (run, first), *others = found
    seed = "" if first.seed is None else f"seed {first.seed}"
    about = " · ".join(filter(None, (first.layer, run, seed)))
    lines = [_line(each.curl) for _, each in others if each.curl]
    summary = element("summary", f"{len(others)} more like it", class_="quiet")
    return element(
        "li",
        element("p", element("code", first.operation or "the whole run")),
        element("p", first.message, class_="words"),
        _line(first.curl) if first.curl else Html(),
        element("details", summary, *lines) if others else Html(),
        element("p", about, class_="quiet"),
    )


def _line(curl: str) -> Html:
    return element("pre", element("code", curl), tabindex="0", aria_label="repeat it with")


def _hint(runs: Sequence[Run]) -> Html:
    own = any(run.name.startswith("sandbox") for run in runs)
    words = "One press on a line selects all of it; the key belongs into $API_KEY. "
    more = "The sandbox of this run is gone: start one with make sandbox, and put its address in."
    return element("p", words + (more if own else ""), class_="quiet")
