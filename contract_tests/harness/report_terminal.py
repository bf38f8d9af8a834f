"""The report a person reads first: one line when all is well, otherwise what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .report_text import clean, counted
from .runs import Run

_SHOWN = 20  # findings of one run; the other reports hold them all
# No line of a server's words may begin like one of ours, or like a command to a CI server.
_NEXT_LINE = "\n     | "


def lines(runs: Sequence[Run]) -> Iterator[str]:
    """Yield the lines of the summary."""
    for run in runs:
        for finding in run.findings[:_SHOWN]:
            word = "FAIL" if finding.level == "error" else "warn"
            about = " ".join(filter(None, (finding.operation, finding.message)))
            yield _said(f"{word} {run.name}: {finding.layer}/{finding.rule}: {about}")
            if finding.curl:
                yield _said(f"     {finding.curl}")
        if hidden := len(run.findings) - _SHOWN:
            yield from [f"     and {hidden} more of {run.name}"] if hidden > 0 else []
    yield verdict(runs)


def verdict(runs: Sequence[Run]) -> str:
    """Say in one line how it went and what was done."""
    errors = sum(len(run.errors) for run in runs)
    warnings = sum(len(run.findings) for run in runs) - errors
    colour = "green" if runs and not errors else f"red, {counted(errors, 'finding')}"
    parts = [f"conformance: {colour}"]
    parts += [f"{run.name} {counted(run.requests, 'request')}" for run in runs]
    parts += [counted(warnings, "warning")] if warnings else []
    names = dict.fromkeys(layer.name for run in runs for layer in run.layers)
    parts += [", ".join(names), *dict.fromkeys(f"seed {run.seed}" for run in runs)]
    seconds = sum(layer.seconds for run in runs for layer in run.layers)
    return "; ".join([*parts, f"{seconds:.1f} s"])


def _said(words: str) -> str:
    return _NEXT_LINE.join(clean(words).splitlines())
