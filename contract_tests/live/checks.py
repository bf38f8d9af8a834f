"""The order of a live run: a paid job if there may be one, then what is free, then the rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from ..contract import Contract
from ..harness.coverage_answers import watched
from ..harness.findings import Finding, Ledger
from ..harness.floors import provokable, shortfalls
from ..harness.ledgers import added
from ..harness.runs import LayerRun, Run, without_key
from ..semantics.live import run_within
from . import purchase, readonly
from .gate import GatedTarget
from .spending import CapReachedError

_BY_ASKING = frozenset({401, 404})  # what a caller can bring about without a job
_NOT_SERVED = "route_not_served"  # the semantics layer's word for a route a gateway lacks


def checks(
    target: GatedTarget,
    contract: Contract,
    *,
    seed: int,
    patience: float,
    tell: Callable[[str], None],
) -> Run:
    """Test a live server within its purse; ``patience`` is for one job, in seconds.

    Raises NotTestableError when the server is down, is no API, or refuses the key.
    """
    target.check()
    layers = tuple(_layers(target, contract, seed=seed, patience=patience, tell=tell))
    missing = (*shortfalls(contract, target.dialect, layers), *_unasked(target, contract, layers))
    return Run(f"{target.base_url} ({target.dialect})", target, seed, layers, missing)


def not_served(findings: Iterable[Finding]) -> set[str]:
    """Name the operations that a run found its server to lack."""
    return {found.operation for found in findings if found.rule == _NOT_SERVED}


def _layers(
    target: GatedTarget,
    contract: Contract,
    *,
    seed: int,
    patience: float,
    tell: Callable[[str], None],
) -> Iterator[LayerRun]:
    purse = target.gate.purse
    if purse.cap:
        yield _timed(
            target,
            contract,
            purchase.LAYER,
            purchase.PHASES,
            lambda held, ledger: purchase.buy(target, held, ledger, patience=patience, tell=tell),
        )
    tickets = purse.tickets
    yield _timed(
        target,
        contract,
        readonly.LAYER,
        readonly.PHASES_WITH_JOB if tickets else readonly.PHASES,
        lambda held, ledger: readonly.read_only(target, held, ledger, tickets, seed=seed),
    )
    yield _timed(
        target,
        contract,
        "semantics",
        (),
        lambda held, ledger: run_within(
            target, held, ledger, seed=seed, first=False, jobs=purse.left, patience=patience
        ),
    )


def _timed(
    target: GatedTarget,
    contract: Contract,
    name: str,
    phases: tuple[str, ...],
    work: Callable[[Contract, Ledger], list[Finding]],
) -> LayerRun:
    """Run a layer; a submit over the cap ends it, and is a finding."""
    ledger, started = Ledger(), time.monotonic()
    try:
        found = work(watched(contract, ledger), ledger)
    except CapReachedError as error:
        found = [Finding(name, "over-the-cap", "", str(error))]
    findings = tuple(without_key(each, target.key) for each in found)
    return LayerRun(name, findings, ledger, time.monotonic() - started, phases)


def _unasked(
    target: GatedTarget, contract: Contract, layers: tuple[LayerRun, ...]
) -> Iterator[Finding]:
    """Yield a finding for each refusal that costs nothing and was not met."""
    answers = added(layer.ledger for layer in layers).answers
    lacking = not_served(found for layer in layers for found in layer.findings)
    for name, operation in contract.operations.items():
        if name in lacking:
            continue
        for wanted in provokable(contract, operation, target.dialect):
            if wanted <= _BY_ASKING and not any(answers[name, status] for status in wanted):
                shown = " or ".join(map(str, wanted))
                words = f"it never answered {shown}, which costs nothing to ask for"
                yield Finding("floors", "not-exercised", name, words)
