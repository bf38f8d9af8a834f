"""The semantics layer: runs every scenario against a target and returns what broke a rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from . import access, scenarios
from .bench import Bench
from .endpoints import Endpoint, endpoints
from .exchange import UnansweredError, Wire
from .latency import slow_operations
from .machine import walk
from .report import EnoughError, Report
from .served import note_unserved

Scenario = Callable[[Bench, Endpoint], None]

# The first ones find the most: with `first`, a faulty target is known after a few requests.
SCENARIOS: tuple[Scenario, ...] = (
    note_unserved,
    scenarios.whole_life,
    access.key_is_needed,
    access.key_is_asked_first,
    access.unknown_ids_are_unknown,
    access.foreign_ids_are_unknown,
    scenarios.cancelled,
    scenarios.two_at_once,
    scenarios.invalid,
    scenarios.repeated,
)


def run(
    target: Target, contract: Contract, ledger: Ledger, *, seed: int, first: bool
) -> list[Finding]:
    """Hold a target to every rule; with ``first`` stop at the first error.

    Submits paid jobs. Raises ValueError if the contract has no endpoint, or one for whose input
    no rule is known: then nothing could be proven.
    """
    found = tuple(endpoints(contract))
    if not found:
        raise ValueError("the contract has no operation whose ticket links to status and result")
    report = Report(seed, first)
    with Wire(target, ledger) as wire:
        # The dice choose inputs, and guard no secret.
        bench = Bench(wire, report, Random(seed))  # noqa: S311
        try:
            _run(bench, found, seed)
        except EnoughError:
            return report.findings
        for operation, message in slow_operations(wire.seconds):
            report.note("latency_budget", operation, message, level="warning")
    return report.findings


def _run(bench: Bench, found: Sequence[Endpoint], seed: int) -> None:
    for endpoint in found:
        for scenario in SCENARIOS:
            try:
                scenario(bench, endpoint)
            except UnansweredError as error:
                bench.report.unanswered(error)
    bench.wire.phase = "semantics machine"
    try:
        walk(bench, found, seed)
    except UnansweredError as error:
        bench.report.unanswered(error)
