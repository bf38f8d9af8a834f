"""Breaks the client on purpose, one fault at a time, and sees which layer of the tests notices."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from itertools import chain
from pathlib import Path

from . import command
from .consumer_edges import EDGES
from .consumer_files import FILES
from .consumer_flows import FLOWS
from .consumer_jobs import JOBS
from .consumer_journal import JOURNAL
from .consumer_looks import LOOKS
from .consumer_mutants import ClientMutant
from .consumer_readings import READINGS
from .consumer_streams import STREAMS
from .consumer_transports import TRANSPORTS
from .judging import Layer, Trial
from .killers import remembered
from .trees import ROOT, Kill, Tree

MUTANTS: tuple[ClientMutant, ...] = (
    *FLOWS,
    *READINGS,
    *EDGES,
    *JOBS,
    *LOOKS,
    *JOURNAL,
    *TRANSPORTS,
    *FILES,
    *STREAMS,
)
KILLERS = Path(__file__).with_name("consumer_killers.json")

# By layer, in the order of their yield for the time they cost. What each line of a layer names is
# tried beside the others while nothing is broken. The tests of sandbox and spec are left out: they
# do not touch the client.
LAYERS: dict[str, tuple[str, ...]] = {
    "unit": ("unit/flows/test_*.py", "unit/test_*.py", "unit/learning", "unit/batch"),
    "wire": ("wire",),
    "consumer": ("consumer",),
    "journey": (
        "journey/test_client.py",
        "journey/test_listening.py",
        "journey/test_learned.py",
        "journey/test_downloads.py",
        "journey/test_seeing.py",
        "journey/test_threads.py",
        "journey/test_canary.py",
    ),
}


def layers(without: Sequence[str] = (), source: Path = ROOT) -> list[Layer[ClientMutant]]:
    """Return the layers of a checkout, but for some."""
    return [
        Layer(
            name,
            partial(_look, list(chain.from_iterable(parts))),
            [partial(Tree.first_failure, tests=tests) for tests in parts],
        )
        for name in LAYERS
        if name not in without and (parts := parts_of(name, source))
    ]


def parts_of(layer: str, source: Path = ROOT) -> list[list[str]]:
    """Return a layer's tests, part by part; a layer that is not in the checkout has none."""
    folder = source / "contract_tests"
    found = (sorted(folder.glob(pattern)) for pattern in LAYERS[layer])
    return [[str(path.relative_to(source)) for path in part] for part in found if part]


def _look(tests: Sequence[str], tree: Tree, mutant: ClientMutant) -> Kill | None:
    """Run the tests named after the broken module, then the others.

    pytest collects all that it is given before it runs the first, so most mutants cost less so.
    """
    subject = f"test_{Path(mutant.module).stem.strip('_')}.py"
    own = [test for test in tests if Path(test).name == subject]
    others = [test for test in tests if test not in own]
    return next(
        (kill for part in (own, others) if part and (kill := tree.first_failure(part))), None
    )


def broken(root: Path, mutant: ClientMutant) -> tuple[str, str]:
    """Return the file that a mutant changes, and its text with the fault in it.

    Raises StaleError as :meth:`ClientMutant.applied` does.
    """
    path = root / mutant.file
    return mutant.file, mutant.applied(path.read_text(encoding="utf-8") if path.exists() else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print what became of each mutant, and return 1 unless all were noticed or excused."""
    parser = command.parser("contract_tests.mutation.consumer")
    parser.add_argument("--without", nargs="+", default=[], choices=LAYERS, help="layers left out")
    options = parser.parse_args(arguments)
    trial = Trial(
        layers(options.without), broken, remembered(KILLERS), enough=command.enough(options)
    )
    return command.carry_out(
        options,
        lambda: command.judged(options, MUTANTS, trial),
        layers=[layer.name for layer in trial.layers],
        killers=KILLERS,
        every=[mutant.name for mutant in MUTANTS],
    )


if __name__ == "__main__":
    sys.exit(main())
