"""What the commands for the client's and for the contract's mutants have in common."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeVar

from .fates import Fates, sources_digest
from .judging import Mutant, Trial, judge
from .killers import remember
from .outcomes import Outcome, UnbrokenIsRedError, as_json, lines, losses

M = TypeVar("M", bound=Mutant)
JOBS = 3 * (os.cpu_count() or 1)
"""Mutants at a time, unless another number is asked for: the tests wait more than they work."""


def parser(module: str) -> argparse.ArgumentParser:
    """Make a parser with the options that every such command has."""
    made = argparse.ArgumentParser(prog=f"python -m {module}")
    add = made.add_argument
    add("--jobs", type=int, default=JOBS, help="mutants at a time (default: %(default)s)")
    add(
        "--only",
        action="extend",
        nargs="+",
        default=[],
        metavar="NAME",
        help="these mutants; wildcards work",
    )
    add("--matrix", action="store_true", help="look for two layers that kill each, not for one")
    add("--record", action="store_true", help="remember which test killed which mutant")
    add("--resume", type=Path, metavar="FILE", help="keep each fate there, and judge none twice")
    add("--json", type=Path, metavar="FILE", help="write everything as JSON")
    return made


def chosen(mutants: Sequence[M], patterns: Sequence[str]) -> list[M]:
    """Choose the mutants whose names match one of the patterns; without any, all."""
    return [
        mutant
        for mutant in mutants
        if not patterns or any(fnmatchcase(mutant.name, pattern) for pattern in patterns)
    ]


def judged(options: argparse.Namespace, mutants: Sequence[M], trial: Trial[M]) -> list[Outcome]:
    """Judge the mutants that were asked for; with ``--resume``, those that no run before this has.

    Raises what :func:`judge` does.
    """
    picked = chosen(mutants, options.only)
    if options.resume is None:
        return judge(picked, trial, jobs=options.jobs)
    layers = ", ".join(layer.name for layer in trial.layers)
    fates = Fates(options.resume, f"{sources_digest()}, {trial.enough} of {layers}")
    left = [mutant for mutant in picked if mutant.name not in fates.known]
    if left or not picked:
        judge(left, trial, jobs=options.jobs, tell=fates.add)
    return [fates.known[mutant.name] for mutant in picked]


def enough(options: argparse.Namespace) -> int:
    """Return how many layers must kill a mutant: two that do show that neither is needed alone."""
    return 2 if options.matrix else 1


def carry_out(
    options: argparse.Namespace,
    run: Callable[[], Sequence[Outcome]],
    *,
    layers: Sequence[str],
    killers: Path,
    every: Sequence[str],
) -> int:
    """Run, print and write what became of each mutant; returns 1 unless all is as it should be."""
    began = time.monotonic()
    try:
        outcomes = run()
    except (UnbrokenIsRedError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.record:
        remember(killers, outcomes, every)
    if options.json:
        text = json.dumps(as_json(outcomes, matrix=options.matrix), indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    for outcome in outcomes:
        if outcome.killed_by:
            by = "+".join(layer for layer, _ in outcome.kills)
            sys.stdout.write(f"{by:9} {outcome.name}: {outcome.detail}\n")
    said = [*lines(outcomes), *(losses(outcomes, layers) if options.matrix else ())]
    sys.stdout.writelines(f"{line}\n" for line in [*said, f"{time.monotonic() - began:.0f} s"])
    return int(any(outcome.red for outcome in outcomes))
