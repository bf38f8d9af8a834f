"""A comparison as people and machines read it: a line, text, Markdown, JSON, annotations."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spec.compare.changes import Change, Comparison, Judgement, Verdict
from spec.compare.version import step
from spec.nodes import JsonMap

_SHOWN_PLACES = 3
_LONGEST = 200
_PAINT = {Verdict.BREAKING: "31", Verdict.UNKNOWN: "33", Verdict.COMPATIBLE: "32"}
_LEVELS = {Verdict.BREAKING: "error", Verdict.UNKNOWN: "warning", Verdict.COMPATIBLE: "notice"}


@dataclass(frozen=True)
class Report:
    """A comparison, which of its breaks are allowed, and what had to be left out of account."""

    comparison: Comparison
    allowed: frozenset[Change] = frozenset()
    notes: tuple[str, ...] = ()

    def groups(self) -> Iterator[tuple[str, Verdict, list[Change]]]:
        """Yield the changes by verdict, breaking first, allowed breaks by themselves."""
        for verdict in (Verdict.BREAKING, Verdict.UNKNOWN, Verdict.COMPATIBLE):
            found = [it for it in self.comparison.changes if it.worst is verdict]
            counting = [change for change in found if change not in self.allowed]
            if counting:
                yield str(verdict), verdict, counting
        if self.allowed:
            told = [it for it in self.comparison.changes if it in self.allowed]
            yield "breaking, but allowed", Verdict.COMPATIBLE, told


def summary(report: Report) -> str:
    """Return the whole in one line."""
    comparison = report.comparison
    counts = [f"{len(changes)} {title}" for title, _, changes in report.groups()]
    found = ", ".join(counts) or ("only words differ" if comparison.is_reworded else "no change")
    versions = f"{comparison.old_version or '?'} -> {comparison.new_version or '?'}"
    names = f"{comparison.old_name} -> {comparison.new_name}"
    return f"{names}: {found}; version {versions}: {step(comparison)}"


def terminal(report: Report, *, in_color: bool) -> str:
    """Return the report for a terminal, grouped, breaking first."""
    paint = _painter(in_color=in_color)
    lines: list[str] = []
    for title, verdict, changes in report.groups():
        lines += [paint(f"{title.upper()} ({len(changes)})", verdict), ""]
        for change in changes:
            lines += [*_told(change, report.comparison), ""]
    lines += [f"note: {note}" for note in report.notes]
    return "\n".join([*lines, summary(report)]) + "\n"


def _painter(*, in_color: bool) -> Callable[[str, Verdict], str]:
    if not in_color:
        return lambda text, _verdict: text
    return lambda text, verdict: f"\x1b[1;{_PAINT[verdict]}m{text}\x1b[0m"


def _told(change: Change, comparison: Comparison) -> Iterator[str]:
    yield f"  {change.kind}  {change.what}"
    yield f"    old {_spot(comparison.old_name, change.old.line)} {change.old.pointer}"
    yield f"    new {_spot(comparison.new_name, change.new.line)} {change.new.pointer}"
    yield f"    in  {_places(change)}"
    for audience, judgement in change.judgements:
        yield f"    {audience}: {judgement.verdict}. {judgement.why}{_witness(judgement)}"


def _spot(name: str, line: int) -> str:
    return f"{name}:{line}"


def _places(change: Change) -> str:
    shown = "; ".join(change.places[:_SHOWN_PLACES])
    further = len(change.places) - _SHOWN_PLACES
    return f"{shown} and {further} more" if further > 0 else shown


def _witness(judgement: Judgement) -> str:
    return f" Witness: {_value(judgement)}" if judgement.witness else ""


def _value(judgement: Judgement) -> str:
    text = json.dumps(judgement.witness.value if judgement.witness else None, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"


def markdown(report: Report) -> str:
    """Return the report for a pull request."""
    lines = ["## Contract", "", _escaped(summary(report)), ""]
    for title, _, changes in report.groups():
        lines += [f"### {title.capitalize()} ({len(changes)})", ""]
        lines += [
            "| change | where | callers | readers | generated client |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(change, report.comparison) for change in changes]
        lines.append("")
    lines += [f"- {_escaped(note)}" for note in report.notes]
    return "\n".join(lines).rstrip() + "\n"


def _row(change: Change, comparison: Comparison) -> str:
    spot = _spot(comparison.new_name, change.new.line)
    cells = [
        f"`{change.kind}` {_escaped(change.what)}",
        f"{_code(spot)}<br>{_code(change.new.pointer)}<br>{_escaped(_places(change))}",
        *(_cell(it) for it in (change.callers, change.readers, change.generated)),
    ]
    return f"| {' | '.join(cells)} |"


def _cell(judgement: Judgement) -> str:
    if judgement.verdict is Verdict.UNTOUCHED:
        return "-"
    witness = f"<br>Witness: {_code(_value(judgement))}" if judgement.witness else ""
    mark = "**" if judgement.verdict is Verdict.BREAKING else ""
    return f"{mark}{judgement.verdict}{mark}<br>{_escaped(judgement.why)}{witness}"


def _code(text: str) -> str:
    """Return text as code in a table's cell, whatever it holds."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text.replace('|', chr(92) + '|')}{pad}{fence}".replace("\n", " ")


def _escaped(text: str) -> str:
    table = {ord(mark): f"\\{mark}" for mark in "\\|`*_[]<>#"}
    return text.translate(table).replace("\n", " ")


def machine(report: Report) -> str:
    """Return the report as JSON."""
    comparison, needed = report.comparison, step(report.comparison)
    found: JsonMap = {
        "old": {"name": comparison.old_name, "version": comparison.old_version},
        "new": {"name": comparison.new_name, "version": comparison.new_version},
        "step": {"name": needed.name, "least": needed.least, "made": needed.is_made},
        "reworded": comparison.is_reworded,
        "breaking": len(comparison.breaking) - len(report.allowed),
        "changes": [_record(change, report) for change in comparison.changes],
        "notes": [*report.notes],
    }
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _record(change: Change, report: Report) -> JsonMap:
    return {
        "kind": change.kind,
        "what": change.what,
        "old": {"pointer": change.old.pointer, "line": change.old.line},
        "new": {"pointer": change.new.pointer, "line": change.new.line},
        "places": [*change.places],
        "wire": str(change.wire),
        "callers": _judgement(change.callers),
        "readers": _judgement(change.readers),
        "generated": _judgement(change.generated),
        "allowed": change in report.allowed,
    }


def _judgement(judgement: Judgement) -> JsonMap:
    found: JsonMap = {"verdict": str(judgement.verdict), "why": judgement.why}
    if judgement.witness is not None:
        found["witness"] = judgement.witness.value
    return found


def annotations(report: Report) -> str:
    """Return workflow commands that put each change beside its line in the new file."""
    lines = []
    for _, verdict, changes in report.groups():
        for change in changes:
            said = (f"{who}: {it.verdict}. {it.why}{_witness(it)}" for who, it in change.judgements)
            message = _command("\n".join([change.what, *said]))
            file = _command(report.comparison.new_name, is_property=True)
            place = f"file={file},line={change.new.line},title={change.kind}"
            lines.append(f"::{_LEVELS[verdict]} {place}::{message}\n")
    return "".join(lines)


def _command(text: str, *, is_property: bool = False) -> str:
    escapes = {"%": "%25", "\r": "%0D", "\n": "%0A"}
    escapes |= {":": "%3A", ",": "%2C"} if is_property else {}
    return text.translate({ord(mark): escape for mark, escape in escapes.items()})
