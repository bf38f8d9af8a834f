"""One trial: a sandbox with a mutant switched on, and what each layer of the harness finds."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from ..harness.findings import Finding
from ..harness.target import Dialect
from .mechanical import catalogue
from .provider import MUTANTS
from .provider_mutant import Group, Mutant
from .provider_world import WORLDS, World, examine_world, load_layer

_UNBROKEN = "unbroken"
# What a group is about decides who finds it soonest; elsewhere the order of the layers does.
_FIRST: Mapping[Group, str] = {"identity": "semantics", "files": "semantics"}

State = Literal["killed", "warned", "clean", "error", "missing"]


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

    The layers are asked until ``kills`` of them have killed it: one is enough to know that it is
    caught, two to know that no layer is alone in that. ``thorough`` lets a layer take its time.
    ``worlds`` says where each mechanical mutant is tried; ``usual`` names the rules that warn of
    the unbroken system too, and so tell nothing.
    """

    layers: Mapping[str, str]
    seed: int = 1
    kills: int = 1
    thorough: bool = False
    worlds: Mapping[str, World] = field(default_factory=dict)
    usual: frozenset[str] = frozenset()

    def __call__(self, name: str) -> Iterator[Verdict]:
        """Try a mutant, or an unbroken system, by name; yields each layer's verdict as it comes.

        Raises KeyError for an unknown name.
        """
        if name.startswith(_UNBROKEN):
            mutant, seed = _unbroken(name)
            yield from examine(mutant, replace(self, seed=seed))
        else:
            yield from examine(self.mutant(name), self)

    def mutant(self, name: str) -> Mutant:
        """Return a mutant by its name; raises KeyError for an unknown one."""
        if name in self.worlds:
            return catalogue()[name].mutant(self.worlds[name])
        return MUTANTS[name]


def unbroken_names(seeds: Sequence[int]) -> list[str]:
    """Name the trials of the unbroken system: each dialect, jobs at once or waiting, each seed."""
    return [f"{_UNBROKEN} {world} {seed}" for seed in seeds for world in WORLDS]


def _unbroken(name: str) -> tuple[Mutant, int]:
    _, dialect, pace, seed = name.split()
    why = "whatever is found here is a false alarm"
    nothing = Mutant(name, "schema", why, tuple, cast("Dialect", dialect), pace == "waiting")
    return nothing, int(seed)


def examine(mutant: Mutant, trial: Trial) -> Iterator[Verdict]:
    """Run layers against a fresh sandbox each, until enough of them have killed the mutant."""
    killed = 0
    for name in _order(mutant, trial.layers):
        verdict = _verdict(name, mutant, trial)
        yield verdict
        killed += verdict.state == "killed"
        if killed == trial.kills or (verdict.state == "warned" and mutant.equivalent):
            return  # of what does not count, a warning is all that can be asked


def _order(mutant: Mutant, layers: Mapping[str, str]) -> list[str]:
    return sorted(layers, key=lambda name: name != _FIRST.get(mutant.group))


def _verdict(name: str, mutant: Mutant, trial: Trial) -> Verdict:
    began = time.monotonic()
    try:
        layer = load_layer(trial.layers[name])
        if layer is None:
            return Verdict(name, "missing", text=f"{trial.layers[name]} is not there")
        world = World(mutant.dialect, mutant.waiting)
        findings = examine_world(
            layer, world, mutant.make(), seed=trial.seed, thorough=trial.thorough
        )
    except Exception as error:  # noqa: BLE001 - a layer that breaks down has proven nothing
        text = f"{type(error).__name__}: {error}"
        return Verdict(name, "error", text=text, seconds=time.monotonic() - began)
    return _judged(name, findings, trial.usual, time.monotonic() - began)


def _judged(
    name: str, findings: Sequence[Finding], usual: frozenset[str], seconds: float
) -> Verdict:
    """Go by the first error; without one, by the first warning that is not usual."""
    unusual = [each for each in findings if each.level == "error" or each.rule not in usual]
    first = min(unusual, key=lambda each: each.level != "error", default=None)
    if first is None:
        return Verdict(name, "clean", seconds=seconds)
    state: State = "killed" if first.level == "error" else "warned"
    return Verdict(name, state, first.rule, f"{first.operation}: {first.message}", seconds)
