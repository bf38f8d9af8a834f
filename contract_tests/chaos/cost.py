"""What a journal costs: ``python -m contract_tests.chaos.cost`` compares batches with and without.

Runs are interleaved, so that a busy machine slows both alike; of each pair the ratio is taken, and
of those the median.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from chainhub_fal_sandbox import Sandbox

from .process import PATIENCE, start

LENGTHS = (0.0, 1.0)
"""Seconds that a job runs: no time at all, which only a sandbox can, and a fast model's."""


@dataclass(frozen=True)
class Share:
    """Median milliseconds a job without and with a journal, and the median of their ratios."""

    without: float
    journaled: float
    ratio: float

    def __str__(self) -> str:
        """Say it in a few words."""
        more = f"{self.ratio - 1:+.1%}"
        return f"{self.without:.2f} ms a job without, {self.journaled:.2f} with ({more})"


@dataclass(frozen=True)
class Cost:
    """What a batch takes by the clock, and in work of its process."""

    clock: Share
    work: Share

    def __str__(self) -> str:
        """Say both in a line."""
        return f"by the clock {self.clock}; work {self.work}"


def compare(run_seconds: float, jobs: int, concurrency: int, rounds: int) -> Cost:
    """Run batches of jobs of this length, in turns; raises RuntimeError if they do not end well."""
    with Sandbox(run_seconds=run_seconds, workers=jobs) as sandbox, TemporaryDirectory() as folder:
        sizes = [f"--jobs={jobs}", f"--concurrency={concurrency}", f"--rounds={rounds}"]
        command = [sys.executable, "-m", f"{__package__}.cost_child", folder, *sizes]
        with start(command, sandbox, stdout=subprocess.PIPE) as child:
            told, said = child.communicate(timeout=PATIENCE * rounds)
    if child.returncode != 0:
        raise RuntimeError(f"the batch did not end well: {said}")
    pairs = json.loads(told)
    clock, work = ([tuple(took[which] for took in pair) for pair in pairs] for which in (0, 1))
    return Cost(_share(clock, jobs), _share(work, jobs))


def _share(pairs: Sequence[Sequence[float]], jobs: int) -> Share:
    without, journaled = (
        1000 * statistics.median(side) / jobs for side in zip(*pairs, strict=True)
    )
    return Share(without, journaled, statistics.median(after / before for before, after in pairs))


def main() -> int:
    """Print a line for each length of a job."""
    parser = ArgumentParser(prog="python -m contract_tests.chaos.cost")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=11)
    given = parser.parse_args()
    for seconds in LENGTHS:
        cost = compare(seconds, given.jobs, given.concurrency, given.rounds)
        sys.stdout.write(f"jobs of {seconds:g} s: {cost}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
