"""Markdown tables of the recorded rounds, one kind of table for each kind of scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .figures import Spread
from .records import Record

Cell = Callable[[Record, str, str], str]
NONE = "-"


@dataclass(frozen=True)
class Column:
    """A heading and what is below it, for a record, a peer and the baseline."""

    heading: str
    cell: Cell


def number(value: float | None, scale: float = 1.0) -> str:
    """Return a number with three digits that count; a whole one without a point."""
    if value is None:
        return NONE
    scaled = value * scale
    if scaled == round(scaled):
        return f"{scaled:,.0f}"
    for least, digits in ((100, 0), (10, 1), (1, 2)):
        if abs(scaled) >= least:
            return f"{scaled:,.{digits}f}"
    return f"{scaled:.3f}"


def plain(heading: str, field: str, scale: float = 1.0) -> Column:
    """Return a column of medians."""
    return Column(heading, lambda record, peer, _: number(record.middle(peer, field), scale))


def ratio(heading: str, field: str) -> Column:
    """Return a column of ratios to the baseline, paired by round, with least and most."""

    def cell(record: Record, peer: str, base: str) -> str:
        return "1" if peer == base else spread_of(record.ratio(peer, base, field))

    return Column(heading, cell)


def spread_of(spread: Spread | None) -> str:
    """Return a median with least and most, these only where they differ."""
    if spread is None:
        return NONE
    middle, least, most = map(number, (spread.middle, spread.least, spread.most))
    return middle if least == most else f"{middle} ({least} to {most})"


def _lost(record: Record, peer: str, _: str) -> str:
    lost, jobs = record.lost(peer), record.values["jobs"] * len(record.rounds)
    return NONE if lost is None else f"{number(lost)} of {jobs}" if lost else "0"


def _failures(record: Record, peer: str, _: str) -> str:
    found = record.failures(peer)
    ranked = sorted(found.items(), key=lambda item: -item[1])[:2]
    return ", ".join(f"{count} {name}" for name, count in ranked) or NONE


_LOST, _WHY = Column("no result", _lost), Column("errors", _failures)
_WAITING = (
    plain("polls a job", "polls"),
    ratio("to {base}", "polls"),
    plain("told after, ms", "delay", 1e3),
    ratio("to {base}", "delay"),
    plain("p99, ms", "delay_p99", 1e3),
    ratio("polls x delay to {base}", "product"),
    plain("in hand after, ms", "in_hand", 1e3),
    plain("CPU ms a job", "cpu_per_job", 1e3),
    ratio("to {base}", "cpu"),
)
_CROWD = (
    _LOST,
    _WHY,
    plain("in hand after, ms", "in_hand", 1e3),
    plain("p99, ms", "in_hand_p99", 1e3),
    plain("told after, ms", "delay", 1e3),
    plain("polls a job", "polls"),
    plain("CPU s", "cpu"),
    ratio("to {base}", "cpu"),
    plain("MiB", "rss_mib"),
    plain("connections at once", "most_open"),
    plain("opened", "connections"),
)
COLUMNS: dict[str, Sequence[Column]] = {
    "calls": (plain("CPU us a call", "cpu_per_call", 1e6), ratio("to {base}", "cpu_per_call")),
    "short": _WAITING,
    "heavy": _WAITING,
    "backlog": _WAITING,
    "thousand": _CROWD,
    "five_thousand": _CROWD,
    "import": (
        plain("CPU ms", "cpu", 1e3),
        ratio("to {base}", "cpu"),
    ),
    "downloads": (
        plain("MiB/s", "rate"),
        ratio("to {base}", "rate"),
        plain("CPU ms a MiB", "cpu_per_mib", 1e3),
        ratio("to {base}", "cpu_per_mib"),
        plain("MiB of memory", "rss_mib"),
    ),
    "faults": (
        _LOST,
        _WHY,
        plain("reads before Retry-After was over", "early"),
        plain("polls a job", "polls"),
        plain("told after, ms", "delay", 1e3),
        plain("CPU ms a job", "cpu_per_job", 1e3),
    ),
}


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a markdown table's lines."""
    yield f"| {' | '.join(headings)} |"
    yield f"|---|{'---:|' * (len(headings) - 1)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def scenario_table(record: Record, base: str, ours: frozenset[str]) -> Iterator[str]:
    """Yield one scenario's table; of a peer that was cut short it is said how far it came."""
    columns = COLUMNS[record.name]
    rows = []
    for peer in record.present:
        name = f"**{peer}**" if peer in ours else peer
        label = f"{name}: {said}" if (said := cut_short(record, peer)) else name
        rows.append([label, *(column.cell(record, peer, base) for column in columns)])
    yield from table(["client", *(column.heading.format(base=base) for column in columns)], rows)


def cut_short(record: Record, peer: str) -> str:
    """Say how far a peer came that did not finish in time, over all rounds."""
    if not any(record.column(peer, "timed_out")):
        return ""
    finished = record.total(peer, "finished") or 0
    amount = number(finished) if finished else "none"
    jobs = record.values["jobs"] * len(record.rounds)
    return f"{amount} of {jobs} finished in {record.values['limit']:g} s"


def regime_table(record: Record, ours: frozenset[str]) -> Iterator[str]:
    """Yield the table of the scenario in which times change: a group of columns a regime."""
    rows = []
    for peer in record.present:
        name = f"**{peer}**" if peer in ours else peer
        phases = record.rounds[0][peer].get("phases", [])
        cells = [
            number(phase.get(field), scale)
            for phase in phases
            for field, scale in (("polls", 1.0), ("delay", 1e3), ("over_optimum", 1.0))
        ]
        rows.append([name, *cells, number(record.middle(peer, "latest"))])
    three = ["polls", "told after, ms", "over the optimum"]
    headings = [f"{word}: {what}" for word in ("usual", "slow", "usual again") for what in three]
    yield from table(["client", *headings, "latest"], rows)


def absent(record: Record) -> str:
    """Name those that took no part, and why; nothing where all did."""
    reasons: dict[str, list[str]] = {}
    for peer in record.peers:
        if reason := record.not_offered(peer):
            reasons.setdefault(reason, []).append(peer)
    told = [f"{'; '.join(peers)} ({reason})" for reason, peers in reasons.items()]
    return f"Took no part: {'; '.join(told)}." if told else ""
