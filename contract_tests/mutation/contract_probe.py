"""Holds a sandbox that serves one contract to what another says: do the suite's rules notice?"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from chainhub_fal_sandbox import Sandbox

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Dialect, Target

_DIALECTS: tuple[Dialect, ...] = ("gateway", "fal")
NOTICED = 10
"""The exit code that says so; Python's own for a crash are lower."""


def findings(claimed: Path, served: Path) -> Iterator[Finding]:
    """Yield what the suite finds, dialect by dialect.

    Raises ValueError or LookupError when the claimed contract cannot be compiled at all, and
    whatever the suite raises over a contract it cannot follow.
    """
    from ..suite.layer import run  # noqa: PLC0415 - a checkout without the suite has other layers

    contract = Contract.load(claimed)
    for dialect in _DIALECTS:
        with Sandbox(
            dialect=dialect,
            contract=served,
            unrouted="404",
            foreign_images="invent",
            queue_seconds=0,
            run_seconds=0,
        ) as sandbox:
            target = Target(sandbox.base_url, sandbox.key, dialect)
            found = run(target, contract, Ledger(), seed=0, first=True)
            yield from (finding for finding in found if finding.level == "error")


def main(arguments: Sequence[str]) -> int:
    """Print the first finding; return NOTICED if there is one, or if the suite cannot go on."""
    claimed, served = map(Path, arguments)
    try:
        finding = next(findings(claimed, served), None)
    except Exception as error:  # noqa: BLE001 - a suite that cannot go on is red, as a CI would see it
        sys.stdout.write(f"the suite cannot go on: {type(error).__name__}: {error}\n")
        return NOTICED
    if finding is None:
        return 0
    sys.stdout.write(f"{finding.operation} {finding.rule}: {finding.message}\n")
    return NOTICED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
