"""The rules against a server whose jobs cost money: within a number of them, and with patience."""

from __future__ import annotations

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from .budget import Budget
from .course import hold
from .report import Report

PATIENCE = 120.0  # seconds for one job, its time in a busy queue included


def run_within(
    target: Target,
    contract: Contract,
    ledger: Ledger,
    *,
    seed: int,
    first: bool,
    jobs: int,
    patience: float = PATIENCE,
) -> list[Finding]:
    """Hold a target to the rules that ``jobs`` paid jobs pay for; with 0 it only reads.

    Never sends more submits with the key in them than that, those not counted that were plainly
    refused. What was left out is named in a warning. ``patience`` is how many seconds a job may
    take. Raises ValueError for a negative number of jobs, and where ``layer.run`` does.
    """
    if jobs < 0:
        raise ValueError(f"{jobs} paid jobs were allowed: allow none, or some")
    report = Report(seed, first)
    return hold(target, contract, ledger, report, budget=Budget(jobs), patience=patience)
