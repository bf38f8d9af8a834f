"""What was promised for this client, scenario by scenario: each row one number and its bounds."""

from __future__ import annotations

from .goals import Goal, Measure
from .records import Record

OURS, EXTRA, THRIFT = "chainhub-fal", "chainhub-fal + aiohttp", "chainhub-fal, thrift"
FAL, LOOP = "fal-client", "aiohttp"


def ratio(peer: str, base: str, field: str) -> Measure:
    """Measure a ratio of two peers, paired by round."""

    def measure(record: Record) -> float | None:
        spread = record.ratio(peer, base, field)
        return spread.middle if spread else None

    return measure


def value(peer: str, field: str) -> Measure:
    """Measure a median over the rounds."""
    return lambda record: record.middle(peer, field)


def lost(peer: str) -> Measure:
    """Measure how many jobs came to no result."""
    return lambda record: record.lost(peer)


def _worst(field: str) -> Measure:
    return lambda record: max(row[field] for row in record.values["rows"])


def _settled(record: Record) -> float | None:
    """Return the worst regime's cost over the optimum's, after the first jobs of each change."""
    ratios = [
        phase["over_optimum"]
        for one_round in record.rounds
        for phase in one_round[OURS].get("phases", [])[1:]
        if "over_optimum" in phase
    ]
    return max(ratios) if ratios else None


def _most(peer: str, field: str) -> Measure:
    def measure(record: Record) -> float | None:
        spread = record.spread(peer, field)
        return spread.most if spread else None

    return measure


