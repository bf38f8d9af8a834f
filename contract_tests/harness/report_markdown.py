"""The report for a pull request or a job's summary page: Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..contract import Contract
from .findings import Finding
from .report_advice import advice
from .report_occasion import Occasion
from .report_terminal import verdict
from .report_text import clean
from .runs import Run

_SHOWN = 50  # findings of one run: a job's summary may hold 1 MiB


def text(runs: Sequence[Run], contract: Contract, occasion: Occasion) -> str:
    """Return the report as Markdown."""
    return clean("\n".join(_lines(runs, contract, occasion))) + "\n"


def _lines(runs: Sequence[Run], contract: Contract, occasion: Occasion) -> Iterator[str]:
    yield from ("## Contract", "", f"**{_cell(verdict(runs))}**", "")
    yield f"Contract {_cell(occasion.contract)}; {occasion.when}; repeat all of it with:"
    yield from ("", f"    {occasion.command}", "")
    yield "| server | layer | requests | errors | warnings | seconds |"
    yield "|---|---|---|---|---|---|"
    for run in runs:
        for layer in run.layers:
            yield _row(run.name, layer.name, layer.requests, layer.findings, layer.seconds)
        yield _row(run.name, "floors", 0, run.missing, 0)
    for run in runs:
        yield from _findings(run)
    yield from _exercised(runs, contract)


def _row(run: str, layer: str, requests: int, findings: Sequence[Finding], seconds: float) -> str:
    errors = sum(finding.level == "error" for finding in findings)
    cells = (run, layer, requests, errors, len(findings) - errors, f"{seconds:.1f}")
    return f"| {' | '.join(map(str, cells))} |"


def _findings(run: Run) -> Iterator[str]:
    if run.findings:
        yield from ("", f"### {_cell(run.name)}", "")
    for finding in run.findings[:_SHOWN]:
        words = f"{finding.layer}/{finding.rule}` {finding.operation} {_cell(finding.message)}"
        seed = "" if finding.seed is None else f" (seed {finding.seed})"
        yield f"- {finding.level} `{words}{seed}"
        yield f"  {_cell(advice(finding))}"
        if finding.curl:  # indented code: no fence that a body could close
            yield from ("", f"      {finding.curl}".replace("\n", "\n      "), "")
    if len(run.findings) > _SHOWN:
        yield f"- and {len(run.findings) - _SHOWN} more, in the JSON report"


def _exercised(runs: Sequence[Run], contract: Contract) -> Iterator[str]:
    """Yield a table of operations and statuses, with how often each was answered."""
    counts = [run.ledger.answers for run in runs]
    statuses = sorted({each for op in contract.operations.values() for each in op.statuses})
    yield from ("", "### Exercised: how often each documented status was answered", "")
    yield f"| operation | {' | '.join(map(str, statuses))} |"
    yield f"|---|{'---|' * len(statuses)}"
    for name, operation in contract.operations.items():
        cells = [
            str(sum(count[name, status] for count in counts))
            if status in operation.statuses
            else ""
            for status in statuses
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def _cell(words: str) -> str:
    """Keep words from being read as markup or as the end of a cell."""
    for sign in "\\`*_|<>[]":
        words = words.replace(sign, f"\\{sign}")
    return " ".join(words.split())
