"""Runs a batch with and without a journal, in turns; what it took goes to stdout as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path

from chainhub_fal import AsyncClient

from .given import ENDPOINT, quick_inputs

Took = tuple[float, float]
"""Seconds by the clock, and seconds of work of this process, the journal's thread with it."""


async def timed(client: AsyncClient, jobs: int, concurrency: int, journal: Path | None) -> Took:
    """Run one batch and return what it took; raises AssertionError if an input fails."""
    began, worked = time.perf_counter(), time.process_time()
    batch = client.map(ENDPOINT, quick_inputs(jobs), concurrency=concurrency, journal=journal)
    async for item in batch:
        assert item.ok, item.error
    return time.perf_counter() - began, time.process_time() - worked


async def pairs(jobs: int, concurrency: int, rounds: int, folder: Path) -> list[tuple[Took, Took]]:
    """Return what it took without and with a journal in each round; one before warms up."""
    measured = []
    async with AsyncClient() as client:
        await timed(client, jobs, concurrency, None)
        for number in range(rounds):
            without = await timed(client, jobs, concurrency, None)
            journal = folder / f"{number}.db"
            measured.append((without, await timed(client, jobs, concurrency, journal)))
    return measured


def main() -> None:
    """Measure what the arguments say and tell it."""
    parser = ArgumentParser(prog="cost_child")
    parser.add_argument("folder", type=Path)
    for name in ("jobs", "concurrency", "rounds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    given = parser.parse_args()
    measured = asyncio.run(pairs(given.jobs, given.concurrency, given.rounds, given.folder))
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
