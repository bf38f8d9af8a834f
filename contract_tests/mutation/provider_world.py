"""The world a mutant is tried in: a sandbox of one dialect and pace, faults, and one layer."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib import import_module
from types import ModuleType
from typing import Any, cast, get_args

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.faults import Fault

from ..contract import Contract
from ..harness.findings import Finding, Layer, Ledger
from ..harness.sandboxes import by_turns
from ..harness.target import Dialect, Target

_PACKAGE = (__package__ or "").rpartition(".")[0]
# In the order of their yield for the time they cost.
LAYERS: Mapping[str, str] = {
    name: f"{_PACKAGE}.{name}.layer" for name in ("suite", "semantics", "conformance")
}
_TIMEOUT = 10.0  # seconds; on a busy machine a large picture takes its time to draw
_WAIT = 0.3  # seconds that a job queues, and runs, where a mutant needs jobs that wait
_WORKERS = 1_000_000  # so that jobs wait for the clock, and not for each other


@dataclass(frozen=True)
class World:
    """How a sandbox speaks, and whether its jobs queue and run for a moment or end at once."""

    dialect: Dialect = "gateway"
    waiting: bool = False

    def __str__(self) -> str:
        return f"{self.dialect} {'waiting' if self.waiting else 'instant'}"


WORLDS = tuple(
    World(dialect, waiting) for dialect in get_args(Dialect) for waiting in (False, True)
)


class BrokenMutantError(Exception):
    """The mutant's own code broke down: a kill would be for a crash that nobody meant."""


@lru_cache(maxsize=1)
def contract() -> Contract:
    """Return the contract that layers and mutants go by."""
    return Contract.load()


def load_layer(module: str) -> ModuleType | None:
    """Import a layer; None if it is not there. What it raises while it is read passes through."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            return None
        raise


def examine_world(
    layer: ModuleType,
    world: World,
    faults: Sequence[Fault],
    *,
    seed: int,
    first: bool = True,
    thorough: bool = False,
) -> list[Finding]:
    """Hold a sandbox with faults to the contract by one layer; returns what it finds.

    With ``first`` the layer may stop at its first error. A layer that can be quick about it is,
    unless ``thorough``. Raises BrokenMutantError when a fault's own code broke down.
    """
    breakdowns, log = _Breakdowns(), logging.getLogger("uvicorn.error")
    log.addHandler(breakdowns)
    try:
        with _sandbox(layer, world) as sandbox:
            for fault in faults:
                sandbox.faults.add(fault.operation, fault, times=None)
            target = Target(sandbox.base_url, sandbox.key, world.dialect, _TIMEOUT)
            run = _run_of(layer, thorough=thorough)
            findings = run(target, contract(), Ledger(), seed=seed, first=first)
    finally:
        log.removeHandler(breakdowns)
    if breakdowns.found:
        raise BrokenMutantError(breakdowns.found[0])
    return findings


def _run_of(layer: ModuleType, *, thorough: bool) -> Layer:
    """Take a layer's own word for how many examples tell whether a server is broken."""
    quick = getattr(layer, "FAST_EXAMPLES", None)
    if quick is None or thorough:
        return cast("Layer", layer.run)
    return cast("Layer", partial(layer.run, examples=quick))


def _sandbox(layer: ModuleType, world: World) -> Sandbox:
    return Sandbox(
        dialect=world.dialect,
        unrouted="404",
        foreign_images="invent",
        workers=_WORKERS,
        **_pace(layer, waiting=world.waiting),
    )


def _pace(layer: ModuleType, *, waiting: bool) -> dict[str, Any]:  # fields of Settings
    """Say how long jobs queue and run, in seconds."""
    if not waiting:
        return {"queue_seconds": 0, "run_seconds": 0}
    # It takes its steps at random: no clock may decide what it meets.
    if getattr(layer, "__name__", "") == LAYERS["conformance"]:
        return {"queue_seconds": 0, "run_seconds": by_turns()}
    return {"queue_seconds": _WAIT, "run_seconds": _WAIT}


class _Breakdowns(logging.Handler):
    """Collects what the server caught, which the layer under trial only sees as a 500."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception's own words."""
        error = record.exc_info[1] if record.exc_info else None
        self.found.append(f"{type(error).__name__}: {error}" if error else record.getMessage())
