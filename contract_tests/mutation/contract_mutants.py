"""Edits the contract so that it lies, one lie at a time, and sees which layer notices."""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

from spec.build import HEADER, build
from spec.documents import dump
from spec.drift import contract_drift
from spec.nodes import JsonMap
from spec.sources import Tree as Sources

from ..contract import OPENAPI, Contract
from . import command
from .contract_answers import ANSWERS
from .contract_edits import ContractMutant, Node
from .contract_inputs import INPUTS
from .contract_probe import NOTICED
from .contract_routes import ROUTES
from .contract_sampling import sampled
from .judging import Layer, Trial
from .killers import remembered
from .outcomes import StaleError
from .trees import ROOT, Kill, Tree

MUTANTS: tuple[ContractMutant, ...] = (*INPUTS, *ANSWERS, *ROUTES)
KILLERS = Path(__file__).with_name("contract_killers.json")
COUNT = 40
"""Mechanical edits that are tried unless another number is asked for."""
_WIDEST = 200  # characters of a detail
# The tests that read the contract, and nothing that is made from it.
_TESTS = {
    "census": "contract_tests/census/test_contract.py",
    "wire": "contract_tests/wire",
}


def layers(*, consistent: bool) -> list[Layer[ContractMutant]]:
    """Return who looks at an edit, in order; where the sources agree with it, drift is blind."""
    found = [] if consistent else [layer("drift", drift)]
    tests = [
        layer(name, partial(Tree.first_failure, tests=[path])) for name, path in _TESTS.items()
    ]
    return [*found, layer("suite", suite), *tests]


def layer(name: str, look: Callable[[Tree], Kill | None]) -> Layer[ContractMutant]:
    """Make a layer that looks the same way at every edit, and at none."""
    return Layer(name, lambda tree, _: look(tree), [look])


def document() -> Node:
    """Return a copy of the true contract, to be edited."""
    return cast("Node", copy.deepcopy(_true()))


@lru_cache(maxsize=1)
def _true() -> object:
    return Contract.load().document


def text_of(edited: Node) -> str:
    """Write a contract as the build writes it, so that no line differs but for the edit."""
    return HEADER + dump(cast("JsonMap", edited))


def broken(_: Path, mutant: ContractMutant) -> tuple[str, str]:
    """Return the contract's name, and its text with the lie in it.

    Raises StaleError when the contract no longer has what the mutant changes.
    """
    edited = document()
    try:
        mutant.edit(edited)
    except StaleError as error:
        raise StaleError(f"{OPENAPI.name}: {error}") from error
    return OPENAPI.name, text_of(edited)


def drift(tree: Tree) -> Kill | None:
    """Compare the tree's contract with what its sources give."""
    said = next(contract_drift(Sources(tree.root), _built()), None)
    return None if said is None else Kill(said[:_WIDEST])


@lru_cache(maxsize=1)
def _built() -> str:
    sources = Sources(ROOT)
    return build(sources.pages(), sources.overlays()).text


def suite(tree: Tree) -> Kill | None:
    """Hold a sandbox that serves the true contract to the tree's."""
    probe = "contract_tests.mutation.contract_probe"
    try:
        ended = tree.run([probe, str(tree.root / OPENAPI.name), str(OPENAPI)])
    except TimeoutError as error:
        return Kill(f"the suite: {error}")
    if ended.code == 0:
        return None
    words = " ".join(ended.text.split())
    return Kill(words[:_WIDEST] if ended.code == NOTICED else words[-_WIDEST:])


def _parser() -> argparse.ArgumentParser:
    parser = command.parser("contract_tests.mutation.contract_mutants")
    add = parser.add_argument
    add("--consistent", action="store_true", help="as if the contract's sources told the lie too")
    add("--count", type=int, default=COUNT, help="mechanical edits to draw (default: %(default)s)")
    add("--seed", type=int, default=0, help="what draws them (default: %(default)s)")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print what became of each edit, and return 1 unless all were noticed or excused.

    An excuse is heard only where the sources agree with the edit: drift must notice any.
    """
    options = _parser().parse_args(arguments)
    drift_alone = not options.consistent and not options.matrix
    trial = Trial(
        layers(consistent=options.consistent),
        broken,
        {} if drift_alone else remembered(KILLERS),
        enough=command.enough(options),
        excusing=options.consistent,
    )
    every = (*MUTANTS, *sampled(document(), options.count, options.seed))
    return command.carry_out(
        options,
        lambda: command.judged(options, every, trial),
        layers=[each.name for each in trial.layers],
        killers=KILLERS,
        every=[mutant.name for mutant in MUTANTS],
    )


if __name__ == "__main__":
    sys.exit(main())
