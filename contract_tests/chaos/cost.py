"""What a journal costs: ``python -m contract_tests.chaos.cost`` compares batches with and without.

Runs are interleaved, so that a busy machine slows both alike, and their medians are compared.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import dataclass

from chainhub_fal_sandbox import Sandbox

from .process import PATIENCE, start

LENGTHS = (0.0, 1.0)
"""Seconds that a job runs: no time at all, which only a sandbox can, and a fast model's."""


@dataclass(frozen=True)
class Cost:
    """Median seconds of a batch without and with a journal, by the clock and of the process."""

    jobs: int
    clock: tuple[float, float]
    work: tuple[float, float]

    def __str__(self) -> str:
        """Say both in a line."""
        (without, journaled), (plain, busy) = self.clock, self.work
        return (
            f"{without:.2f} s without a journal, {journaled:.2f} s with one"
            f" ({journaled / without - 1:+.1%}); work {1000 * plain / self.jobs:.2f} and"
            f" {1000 * busy / self.jobs:.2f} ms a job ({busy / plain - 1:+.1%})"
        )


def compare(run_seconds: float, jobs: int, concurrency: int, rounds: int) -> Cost:
    """Run batches of jobs of this length, in turns; raises RuntimeError if they do not end well."""
    with (
        Sandbox(run_seconds=run_seconds, workers=jobs, foreign_images="invent") as sandbox,
        tempfile.TemporaryDirectory() as folder,
    ):
        sizes = [f"--jobs={jobs}", f"--concurrency={concurrency}", f"--rounds={rounds}"]
        command = [sys.executable, "-m", f"{__package__}.cost_child", folder, *sizes]
        with start(command, sandbox, stdout=subprocess.PIPE) as child:
            told, said = child.communicate(timeout=PATIENCE * rounds)
    if child.returncode != 0:
        raise RuntimeError(f"the batch did not end well: {said}")
    measured = json.loads(told)
    clock, work = ((_median(measured, 0, which), _median(measured, 1, which)) for which in (0, 1))
    return Cost(jobs, clock, work)


def _median(measured: list[list[list[float]]], journaled: int, which: int) -> float:
    return statistics.median(pair[journaled][which] for pair in measured)


def main() -> int:
    """Print a line for each length of a job."""
    parser = ArgumentParser(prog="python -m contract_tests.chaos.cost")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for seconds in LENGTHS:
        cost = compare(seconds, given.jobs, given.concurrency, given.rounds)
        sys.stdout.write(f"jobs of {seconds:g} s: {cost}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
