"""Compares this client with its peers: ``make bench``, which writes docs/performance.md."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import machine
from .judge import Judge
from .report import write_report
from .running import run
from .scenarios import SCENARIOS, Scenario
from .schedule_check import NAME as SCHEDULE
from .schedule_check import check_schedule

DOCS = Path("docs")
ASIDE = Path(".bench")
"""Where a quick run's report goes: it is no measurement to show."""


def _say(text: str) -> None:
    sys.stdout.write(f"bench: {text}\n")
    sys.stdout.flush()


def _chosen(names: str, *, quick: bool, rounds: int | None) -> list[Scenario]:
    wanted = [name for name in names.split(",") if name] or list(SCENARIOS)
    if unknown := sorted(set(wanted) - SCENARIOS.keys() - {SCHEDULE}):
        known = ", ".join([*SCENARIOS, SCHEDULE])
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are {known}")
    found = [SCENARIOS[name] for name in SCENARIOS if name in wanted]
    found = [scenario.quickly() if quick else scenario for scenario in found]
    return [_with_rounds(scenario, rounds) for scenario in found]


def _with_rounds(scenario: Scenario, rounds: int | None) -> Scenario:
    return replace(scenario, rounds=rounds) if rounds else scenario


def _keep(record: dict[str, Any], folder: Path, *, quick: bool) -> None:
    """Write one scenario's record: a run that is cut off keeps what it has measured."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        **record,
        "quick": quick,
        "on": datetime.now(UTC).date().isoformat(),
        "machine": machine.describe(),
    }
    text = json.dumps(record, separators=(",", ":"))
    (folder / f"{record['scenario']}.json").write_text(text + "\n")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the scenarios that were asked for, and write the report of all that are recorded."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scenarios", default="", help=f"some of {', '.join(SCENARIOS)}")
    parser.add_argument("--rounds", type=int, help="rounds of each, instead of its own number")
    parser.add_argument("--quick", action="store_true", help="small, and into .bench/")
    parser.add_argument("--report-only", action="store_true", help="measure nothing")
    options = parser.parse_args(arguments)
    home = ASIDE if options.quick else DOCS
    records = home / "performance"
    if not options.report_only:
        _measure(options, records)
    _say(f"written: {write_report(home)}")


def _measure(options: argparse.Namespace, records: Path) -> None:
    chosen = _chosen(options.scenarios, quick=options.quick, rounds=options.rounds)
    with Judge() as judge:
        capacity = judge.capacity()
        _say(f"the server answers {capacity['per_second']:,.0f} requests a second")
        for scenario in chosen:
            record = run(scenario, judge, _say)
            _keep({**record, "capacity": capacity}, records, quick=options.quick)
    if SCHEDULE in options.scenarios.split(",") or not options.scenarios:
        _keep(check_schedule(quick=options.quick), records, quick=options.quick)


if __name__ == "__main__":
    main()
