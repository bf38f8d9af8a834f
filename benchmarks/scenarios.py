"""What is measured: who takes part, with which jobs, how often, and for how long at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from .lengths import SHORT, Draw, lognormal, pareto, scaled

LONG = 3600.0
"""Seconds; a job that stays pending for as long as it is asked for."""
LONGEST_TAIL = 40.0
"""Seconds at which the heavy tail is cut off: a run must end some day."""
HEAVY = pareto(0.6, 1.2, LONGEST_TAIL)
CHANGE = 4.0
CROWD = lognormal(10.0, 0.35, 5.0, 25.0)
FILE_SIZE = 1024 * 1024
_LOOPS = ("httpx", "aiohttp")
_CLIENTS = ("fal-client", "replicate", "openai", "generated")
_OURS = (
    "chainhub-fal",
    "chainhub-fal, thrift",
    "chainhub-fal, gateway",
    "chainhub-fal, stream",
    "chainhub-fal + aiohttp",
)


@dataclass(frozen=True)
class Scenario:
    """One table of the report. Times are seconds."""

    name: str
    title: str
    about: str
    kind: str
    peers: tuple[str, ...]
    baseline: str
    jobs: int
    at_once: int = 1
    limit: float = 60.0
    """A peer's whole turn, the start of its process included."""
    rounds: int = 3
    lengths: Draw | None = None
    workers: int | None = None
    backlog: float = 0.0
    """How long the first submit waits for work that stands before it."""
    faults: float = 0.0
    phases: tuple[int, ...] = ()
    """Jobs of each regime, where times change; every second regime is CHANGE times as long."""
    quick: Mapping[str, int | float] = field(default_factory=dict)
    """What is smaller in a quick run."""

    def quickly(self) -> Scenario:
        """Return the same in little time: one round, fewer jobs."""
        smaller: dict[str, Any] = {"rounds": 1, **self.quick}
        if "jobs" in self.quick and self.phases:
            each = int(self.quick["jobs"]) // len(self.phases)
            smaller["phases"] = tuple(each for _ in self.phases)
        return replace(self, **smaller)

    def plan(self, seed: int) -> dict[str, object]:
        """Return a round for the server: the same for every peer that takes part in it."""
        random = Random(f"{self.name} {seed}")
        return {
            "lengths": self._lengths(random),
            "workers": self.workers,
            "backlog": self._backlog(random),
            "faults": self.faults,
            "seed": seed,
            "file_size": FILE_SIZE if self.kind == "downloads" else 1024,
        }

    def _lengths(self, random: Random) -> list[float]:
        if self.lengths is None:
            return [LONG if self.kind == "calls" else 0.0]
        if not self.phases:
            return [self.lengths(random) for _ in range(self.jobs)]
        return [
            (scaled(self.lengths, CHANGE) if phase % 2 else self.lengths)(random)
            for phase, jobs in enumerate(self.phases)
            for _ in range(jobs)
        ]

    def _backlog(self, random: Random) -> list[float]:
        """Return lengths of jobs in front that keep every worker busy for the backlog's time."""
        wanted = self.backlog * (self.workers or 0)
        lengths: list[float] = []
        while sum(lengths) < wanted:
            lengths.append(SHORT(random))
        return lengths


