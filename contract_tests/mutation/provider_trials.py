"""Every mutant of the provider tried: which there are, where they can be tried, and their fates."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from .mechanical import catalogue
from .mechanical_plan import Plan, answers, planned
from .provider import MUTANTS
from .provider_fates import Fate
from .provider_world import LAYERS
from .run import Trial
from .workers import side_by_side


def all_names() -> list[str]:
    """Name every mutant: those that somebody thought of, then those that the contract makes."""
    return [*MUTANTS, *catalogue()]


def why(name: str) -> str:
    """Say why a mutant matters; raises KeyError for an unknown name."""
    return MUTANTS[name].why if name in MUTANTS else catalogue()[name].why


def plan_of(names: Sequence[str], jobs: int) -> Plan:
    """Find out where each mechanical mutant of these names can be tried, and why others cannot.

    The suite provokes every status that any layer does, so its walk shows all answers there are.
    """
    chosen = [catalogue()[name] for name in names if name in catalogue()]
    return planned(chosen, answers(LAYERS["suite"], jobs)) if chosen else Plan()


def tried(names: Sequence[str], trial: Trial, plan: Plan, *, jobs: int, limit: float) -> list[Fate]:
    """Try every mutant that can be tried; returns their fates in the order of the names.

    ``jobs`` run at a time, each with ``limit`` seconds for every layer. Survivors are named on
    standard error as they come.
    """
    trial = replace(trial, worlds=plan.worlds)
    mutants = {name: trial.mutant(name) for name in names if name not in plan.skipped}
    # What waits goes first: at the end nothing else would fill the time.
    order = sorted(mutants, key=lambda name: mutants[name].group != "time")
    found: dict[str, Fate] = {}
    for name, verdicts in side_by_side(trial, order, jobs=jobs, limit=limit):
        found[name] = Fate(mutants[name], tuple(verdicts))
        row = found[name].row()
        if row.counts and row.killed_by is None:
            sys.stderr.write(f"mutation: {name} lives\n")
    return [found[name] for name in mutants]
