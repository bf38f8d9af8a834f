"""The report a program reads: every run, finding and count, and what the contract documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from ..contract import Contract
from .findings import Finding, Ledger
from .report_advice import advice
from .report_occasion import Occasion
from .report_text import clean
from .runs import Run

VERSION = 1
"""Of the report's form: it changes when a reader would have to."""


def text(runs: Sequence[Run], contract: Contract, occasion: Occasion) -> str:
    """Return the report as JSON text."""
    words = json.dumps(document(runs, contract, occasion), indent=2, ensure_ascii=False)
    return clean(words) + "\n"


def document(runs: Sequence[Run], contract: Contract, occasion: Occasion) -> dict[str, object]:
    """Return the report as plain values."""
    return {
        "version": VERSION,
        "green": bool(runs) and not any(run.errors for run in runs),
        "started": occasion.started.isoformat(timespec="seconds"),
        "seconds": round(occasion.seconds, 3),
        "command": occasion.command,
        "contract": {"version": occasion.version, "sha256": occasion.digest},
        "operations": [
            {
                "operation": operation.operation_id,
                "method": operation.method,
                "path": operation.template,
                "documented": list(operation.statuses),
            }
            for operation in contract.operations.values()
        ],
        "runs": [_run(run) for run in runs],
    }


def _run(run: Run) -> dict[str, object]:
    return {
        "name": run.name,
        "dialect": run.target.dialect,
        "seed": run.seed,
        "green": not run.errors,
        "layers": [
            {
                "layer": layer.name,
                "seconds": round(layer.seconds, 3),
                "requests": layer.requests,
                "phases": dict(layer.ledger.phases),
            }
            for layer in run.layers
        ],
        "findings": [_finding(finding) for finding in run.findings],
        **_exercised(run.ledger),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {**asdict(finding), "advice": advice(finding)}


def _exercised(ledger: Ledger) -> dict[str, object]:
    names = ("operation", "place", "keyword", "polarity")
    held = ("operation", "status", "place", "keyword")
    return {
        "answers": [
            {"operation": operation, "status": status, "count": count}
            for (operation, status), count in sorted(ledger.answers.items())
        ],
        "keywords": [
            {**dict(zip(names, tried, strict=True)), "count": count}
            for tried, count in sorted(ledger.keywords.items())
        ],
        "reads": [
            {**dict(zip(held, read, strict=True)), "count": count}
            for read, count in sorted(ledger.reads.items())
        ],
    }
