"""Runs the layer against a sandbox of the test's own."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import pytest

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from .layer import run

# Nothing waits for a clock: with these, a job is over when it is first looked at.
AT_ONCE: dict[str, Any] = {"queue_seconds": 0, "run_seconds": 0}
# Time passes by being read, a second at each look, so that a slow machine sees the same states:
# a job stands in the queue for some requests, and runs for some more.
IN_STEPS: dict[str, Any] = {
    "queue_seconds": 20,
    "run_seconds": 20,
    "clock": partial(next, itertools.count()),
}


class Held(Protocol):
    """Holds a sandbox to the rules; ``changes`` are fields of its settings."""

    def __call__(
        self,
        *,
        seed: int = 0,
        first: bool = False,
        timeout: float = 10.0,
        ledger: Ledger | None = None,
        prepare: Callable[[Sandbox], None] | None = None,
        **changes: Any,
    ) -> list[Finding]:
        """Return the findings."""


@pytest.fixture
def held(chainhub_sandbox_factory: SandboxFactory) -> Held:
    def hold(
        *,
        seed: int = 0,
        first: bool = False,
        timeout: float = 10.0,
        ledger: Ledger | None = None,
        prepare: Callable[[Sandbox], None] | None = None,
        **changes: Any,  # the fields of the sandbox's settings
    ) -> list[Finding]:
        sandbox = chainhub_sandbox_factory(**{"unrouted": "404", **AT_ONCE, **changes})
        if prepare is not None:
            prepare(sandbox)
        contract = Contract.load(changes["contract"]) if "contract" in changes else Contract.load()
        target = Target(sandbox.base_url, sandbox.key, sandbox.settings.dialect, timeout)
        return run(target, contract, ledger or Ledger(), seed=seed, first=first)

    return hold
