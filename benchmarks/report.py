"""Writes docs/performance.md and its pictures from the recorded runs, and from nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .drawing.plots import bars, delays, polls_against_delay
from .goals import Verdict, verdicts
from .peers import PEERS
from .promises import GOALS
from .records import Record, read_records
from .scenarios import IMPORTS, SCENARIOS, Scenario
from .schedule_check import NAME as SCHEDULE
from .tables import NONE, absent, number, regime_table, scenario_table, table

OURS = frozenset(
    [name for name, peer in PEERS.items() if peer.ours]
    + [name for name in IMPORTS if name.startswith("chainhub-fal")]
)
_ORDER = (*SCENARIOS, SCHEDULE)
_BUSY = 0.7
"""Share of a core above which the server may be what is measured."""
_OPENING = """# Performance

What this client costs beside its peers: written by `make bench` from the records in
`performance/`, and by nothing else. Every client runs in a process of its own against one queue
server on the loopback interface, in turn, the order rotated from round to round; in a round all
of them get the same jobs.

- **Told after**: from a job's end to the first answer that says so, by the server's clock. **In
  hand after**: until the caller has the result, for which fal-client, the loops and this client
  make one more request.
- **Polls** are all reads of a job up to that answer, that one included.
- Numbers are medians over the rounds. Ratios are taken round by round, then their median, with
  the least and the most in parentheses. Absolute times are one machine's: trust the ratios.
- Clients run at their own defaults: this one on plain httpx or, where it says so, with the
  `aiohttp` extra, and in fal's dialect, so that all ask the same routes. `httpx`, `aiohttp` and
  `generated` are loops as people write them, 0.1 s between polls.

