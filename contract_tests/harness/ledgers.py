"""Several ledgers as one."""

from __future__ import annotations

from collections.abc import Iterable

from .findings import Ledger


def added(ledgers: Iterable[Ledger]) -> Ledger:
    """Return a new ledger that holds what all of them counted."""
    total = Ledger()
    for ledger in ledgers:
        total.answers.update(ledger.answers)
        total.keywords.update(ledger.keywords)
        total.phases.update(ledger.phases)
        total.reads.update(ledger.reads)
    return total
