"""Measures a crowd: thousands of jobs in flight in one process, its memory, and how it leaves.

``python -m contract_tests.chaos.crowd --jobs 5000`` does it in both colours.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from chainhub_fal import read_journal
from chainhub_fal_sandbox import Sandbox

from .process import PATIENCE, start

Colour = Literal["sync", "async"]
COLOURS: tuple[Colour, ...] = ("sync", "async")


@dataclass(frozen=True)
class Measured:
    """What a crowd took: seconds to submit all and to leave, kilobytes a job, and its journal."""

    jobs: int
    submitted_in: float
    left_in: float
    kilobytes: float
    interrupted: bool
    tried_again: tuple[str, ...]
    states: Mapping[str, int]

    def __str__(self) -> str:
        """Say it in a line."""
        return (
            f"{self.jobs} in flight after {self.submitted_in:.1f} s,"
            f" {self.kilobytes:.1f} KB a job, left in {self.left_in:.2f} s,"
            f" {len(self.tried_again)} tried again, journal {dict(self.states)}"
        )


def measure(colour: Colour, jobs: int, journal: Path) -> Measured:
    """Have as many jobs in flight at once, then interrupt; raises AssertionError if it ends early."""
    with Sandbox(run_seconds=3600, workers=jobs, foreign_images="invent") as sandbox:
        module = f"{__package__}.crowd_child"
        command = [sys.executable, "-m", module, colour, str(journal), f"--jobs={jobs}"]
        began = time.monotonic()
        with start(command, sandbox, stdout=subprocess.PIPE) as child:
            try:
                # The last of them is in flight once it is looked at, or written down.
                while not _all_queued(journal, sandbox, jobs):
                    assert child.poll() is None, child.communicate()
                    assert time.monotonic() - began < jobs / 20 + PATIENCE, "they are not submitted"
                    time.sleep(0.1)
                submitted = interrupted = time.monotonic()
                child.send_signal(signal.SIGINT)
                told, said = child.communicate(timeout=PATIENCE)
                left = time.monotonic()
            finally:
                child.kill()
    assert child.returncode == 0, said
    facts = json.loads(told)
    return Measured(
        jobs=jobs,
        submitted_in=submitted - began,
        left_in=left - interrupted,
        kilobytes=(facts["after"] - facts["before"]) / jobs,
        interrupted=facts["interrupted"],
        tried_again=tuple(facts["tried_again"]),
        states=Counter(row.state.value for row in read_journal(journal)),
    )


def _all_queued(journal: Path, sandbox: Sandbox, jobs: int) -> bool:
    if sandbox.paid < jobs:
        return False
    return all(row.ref is not None for row in read_journal(journal))


def main() -> int:
    """Measure both colours and print a line for each."""
    parser = ArgumentParser(prog="python -m contract_tests.chaos.crowd")
    parser.add_argument("--jobs", type=int, default=5000)
    given = parser.parse_args()
    for colour in COLOURS:
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(f"{colour}: {measure(colour, given.jobs, Path(folder, 'run.db'))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
