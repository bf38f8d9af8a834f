"""The tests that killed a mutant before: a file that says where to look first, and no more.

What it names is tried as any other test is, so an outdated line costs time and proves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, cast

from .outcomes import Outcome

Killers: TypeAlias = Mapping[str, Mapping[str, str]]
"""By mutant and layer, a test as pytest names it."""


def remembered(path: Path) -> Killers:
    """Read such a file; where there is none, nothing is known."""
    if not path.exists():
        return {}
    return cast("Killers", json.loads(path.read_text(encoding="utf-8")))


def remember(path: Path, outcomes: Sequence[Outcome], every: Sequence[str]) -> None:
    """Add to the file what killed these mutants, and drop what is not among ``every`` name."""
    known = {name: dict(tests) for name, tests in remembered(path).items() if name in every}
    for outcome in outcomes:
        tests = {layer: test for layer, test in outcome.kills if test}
        if tests:
            known[outcome.name] = known.get(outcome.name, {}) | tests
    path.write_text(f"{json.dumps(known, indent=1, sort_keys=True)}\n", encoding="utf-8")