GOALS = (
    Goal(
        "schedule, simulated: cost over the optimum after 20 jobs, worst case",
        "schedule",
        _worst("settled"),
        1.20,
        1.12,
    ),
    Goal("the same, first 5 jobs", "schedule", _worst("first"), 1.45, 1.30),
    Goal("short jobs: polls, against fal-client", "short", ratio(OURS, FAL, "polls"), 0.60, 0.48),
    Goal("short jobs: mean delay, against fal-client", "short", ratio(OURS, FAL, "delay"), 0.95),
    Goal(
        "short jobs: polls x delay, against fal-client",
        "short",
        ratio(OURS, FAL, "product"),
        0.55,
        0.48,
    ),
    Goal(
        "short jobs: p99 of the delay, against fal-client",
        "short",
        ratio(OURS, FAL, "delay_p99"),
        1.5,
        1.0,
    ),
    Goal(
        "thrift: polls, against replicate",
        "short",
        ratio(THRIFT, "replicate", "polls"),
        1.0,
        peer=THRIFT,
    ),
    Goal(
        "thrift: polls, against openai", "short", ratio(THRIFT, "openai", "polls"), 1.0, peer=THRIFT
    ),
    Goal(
        "thrift: mean delay, against replicate",
        "short",
        ratio(THRIFT, "replicate", "delay"),
        0.8,
        0.7,
        peer=THRIFT,
    ),
    Goal(
        "heavy tail: polls x delay, against fal-client",
        "heavy",
        ratio(OURS, FAL, "product"),
        0.85,
        0.70,
    ),
    Goal(
        "backlog: polls, against fal-client", "backlog", ratio(OURS, FAL, "polls"), 1 / 30, 1 / 45
    ),
    Goal("backlog: mean delay", "backlog", value(OURS, "delay"), 0.150, 0.100, unit="ms"),
    Goal("backlog: CPU, against fal-client", "backlog", ratio(OURS, FAL, "cpu"), 1 / 20, 1 / 100),
    Goal(
        "regime change: cost over the optimum after 20 jobs, worst regime", "regime", _settled, 1.25
    ),
    Goal(
        "regime change: latest notice, over the larger of 0.5 s and 12 % of the length",
        "regime",
        _most(OURS, "latest"),
        1.0,
    ),
    Goal(
        "status call: CPU, against raw httpx",
        "calls",
        ratio(OURS, "httpx", "cpu_per_call"),
        0.85,
        0.65,
    ),
    Goal(
        "status call, sync: CPU, against raw httpx sync",
        "calls",
        ratio(f"{OURS} sync", "httpx sync", "cpu_per_call"),
        0.85,
        0.65,
        peer=f"{OURS} sync",
    ),
    Goal(
        "status call, aiohttp extra: CPU, against raw httpx",
        "calls",
        ratio(EXTRA, "httpx", "cpu_per_call"),
        0.45,
        0.35,
        peer=EXTRA,
    ),
    Goal("1,000 in flight: jobs without a result", "thousand", lost(OURS), 0, unit=""),
    Goal(
        "1,000 in flight, aiohttp extra: jobs without a result",
        "thousand",
        lost(EXTRA),
        0,
        unit="",
        peer=EXTRA,
    ),
    Goal(
        "1,000 in flight, aiohttp extra: p99 of the delay",
        "thousand",
        value(EXTRA, "in_hand_p99"),
        0.8,
        0.4,
        unit="ms",
        peer=EXTRA,
    ),
    Goal(
        "1,000 in flight, aiohttp extra: CPU, against the aiohttp loop",
        "thousand",
        ratio(EXTRA, LOOP, "cpu"),
        0.5,
        0.3,
        peer=EXTRA,
    ),
    Goal(
        "1,000 in flight, aiohttp extra: connections",
        "thousand",
        _most(EXTRA, "most_open"),
        64,
        unit="",
        peer=EXTRA,
    ),
    Goal("5,000 in flight: jobs without a result", "five_thousand", lost(OURS), 0, unit=""),
    Goal(
        "5,000 in flight, aiohttp extra: p99 of the delay",
        "five_thousand",
        value(EXTRA, "in_hand_p99"),
        2.0,
        1.2,
        unit="ms",
        peer=EXTRA,
    ),
    Goal(
        "5,000 in flight, aiohttp extra: CPU, against the aiohttp loop",
        "five_thousand",
        ratio(EXTRA, LOOP, "cpu"),
        0.6,
        0.4,
        peer=EXTRA,
    ),
    Goal(
        "5,000 in flight, aiohttp extra: memory",
        "five_thousand",
        value(EXTRA, "rss_mib"),
        150,
        80,
        unit="MiB",
        peer=EXTRA,
    ),
    Goal("import, against `import httpx`: CPU", "import", ratio(OURS, "httpx", "cpu"), 0.50, 0.35),
    Goal(
        "import with a first client made, against `import httpx`: CPU",
        "import",
        ratio(f"{OURS}, client made", "httpx", "cpu"),
        1.2,
        1.1,
        peer=f"{OURS}, client made",
    ),
    Goal(
        "200 files of 1 MiB: MiB a second, against raw httpx",
        "downloads",
        ratio(OURS, "httpx", "rate"),
        1.5,
        2.5,
        at_least=True,
    ),
    Goal(
        "the same, aiohttp extra",
        "downloads",
        ratio(EXTRA, "httpx", "rate"),
        2.3,
        3.3,
        at_least=True,
        peer=EXTRA,
    ),
    Goal(
        "200 files of 1 MiB: MiB a CPU second, against raw httpx",
        "downloads",
        ratio(OURS, "httpx", "mib_per_cpu"),
        1.5,
        2.5,
        at_least=True,
    ),
    Goal(
        "the same, aiohttp extra",
        "downloads",
        ratio(EXTRA, "httpx", "mib_per_cpu"),
        2.3,
        3.3,
        at_least=True,
        peer=EXTRA,
    ),
    Goal("5 % faults on reads: jobs without a result", "faults", lost(OURS), 0, unit=""),
    Goal(
        "5 % faults on reads: reads before the end of a Retry-After",
        "faults",
        lambda record: record.total(OURS, "early"),
        0,
        unit="",
    ),
)
