"""Servers for the suite's own tests: sandboxes that keep the contract, or break one rule of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chainhub_fal_sandbox import Sandbox

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Dialect, Target
from .layer import run

CONTRACT = Contract.load()


@contextmanager
def sandbox(dialect: Dialect, **settings: Any) -> Iterator[Sandbox]:
    """Start a sandbox that keeps the contract; the settings are its own, in seconds."""
    usual = {"unrouted": "404", "foreign_images": "invent", "queue_seconds": 0, "run_seconds": 0}
    with Sandbox(dialect=dialect, **{**usual, **settings}) as started:
        yield started


def examine(
    server: Sandbox,
    contract: Contract = CONTRACT,
    *,
    first: bool = False,
    timeout: float = 10.0,
    seed: int = 1,
    patience: float | None = None,
) -> tuple[list[Finding], Ledger]:
    """Run the suite; return what it found and what it exercised."""
    ledger = Ledger()
    target = Target(server.base_url, server.key, server.settings.dialect, timeout)
    findings = run(target, contract, ledger, seed=seed, first=first, patience=patience)
    return findings, ledger
