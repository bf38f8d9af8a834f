"""Edits the contract so that it lies, one lie at a time, and sees which layer notices."""

from __future__ import annotations

import argparse
import copy
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

from spec.build import HEADER, build
from spec.documents import dump
from spec.drift import contract_drift
from spec.nodes import JsonMap
from spec.sources import Tree as Sources

from ..contract import OPENAPI, Contract
from .consumer import matches
from .contract_edits import ContractMutant, Node
from .contract_named import CONTENT
from .contract_probe import NOTICED
from .contract_routes import ROUTES
from .contract_sampling import sampled
from .outcomes import Outcome, StaleError, UnbrokenIsRedError, in_parallel, lines
from .trees import ROOT, Kill, Tree

MUTANTS: tuple[ContractMutant, ...] = (*CONTENT, *ROUTES)
COUNT = 40
"""Mechanical edits that are tried unless another number is asked for."""
_WIDEST = 200  # characters of a detail
_SUITE = "contract_tests.suite.layer"

Layer = Callable[[Tree], Kill | None]


def run(
    jobs: int = 2,
    only: Sequence[str] = (),
    *,
    consistent: bool = False,
    count: int = COUNT,
    seed: int = 0,
) -> list[Outcome]:
    """Try every edit whose name matches ``only``, and ``count`` mechanical ones drawn by ``seed``.

    With ``consistent`` the sources are taken to agree with the edit, so that drift is blind.
    Raises UnbrokenIsRedError when a layer fails on the true contract, and ValueError when nothing
    is left to try.
    """
    every = (*MUTANTS, *sampled(document(), count, seed))
    return judge(
        [mutant for mutant in every if matches(mutant.name, only)],
        jobs,
        layers(consistent=consistent),
    )


def layers(*, consistent: bool) -> list[Layer]:
    """Return who looks at an edit, in order; a checkout without the suite has one layer less."""
    found: list[Layer] = [] if consistent else [drift]
    if importlib.util.find_spec(_SUITE):
        found.append(suite)
    return [*found, wire]


def document() -> Node:
    """Return a copy of the true contract, to be edited."""
    return cast("Node", copy.deepcopy(_true()))


@lru_cache(maxsize=1)
def _true() -> object:
    return Contract.load().document


def text_of(edited: Node) -> str:
    """Write a contract as the build writes it, so that no line differs but for the edit."""
    return HEADER + dump(cast("JsonMap", edited))


def drift(tree: Tree) -> Kill | None:
    """Compare the tree's contract with what its sources give."""
    said = next(contract_drift(Sources(tree.root), _built()), None)
    return None if said is None else Kill("drift", said[:_WIDEST])


@lru_cache(maxsize=1)
def _built() -> str:
    sources = Sources(ROOT)
    return build(sources.pages(), sources.overlays()).text


def suite(tree: Tree) -> Kill | None:
    """Hold a sandbox that serves the true contract to the tree's."""
    probe = ["-m", "contract_tests.mutation.contract_probe"]
    try:
        ended = tree.run([*probe, str(tree.root / OPENAPI.name), str(OPENAPI)])
    except subprocess.TimeoutExpired:
        return Kill("suite", "it did not end")
    if ended.returncode == 0:
        return None
    words = ended.stdout if ended.returncode == NOTICED else ended.stderr[-_WIDEST:]
    return Kill("suite", " ".join(words.split())[:_WIDEST])


def wire(tree: Tree) -> Kill | None:
    """Run the client against a router that is made from the tree's contract."""
    return tree.first_failure(["contract_tests/wire"])


def judge(mutants: Sequence[ContractMutant], jobs: int, looks: Sequence[Layer]) -> list[Outcome]:
    """Let each layer look at the true contract, then at each edit, ``jobs`` at a time.

    Raises as :func:`run` does.
    """
    if not mutants or not looks:
        raise ValueError("there is no edit to try, or nobody to look at it")
    with ExitStack() as opened:
        folders = [opened.enter_context(tempfile.TemporaryDirectory()) for _ in range(jobs)]
        trees = [Tree(Path(folder)) for folder in folders]
        if failure := _first(looks, trees[0]):
            words = f"{failure.layer} fails on the true contract: {failure.detail}"
            raise UnbrokenIsRedError(words)
        return in_parallel(mutants, [partial(_judge_one, tree, looks) for tree in trees])


def _first(looks: Sequence[Layer], tree: Tree) -> Kill | None:
    return next((kill for look in looks if (kill := look(tree))), None)


def _judge_one(tree: Tree, looks: Sequence[Layer], mutant: ContractMutant) -> Outcome:
    edited = document()
    try:
        mutant.edit(edited)
    except StaleError as error:
        return Outcome(mutant.name, mutant.group, mutant.reason, None, str(error), stale=True)
    with tree.broken(OPENAPI.name, text_of(edited)):
        kill = _first(looks, tree)
    return Outcome(
        mutant.name,
        mutant.group,
        mutant.reason,
        kill.layer if kill else None,
        kill.detail if kill else f"only drift can tell: {mutant.excuse or 'nobody looks there'}",
        excused=kill is None and bool(mutant.excuse),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print what became of each edit, and return 1 unless all were noticed or excused."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation.contract_mutants")
    parser.add_argument("--jobs", type=int, default=2, help="edits at a time")
    parser.add_argument("--only", nargs="+", default=[], help="names, with * for any text")
    parser.add_argument("--consistent", action="store_true", help="as if the sources agreed")
    parser.add_argument("--count", type=int, default=COUNT, help="mechanical edits to draw")
    parser.add_argument("--seed", type=int, default=0, help="what draws them")
    options = parser.parse_args(arguments)
    try:
        outcomes = run(**vars(options))
    except (UnbrokenIsRedError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for outcome in outcomes:
        if outcome.killed_by:
            sys.stdout.write(f"{outcome.killed_by:6} {outcome.name}: {outcome.detail}\n")
    sys.stdout.writelines(f"{line}\n" for line in lines(outcomes))
    return int(any(outcome.red for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
