"""Breaks the client on purpose, one fault at a time, and sees which layer of the tests notices."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from .consumer_edges import EDGES
from .consumer_flows import FLOWS
from .consumer_mutants import ClientMutant
from .consumer_readings import READINGS
from .outcomes import Outcome, StaleError, UnbrokenIsRedError, in_parallel, lines
from .trees import ROOT, Tree

MUTANTS: tuple[ClientMutant, ...] = (*FLOWS, *READINGS, *EDGES)

# By layer, in the order of their yield for the time they cost. The tests of sandbox and spec are
# left out: they do not touch the client.
LAYERS: dict[str, tuple[str, ...]] = {
    "unit": ("unit/flows/test_*.py", "unit/test_*.py"),
    "wire": ("wire",),
    "consumer": ("consumer",),
    "journey": ("journey/test_client.py",),
}


def run(
    jobs: int = 2, only: Sequence[str] = (), *, layers: Sequence[str] = tuple(LAYERS)
) -> list[Outcome]:
    """Try every mutant whose name matches ``only`` (wildcards; none means all) against layers.

    Raises UnbrokenIsRedError when the layers fail on the unbroken client, and ValueError when
    nothing is left to try.
    """
    chosen = [mutant for mutant in MUTANTS if matches(mutant.name, only)]
    return judge(chosen, jobs, paths_of(layers))


def matches(name: str, only: Sequence[str]) -> bool:
    """Tell whether a mutant was asked for."""
    return not only or any(fnmatchcase(name, pattern) for pattern in only)


def paths_of(layers: Sequence[str]) -> list[str]:
    """Return the tests of layers, in order; a layer that is not in the checkout has none."""
    folder = ROOT / "contract_tests"
    patterns = [pattern for layer in layers for pattern in LAYERS[layer]]
    found = [path for pattern in patterns for path in sorted(folder.glob(pattern))]
    return [str(path.relative_to(ROOT)) for path in found]


def judge(mutants: Sequence[ClientMutant], jobs: int, tests: Sequence[str]) -> list[Outcome]:
    """Run the tests on the unbroken client, then on each mutant, ``jobs`` at a time.

    Raises as :func:`run` does.
    """
    if not mutants or not tests:
        raise ValueError("there is no mutant to try, or no test to try it with")
    with ExitStack() as opened:
        folders = [opened.enter_context(tempfile.TemporaryDirectory()) for _ in range(jobs)]
        trees = [Tree(Path(folder)) for folder in folders]
        if failure := trees[0].first_failure(tests):
            raise UnbrokenIsRedError(f"the unbroken client fails already: {failure.detail}")
        return in_parallel(mutants, [partial(_judge_one, tree, tests) for tree in trees])


def _judge_one(tree: Tree, tests: Sequence[str], mutant: ClientMutant) -> Outcome:
    path = tree.root / mutant.file
    try:
        text = mutant.applied(path.read_text(encoding="utf-8") if path.exists() else "")
    except StaleError as error:
        return Outcome(mutant.name, mutant.group, mutant.reason, None, str(error), stale=True)
    with tree.broken(mutant.file, text):
        stages = _stages(mutant, tests)
        kill = next((kill for stage in stages if (kill := tree.first_failure(stage))), None)
    return Outcome(
        mutant.name,
        mutant.group,
        mutant.reason,
        kill.layer if kill else None,
        kill.detail if kill else mutant.excuse or "every test passes",
        excused=kill is None and bool(mutant.excuse),
    )


def _stages(mutant: ClientMutant, tests: Sequence[str]) -> Iterator[Sequence[str]]:
    """Yield the unit tests named after the broken module, then the other ones, then the rest.

    pytest collects all that it is given before it runs the first, so most mutants cost less so.
    """
    subject = f"test_{Path(mutant.module).stem.strip('_')}.py"
    unit = [test for test in tests if "/unit/" in test]
    own = [test for test in unit if Path(test).name == subject]
    others = [test for test in unit if test not in own]
    rest = [test for test in tests if test not in unit]
    yield from (stage for stage in (own, others, rest) if stage)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print what became of each mutant, and return 1 unless all were noticed or excused."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation.consumer")
    parser.add_argument("--jobs", type=int, default=2, help="mutants at a time")
    parser.add_argument("--only", nargs="+", default=[], help="names, with * for any text")
    parser.add_argument("--without", nargs="+", default=[], choices=LAYERS, help="layers left out")
    options = parser.parse_args(arguments)
    layers = [layer for layer in LAYERS if layer not in options.without]
    try:
        outcomes = run(options.jobs, options.only, layers=layers)
    except (UnbrokenIsRedError, ValueError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for outcome in outcomes:
        if outcome.killed_by:
            sys.stdout.write(f"{outcome.killed_by:9} {outcome.name}: {outcome.detail}\n")
    sys.stdout.writelines(f"{line}\n" for line in lines(outcomes))
    return int(any(outcome.red for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
