"""The semantics layer: holds a target to every rule, whatever number of jobs that takes."""

from __future__ import annotations

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from .budget import Budget
from .course import hold
from .report import Report


def run(
    target: Target, contract: Contract, ledger: Ledger, *, seed: int, first: bool
) -> list[Finding]:
    """Hold a target to every rule; with ``first`` stop at the first error.

    Submits paid jobs without a limit, and waits for each as long as the target may take for an
    answer. Raises ValueError if the contract has no endpoint, or one for whose input no rule is
    known: then nothing could be proven.
    """
    report = Report(seed, first)
    return hold(target, contract, ledger, report, budget=Budget(), patience=target.timeout)
