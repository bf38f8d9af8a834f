"""A crowd of jobs in one process, until it is interrupted: what it took goes to stdout as JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
from argparse import ArgumentParser

from chainhub_fal import AsyncClient, Backoff, Client

from .given import ENDPOINT, inputs

# What thousands of jobs that run for minutes are looked at with: to ask each of them every five
# seconds would be a thousand requests a second, of which this measures nothing.
SCHEDULE = Backoff(first=5.0, factor=1.5, cap=60.0)


def run_sync(jobs: int, journal: str) -> None:
    """Have them all in flight with the sync client."""
    with Client(schedule=SCHEDULE) as client:
        for _ in client.map(ENDPOINT, inputs(jobs), concurrency=jobs, journal=journal):
            pass


async def run_async(jobs: int, journal: str) -> None:
    """Have them all in flight with the async client."""
    async with AsyncClient(schedule=SCHEDULE) as client:
        async for _ in client.map(ENDPOINT, inputs(jobs), concurrency=jobs, journal=journal):
            pass


class _Retries(logging.Handler):
    """Keeps what the client says it tried again."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(record.getMessage())


def _peak() -> int:
    """Return the most memory this process has had, in kilobytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // 1024 if sys.platform == "darwin" else peak


def main() -> None:
    """Submit the jobs, wait until interrupted, and tell what it took."""
    parser = ArgumentParser(prog="crowd_child")
    parser.add_argument("colour", choices=("sync", "async"))
    parser.add_argument("journal")
    parser.add_argument("--jobs", type=int, required=True)
    given = parser.parse_args()
    retries = _Retries()
    # That one alone: who has not asked for a log has none written of what becomes of each job.
    logger = logging.getLogger("chainhub_fal._drivers")
    logger.addHandler(retries)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    interrupted = False
    before = _peak()
    try:
        if given.colour == "sync":
            run_sync(given.jobs, given.journal)
        else:
            asyncio.run(run_async(given.jobs, given.journal))
    except KeyboardInterrupt:
        interrupted = True
    tried = [line for line in retries.told if "trying again" in line]
    facts = {"interrupted": interrupted, "before": before, "after": _peak(), "tried_again": tried}
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main()
