"""The report GitHub Actions shows on the lines of a change: workflow commands, one a finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from .findings import Finding
from .report_advice import advice
from .report_text import clean
from .runs import Run


def commands(runs: Sequence[Run], contract: Path) -> Iterator[str]:
    """Yield an annotation for each finding, at the operation's line of the contract."""
    document = contract.read_text("utf-8").splitlines()
    for run in runs:
        for finding in run.findings:
            yield _command(finding, run.name, contract.name, _line_of(document, finding.operation))


def refusal(words: str) -> str:
    """Return the annotation for a server that cannot be tested."""
    return f"::error title=contract::{_data(words)}"


def _command(finding: Finding, run: str, file: str, line: int) -> str:
    title = f"{finding.layer}/{finding.rule} {finding.operation}".rstrip()
    place = f"file={_property(file)},line={line},title={_property(title)}"
    seed = "" if finding.seed is None else f"seed {finding.seed}"
    said = (f"{run}: {finding.message}", advice(finding), finding.curl, seed)
    words = clean("\n".join(filter(None, said)))
    return f"::{finding.level} {place}::{_data(words)}"


def _line_of(document: Sequence[str], operation: str) -> int:
    wanted = f"operationId: {operation}"
    return next((n for n, text in enumerate(document, 1) if text.strip() == wanted), 1)


def _data(words: str) -> str:
    """Escape a message as the workflow commands want it."""
    return words.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")