`make bench` measures all of it (about an hour), `make bench SCENARIOS=calls,short ROUNDS=3` a
part, and `make bench QUICK=1` a small one into `.bench/`.
"""


def write_report(home: Path) -> Path:
    """Write the report into a folder, from the records in ``performance/`` there."""
    folder = home / "performance"
    records = read_records(folder, _ORDER)
    for name, picture in pictures(records):
        (folder / f"{name}.svg").write_text(picture)
    path = home / "performance.md"
    why = folder / "why.md"
    path.write_text(render(records, why.read_text() if why.is_file() else ""))
    return path


def pictures(records: Mapping[str, Record]) -> Iterator[tuple[str, str]]:
    """Yield each picture that there are numbers for, by name."""
    for name in {"short", "heavy"} & records.keys():
        title = f"{SCENARIOS[name].title}: polls against delay"
        if drawn := polls_against_delay(records[name], title, OURS):
            yield f"{name}-frontier", drawn
    for name, field, across in (
        ("short", "delays", "told after the end"),
        ("heavy", "delays", "told after the end"),
        ("thousand", "in_hands", "result in hand after the end"),
        ("five_thousand", "in_hands", "result in hand after the end"),
    ):
        if name in records:
            title = f"{SCENARIOS[name].title}: how soon it is known"
            if drawn := delays(records[name], field, title, across, OURS):
                yield f"{name}-delays", drawn
    for name, field, scale, title, across in (
        ("calls", "cpu_per_call", 1e6, "CPU time of one status call", "microseconds"),
        ("downloads", "cpu_per_mib", 1e3, "CPU time of a downloaded MiB", "milliseconds"),
        ("import", "cpu", 1e3, "CPU time of an import", "milliseconds"),
    ):
        if name in records and (drawn := bars(records[name], field, scale, title, across, OURS)):
            yield name, drawn


def render(records: Mapping[str, Record], why: str) -> str:
    """Return the whole report as markdown."""
    parts = [_OPENING, *_machine(records)]
    parts += ["\n## Goals\n", *_goals(records)]
    if why.strip():
        parts += ["\n### What is missed, and why\n", why.strip()]
    drawn = {name for name, _ in pictures(records)}
    for name, record in records.items():
        if name == SCHEDULE:
            parts += list(_schedule(record))
        else:
            parts += list(_section(SCENARIOS[name], record, drawn))
    return "\n".join(parts).rstrip() + "\n"


def _machine(records: Mapping[str, Record]) -> Iterator[str]:
    if not records:
        yield "Nothing is recorded yet."
        return
    machines: list[dict[str, Any]] = []
    for record in records.values():
        if record.values["machine"] not in machines:
            machines.append(record.values["machine"])
    for machine in machines:
        packages = ", ".join(f"{name} {found}" for name, found in machine["packages"].items())
        yield (
            f"{machine['cores']} cores, {machine['system']}, {machine['python']}; "
            f"chainhub-fal {machine['chainhub-fal']}; {packages}."
        )
    capacities = [
        record.values["capacity"] for record in records.values() if "capacity" in record.values
    ]
    if capacities:
        least = min(capacity["per_second"] for capacity in capacities)
        yield (
            f"\nThe server alone answers {number(least)} status requests a second. Each table says "
            "how much of a core it used; where that is little, the server is not what is measured."
        )


def _goals(records: Mapping[str, Record]) -> Iterator[str]:
    rows = [_goal_row(verdict) for verdict in verdicts(records, GOALS)]
    yield from table(["goal", "must", "stretch", "measured", ""], rows)


def _goal_row(verdict: Verdict) -> list[str]:
    goal = verdict.goal

    def show(value: float | None) -> str:
        if value is None:
            return NONE
        scale = 1e3 if goal.unit == "ms" else 1.0
        return f"{number(value, scale)} {goal.unit}".rstrip()

    sign = ">=" if goal.at_least else "<="
    stretch = NONE if goal.stretch is None else f"{sign} {show(goal.stretch)}"
    return [goal.what, f"{sign} {show(goal.must)}", stretch, show(verdict.measured), verdict.said]


def _section(scenario: Scenario, record: Record, drawn: set[str]) -> Iterator[str]:
    yield f"\n## {scenario.title}\n"
    smaller = ""
    if record.values.get("quick") and scenario.kind != "import":
        smaller = (
            f" Here, in a quick run, {record.values['jobs']}, {record.values['at_once']} at a time."
        )
    yield f"{scenario.about}{smaller} {_circumstances(record)}\n"
    if scenario.phases:
        yield from regime_table(record, OURS)
        yield (
            '\n"Over the optimum": polls at 8 ms each and delay, over what the best schedule for '
            'these lengths costs, from the 21st job of a regime on. "Latest": the worst delay, '
            "over the larger of 0.5 s and 12 % of the job."
        )
    else:
        yield from scenario_table(record, scenario.baseline, OURS)
    if away := absent(record):
        yield f"\n{away}"
    for name in (f"{scenario.name}-frontier", f"{scenario.name}-delays", scenario.name):
        if name in drawn:
            yield f"\n![{scenario.title}](performance/{name}.svg)"


def _circumstances(record: Record) -> str:
    """Say when it was measured, and whether the server or others may have been in the way."""
    rounds = len(record.rounds)
    said = f"{rounds} {'round' if rounds == 1 else 'rounds'}, {record.values['on']}"
    shares = _all(record, "server_share")
    if shares:
        worst = max(shares, key=shares.__getitem__)
        said += f"; the server used {shares[worst] * 100:.0f} % of a core at most (with {worst})"
        limits = "may hold that client back" if shares[worst] > _BUSY else "is not what is measured"
        said += f", so it {limits}"
    late = _all(record, "server_late")
    if late:
        said += f"; its own timers were up to {max(late.values()) * 1e3:.1f} ms late (p99)"
    others = _all(record, "others")
    if others:
        said += f"; other programs used up to {max(others.values()):.1f} cores"
    return said + "."


def _all(record: Record, field: str) -> dict[str, float]:
    """Return each peer's median of a value, of those that took part."""
    found = {peer: record.middle(peer, field) for peer in record.peers}
    return {peer: value for peer, value in found.items() if value is not None}


def _schedule(record: Record) -> Iterator[str]:
    yield "\n## The schedule alone, simulated\n"
    yield (
        "Polls at their price, and delay, over what the best schedule for the known distribution "
        "costs; round trips are left out, and no machine's noise is in it. `make simulate` prints "
        f"more. {record.values['on']}.\n"
    )
    rows = [
        [
            row["lengths"],
            number(row["price"], 1e3),
            number(row["first"]),
            number(row["settled"]),
            number(row["polls"]),
            number(row["delay"], 1e3),
        ]
        for row in record.values["rows"]
    ]
    headings = [
        "lengths",
        "a poll's price, ms",
        "first 5 jobs",
        "after 20 jobs",
        "polls",
        "delay, ms",
    ]
    yield from table(headings, rows)