_ALL = (
    Scenario(
        "calls",
        "One status call",
        "CPU time of one status call about a pending job, one after the other, client side.",
        "calls",
        (
            "httpx",
            "httpx sync",
            "aiohttp",
            "httpx-aiohttp",
            "fal-client",
            "fal-client sync",
            "replicate",
            "openai",
            "generated",
            "generated sync",
            "chainhub-fal",
            "chainhub-fal sync",
            "chainhub-fal, gateway",
            "chainhub-fal + aiohttp",
        ),
        baseline="httpx",
        jobs=400,
        rounds=7,  # many short rounds: neighbours in one round meet the same noise
        limit=30,
        quick={"jobs": 200, "rounds": 3},
    ),
    Scenario(
        "short",
        "Short jobs",
        "200 jobs, 20 at a time, lognormal with median 1.2 s (0.6 to 3 s), from cold.",
        "jobs",
        (*_LOOPS, *_CLIENTS, *_OURS),
        baseline="fal-client",
        jobs=200,
        at_once=20,
        limit=60,
        lengths=SHORT,
        quick={"jobs": 60},
    ),
    Scenario(
        "heavy",
        "Heavy tail",
        f"120 jobs, 20 at a time, Pareto from 0.6 s with alpha 1.2, cut off at {LONGEST_TAIL:g} s, "
        "from cold.",
        "jobs",
        ("fal-client", "replicate", "openai", *_OURS),
        baseline="fal-client",
        jobs=120,
        at_once=20,
        limit=120,
        rounds=2,
        lengths=HEAVY,
        quick={"jobs": 40},
    ),
    Scenario(
        "backlog",
        "A queue of 60 s",
        "10 jobs behind 60 s of other people's work, 4 workers, the queue position counting down.",
        "jobs",
        ("httpx", *_CLIENTS[:3], *_OURS),
        baseline="fal-client",
        jobs=10,
        at_once=10,
        limit=100,
        rounds=2,
        lengths=SHORT,
        workers=4,
        backlog=60.0,
        quick={"backlog": 12.0, "limit": 40},
    ),
    Scenario(
        "regime",
        "Times that change",
        f"Three regimes of 60 short jobs, 8 at a time: as usual, {CHANGE:g} times as long, and "
        "as usual again.",
        "jobs",
        ("fal-client", "chainhub-fal", "chainhub-fal, thrift"),
        baseline="fal-client",
        jobs=180,
        at_once=8,
        limit=150,
        rounds=1,
        lengths=SHORT,
        phases=(60, 60, 60),
        quick={"jobs": 48},
    ),
    Scenario(
        "thousand",
        "1,000 in flight",
        "1,000 jobs at once from one process, lognormal with median 10 s (5 to 25 s).",
        "jobs",
        (
            *_LOOPS,
            "httpx-aiohttp",
            *_CLIENTS,
            "chainhub-fal",
            "chainhub-fal map",
            "chainhub-fal sync map",
            "chainhub-fal + aiohttp",
        ),
        baseline="aiohttp",
        jobs=1000,
        at_once=1000,
        limit=45,  # the slowest of the jobs takes 25 s
        rounds=2,
        lengths=CROWD,
        quick={"jobs": 300, "at_once": 300, "limit": 40},
    ),
    Scenario(
        "five_thousand",
        "5,000 in flight",
        "5,000 jobs at once from one process, lognormal with median 10 s (5 to 25 s).",
        "jobs",
        ("aiohttp", "httpx-aiohttp", "openai", "chainhub-fal", "chainhub-fal + aiohttp"),
        baseline="aiohttp",
        jobs=5000,
        at_once=5000,
        limit=100,
        rounds=1,
        lengths=CROWD,
        quick={"jobs": 600, "at_once": 600, "limit": 50},
    ),
    Scenario(
        "import",
        "Import",
        "A fresh interpreter that runs one line, CPU time less that of an empty interpreter.",
        "import",
        (),
        baseline="httpx",
        jobs=1,
        rounds=15,
        limit=30,
        quick={"rounds": 5},
    ),
    Scenario(
        "downloads",
        "Downloads",
        "200 files of 1 MiB to a folder in memory, 8 at a time.",
        "downloads",
        (
            "httpx",
            "httpx sync",
            "httpx-aiohttp",
            "aiohttp",
            "chainhub-fal",
            "chainhub-fal sync",
            "chainhub-fal + aiohttp",
        ),
        baseline="httpx",
        jobs=200,
        at_once=8,
        limit=60,
        rounds=5,
        quick={"jobs": 60, "rounds": 3},
    ),
    Scenario(
        "faults",
        "Faults",
        "200 jobs of 0.3 s, 20 at a time; 5 % of all reads go wrong: 503, 429 with Retry-After: 1, "
        "a cut connection, a proxy's 502 page, each as often.",
        "jobs",
        (
            *_LOOPS,
            *_CLIENTS,
            "chainhub-fal",
            "chainhub-fal, gateway",
            "chainhub-fal + aiohttp",
        ),
        baseline="fal-client",
        jobs=200,
        at_once=20,
        limit=60,
        rounds=2,
        lengths=lambda _: 0.3,
        faults=0.05,
        quick={"jobs": 100},
    ),
)
SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
IMPORTS: Mapping[str, str] = {
    "nothing": "pass",
    "httpx": "import httpx",
    "httpx, client made": "import httpx; httpx.Client()",
    "aiohttp": "import aiohttp",
    "fal-client": "import fal_client",
    "replicate": "import replicate",
    "openai": "import openai",
    "generated": "from chainhub_fal_api import Client",
    "chainhub-fal": "from chainhub_fal import Client",
    "chainhub-fal, client made": (
        "from chainhub_fal import Client; Client(api_key='bench-key', base_url='http://127.0.0.1:9')"
    ),
}
"""What a fresh interpreter runs; "nothing" is subtracted from all others of its round."""
