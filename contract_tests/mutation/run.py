"""One trial: a sandbox with a mutant switched on, and what each layer of the harness finds."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, Literal, cast

from chainhub_fal_sandbox import Sandbox

from ..contract import Contract
from ..harness.findings import Finding, Layer, Ledger
from ..harness.sandboxes import by_turns
from ..harness.target import Dialect, Target
from .provider import MUTANTS
from .provider_mutant import Mutant

_PACKAGE = (__package__ or "").rpartition(".")[0]
# In the order of their yield for the time they cost.
LAYERS: Mapping[str, str] = {
    name: f"{_PACKAGE}.{name}.layer" for name in ("suite", "semantics", "conformance")
}
_UNBROKEN = "unbroken"
_DIALECTS: tuple[Dialect, ...] = ("gateway", "fal")
_TIMEOUT = 10.0  # seconds; on a busy machine a large picture takes its time to draw
_WAIT = 0.3  # seconds that a job queues, and runs, where a mutant needs jobs that wait
_WORKERS = 1_000_000  # so that jobs wait for the clock, and not for each other

State = Literal["killed", "clean", "error", "missing"]


@dataclass(frozen=True)
class Verdict:
    """What one layer made of a mutant; ``rule`` and ``text`` are the first finding's."""

    layer: str
    state: State
    rule: str = ""
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Trial:
    """How to try a mutant: the layers by name and module, in order, and the seed.

    With ``matrix`` every layer has its say; without it the first kill ends the trial.
    """

    layers: Mapping[str, str]
    seed: int = 1
    matrix: bool = False

    def __call__(self, name: str) -> Iterator[Verdict]:
        """Try a mutant, or an unbroken system, by name; yields each layer's verdict as it comes.

        Raises KeyError for an unknown name.
        """
        found, seed = subject(name, self.seed)
        yield from examine(found, self.layers, seed=seed, matrix=self.matrix)


def unbroken_names(seeds: Sequence[int]) -> list[str]:
    """Name the trials of the unbroken system: each dialect, jobs at once or waiting, each seed."""
    kinds = [(dialect, pace) for dialect in _DIALECTS for pace in ("instant", "waiting")]
    return [f"{_UNBROKEN} {dialect} {pace} {seed}" for seed in seeds for dialect, pace in kinds]


def subject(name: str, seed: int) -> tuple[Mutant, int]:
    """Return what a name stands for, and the seed to try it with."""
    if not name.startswith(_UNBROKEN):
        return MUTANTS[name], seed
    _, dialect, pace, own_seed = name.split()
    why = "whatever is found here is a false alarm"
    waiting = pace == "waiting"
    nothing = Mutant(name, "schema", why, tuple, cast("Dialect", dialect), waiting)
    return nothing, int(own_seed)


def examine(
    mutant: Mutant, layers: Mapping[str, str], *, seed: int, matrix: bool
) -> Iterator[Verdict]:
    """Run layers against a fresh sandbox each; stops at the first kill unless it is a matrix."""
    for name, module in layers.items():
        verdict = _verdict(name, module, mutant, seed)
        yield verdict
        if verdict.state == "killed" and not matrix:
            return


def _verdict(name: str, module: str, mutant: Mutant, seed: int) -> Verdict:
    began = time.monotonic()
    try:
        layer = load_layer(module)
        if layer is None:
            return Verdict(name, "missing", text=f"{module} is not there")
        findings = _findings(name, layer, mutant, seed)
    except Exception as error:  # noqa: BLE001 - a layer that breaks down has proven nothing
        text = f"{type(error).__name__}: {error}"
        return Verdict(name, "error", text=text, seconds=time.monotonic() - began)
    seconds = time.monotonic() - began
    first = next((finding for finding in findings if finding.level == "error"), None)
    if first is None:
        return Verdict(name, "clean", seconds=seconds)
    text = f"{first.operation}: {first.message}"
    return Verdict(name, "killed", first.rule, text, seconds)


def load_layer(module: str) -> Layer | None:
    """Import a layer; None if it is not there. What it raises while it is read passes through."""
    try:
        return cast("Layer", import_module(module).run)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            return None
        raise


class BrokenMutantError(Exception):
    """The mutant's own code broke down: a kill would be for a crash that nobody meant."""


class _Breakdowns(logging.Handler):
    """Collects what the server caught, which the layer under trial only sees as a 500."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception's own words."""
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{type(error).__name__}: {error}" if error else record.getMessage())


def _findings(name: str, layer: Layer, mutant: Mutant, seed: int) -> list[Finding]:
    breakdowns, log = _Breakdowns(), logging.getLogger("uvicorn.error")
    log.addHandler(breakdowns)
    try:
        findings = _tested(name, layer, mutant, seed)
    finally:
        log.removeHandler(breakdowns)
    if breakdowns.found:
        raise BrokenMutantError(breakdowns.found[0])
    return findings


def _tested(name: str, layer: Layer, mutant: Mutant, seed: int) -> list[Finding]:
    with Sandbox(
        dialect=mutant.dialect,
        unrouted="404",
        foreign_images="invent",
        workers=_WORKERS,
        **_pace(name, waiting=mutant.waiting),
    ) as sandbox:
        for fault in mutant.make():
            sandbox.faults.add(fault.operation, fault, times=None)
        target = Target(sandbox.base_url, sandbox.key, mutant.dialect, _TIMEOUT)
        return layer(target, _contract(), Ledger(), seed=seed, first=True)


def _pace(layer: str, *, waiting: bool) -> dict[str, Any]:  # fields of the sandbox's settings
    """Say how long jobs queue and run, in seconds."""
    if not waiting:
        return {"queue_seconds": 0, "run_seconds": 0}
    if layer == "conformance":  # it takes its steps at random: no clock may decide what it meets
        return {"queue_seconds": 0, "run_seconds": by_turns()}
    return {"queue_seconds": _WAIT, "run_seconds": _WAIT}


@lru_cache(maxsize=1)
def _contract() -> Contract:
    return Contract.load()
