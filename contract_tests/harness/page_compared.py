"""Asks the contract's pipeline whether what is committed is what its sources give."""

from __future__ import annotations

from pathlib import Path

from spec.drift import drift
from spec.errors import SpecError
from spec.sources import Tree

from .page_drift import Drift


def compared(root: Path) -> Drift:
    """Compare a checkout with its sources, which takes seconds."""
    try:
        return Drift(tuple(drift(Tree(root))))
    except (SpecError, OSError) as error:
        return Drift(refusal=str(error))
