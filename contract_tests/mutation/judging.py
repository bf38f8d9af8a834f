"""Breaks trees by one mutant after the other, and has each layer look until enough have noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from .killers import Killers
from .outcomes import Outcome, StaleError, UnbrokenIsRedError
from .trees import ROOT, Kill, Tree


class Mutant(Protocol):
    """What the mutants of every catalogue have in common."""

    @property
    def name(self) -> str:
        """What it is called; no two are called the same."""

    @property
    def group(self) -> str:
        """What it is about."""

    @property
    def reason(self) -> str:
        """Why it matters to a user."""

    @property
    def excuse(self) -> str:
        """Why nobody can notice it; empty where somebody must."""


M = TypeVar("M", bound=Mutant)
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Layer(Generic[M]):
    """Who looks at a tree: ``find`` knows by which mutant it is broken, ``proofs`` that it is not.

    All proofs together are what the layer does; each can be carried out beside the others.
    """

    name: str
    find: Callable[[Tree, M], Kill | None]
    proofs: Sequence[Callable[[Tree], Kill | None]]


@dataclass(frozen=True)
class Trial(Generic[M]):
    """How mutants are judged.

    ``breaks`` returns the file of a tree to break and its new text, and raises StaleError where the
    mutant no longer fits. ``known`` says which tests to run first. ``enough`` layers that noticed
    end a trial. With ``excusing``, a mutant's own excuse is heard.
    """

    layers: Sequence[Layer[M]]
    breaks: Callable[[Path, M], tuple[str, str]]
    known: Killers = field(default_factory=dict)
    enough: int = 1
    excusing: bool = True


def judge(
    mutants: Sequence[M],
    trial: Trial[M],
    *,
    jobs: int,
    source: Path = ROOT,
    tell: Callable[[Outcome], object] = lambda _: None,
) -> list[Outcome]:
    """Let the layers look at the unbroken checkout, then at each mutant, ``jobs`` at a time.

    ``tell`` hears of each fate as soon as it is known, in any thread.

    Raises UnbrokenIsRedError when one fails on the unbroken checkout, and ValueError when there is
    nothing to try.
    """
    if not mutants or not trial.layers:
        raise ValueError("there is no mutant to try, or nobody to look at it")
    with ExitStack() as opened:
        trees = [opened.enter_context(Tree.planted(source)) for _ in range(jobs)]
        _prove(trial.layers, trees)

        def decide(tree: Tree, mutant: M) -> Outcome:
            outcome = _fate(trial, tree, mutant)
            tell(outcome)
            return outcome

        return _side_by_side(mutants, trees, decide)


def _prove(layers: Sequence[Layer[M]], trees: Sequence[Tree]) -> None:
    # Layers stand in the order of their yield for the time they cost, so the longest begin here.
    proofs = [(layer, proof) for layer in reversed(layers) for proof in reversed(layer.proofs)]
    found = _side_by_side(proofs, trees, lambda tree, each: each[1](tree))
    for (layer, _), failure in zip(proofs, found, strict=True):
        if failure:
            words = f"{layer.name} fails with nothing broken: {failure.detail}"
            raise UnbrokenIsRedError(words)


def _side_by_side(
    items: Sequence[T], trees: Sequence[Tree], work: Callable[[Tree, T], R]
) -> list[R]:
    """Work on each item in a tree that nobody else is using; returns what comes of it, in order."""
    free = list(trees)

    def take(item: T) -> R:
        tree = free.pop()  # a list's pop and append are atomic, and a worker returns what it took
        try:
            return work(tree, item)
        finally:
            free.append(tree)

    with ThreadPoolExecutor(len(trees)) as workers:
        return list(workers.map(take, items))


def _fate(trial: Trial[M], tree: Tree, mutant: M) -> Outcome:
    about = (mutant.name, mutant.group, mutant.reason)
    try:
        file, text = trial.breaks(tree.root, mutant)
    except StaleError as error:
        return Outcome(*about, None, str(error), stale=True)
    with tree.broken(file, text):
        looks = _looks(trial, tree, mutant)
    kills = [(layer.name, kill) for layer in trial.layers if (kill := looks.get(layer.name))]
    excuse = mutant.excuse if trial.excusing else ""
    first, detail = (kills[0][0], kills[0][1].detail) if kills else (None, excuse)
    return Outcome(
        *about,
        first,
        detail or f"no finding in {', '.join(looks)}",
        excused=bool(excuse),
        looked=tuple(looks),
        kills=tuple((layer, kill.test) for layer, kill in kills),
    )


def _looks(trial: Trial[M], tree: Tree, mutant: M) -> dict[str, Kill | None]:
    """Return what each layer noticed that looked; those that are known to notice go first.

    They begin with the test that they are known for.
    """
    known: Mapping[str, str] = trial.known.get(mutant.name, {})
    looks: dict[str, Kill | None] = {}
    for layer in sorted(trial.layers, key=lambda each: each.name not in known):
        test = known.get(layer.name)
        kill = tree.known_failure(test) if test else None
        looks[layer.name] = kill or layer.find(tree, mutant)
        if sum(map(bool, looks.values())) == trial.enough:
            break
    return looks
