"""Runs scenarios: every peer in a process of its own, several rounds, the order rotated."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from statistics import fmean
from typing import Any

from . import machine
from .child import Order
from .figures import Job, of_jobs, read_jobs
from .frontier import frontier, share_of_optimum
from .judge import Judge
from .scenarios import IMPORTS, Scenario

GRACE = 20.0
"""Seconds beyond its limit that a child has to report; then it is killed."""
FIRST_JOBS = 20
"""Jobs after a change of regime until the schedule is held to the optimum again."""
Outcome = dict[str, Any]
Say = Callable[[str], object]


def rotated(names: Sequence[str], turn: int, turns: int) -> list[str]:
    """Return the names in another order each turn, so that none always comes first or last."""
    cut = turn * len(names) // max(1, turns)
    return [*names[cut:], *names[:cut]]


def run(scenario: Scenario, judge: Judge, say: Say) -> dict[str, Any]:
    """Run one scenario and return its record, of plain values."""
    one_round = imports_round if scenario.kind == "import" else peers_round
    rounds = [one_round(scenario, turn, judge, say) for turn in range(scenario.rounds)]
    record: dict[str, Any] = {
        "scenario": scenario.name,
        "jobs": scenario.jobs,
        "at_once": scenario.at_once,
        "limit": scenario.limit,
        "rounds": rounds,
    }
    if scenario.lengths is not None and scenario.workers is None and not scenario.faults:
        record["frontier"] = frontier(scenario.lengths)
    return record


def peers_round(scenario: Scenario, turn: int, judge: Judge, say: Say) -> dict[str, Outcome]:
    """Let every peer have one turn at the same jobs; returns an outcome by name."""
    outcomes = {}
    for name in rotated(scenario.peers, turn, scenario.rounds):
        began = time.monotonic()
        outcomes[name] = peer_turn(scenario, name, turn, judge)
        took = time.monotonic() - began
        say(f"{scenario.name} {turn + 1}/{scenario.rounds}  {name:28} {took:5.1f} s")
    return {name: outcomes[name] for name in scenario.peers}


def peer_turn(scenario: Scenario, name: str, turn: int, judge: Judge) -> Outcome:
    """Let one peer have its turn, and return what came of it."""
    plan = scenario.plan(turn)
    judge.begin(plan)
    order = Order(
        name,
        scenario.kind,
        judge.base,
        scenario.jobs,
        scenario.at_once,
        scenario.limit,
        int(str(plan["file_size"])),
    )
    used = machine.busy()
    report = child(order)
    books = judge.books()
    if report.get("not_offered"):
        return {"not_offered": report["not_offered"]}
    outcome = _costs(report, books, used)
    if scenario.kind == "calls":
        outcome["cpu_per_call"] = report["cpu"] / scenario.jobs
    elif scenario.kind == "downloads":
        whole = scenario.jobs * order.file_size / 1024**2
        outcome["rate"] = whole / report["wall"] if report["wall"] else 0.0
        outcome["cpu_per_mib"] = report["cpu"] / whole
        outcome["mib_per_cpu"] = whole / report["cpu"] if report["cpu"] else 0.0
    else:
        jobs = read_jobs(books, report["ended"])
        outcome |= of_jobs(jobs)
        outcome["cpu_per_job"] = report["cpu"] / scenario.jobs
        if scenario.phases:
            outcome["phases"] = _phases(scenario, jobs)
    return outcome


def child(order: Order) -> dict[str, Any]:
    """Run one child to its end; one that does not even report in time is killed."""
    command = [sys.executable, "-m", "benchmarks.child", json.dumps(asdict(order))]
    nothing = {
        "timed_out": True,
        "ended": {},
        "errors": {},
        "cpu": 0.0,
        "wall": 0.0,
        "rss_mib": 0.0,
    }
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            command,
            capture_output=True,
            text=True,
            timeout=order.limit + GRACE,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        return nothing
    lines = done.stdout.splitlines()
    if not lines:
        return {**nothing, "timed_out": False, "errors": {_last(done.stderr): order.count}}
    report: dict[str, Any] = json.loads(lines[-1])
    return report


def environment() -> dict[str, str]:
    """Return a child's environment: compiled modules are kept, as they are for installed peers."""
    dropped = {"PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1][:100]


def _costs(report: Mapping[str, Any], books: Mapping[str, Any], used: float | None) -> Outcome:
    now, wall = machine.busy(), max(report["wall"], 1e-9)
    others = None
    if used is not None and now is not None:
        others = max(0.0, now - used - report["cpu"] - books["cpu"]) / max(books["wall"], 1e-9)
    return {
        "finished": len(report["ended"]),
        "failed": report["errors"],
        "timed_out": report["timed_out"],
        "cpu": report["cpu"],
        "wall": report["wall"],
        "rss_mib": report["rss_mib"],
        "requests": books["requests"],
        "connections": books["connections"],
        "most_open": books["most_open"],
        "faults": books["faults"],
        "early": books["early"],
        "server_share": books["cpu"] / wall,
        "server_late": books["late_p99"],
        "others": others,
    }


def _phases(scenario: Scenario, jobs: Sequence[Job]) -> list[Outcome]:
    """Return each regime's means, and its cost over the optimum's once the change is old news."""
    phases: list[Outcome] = []
    first = 0
    for turn, size in enumerate(scenario.phases):
        mine = [job for job in jobs if first <= job.number < first + size]
        told = [(job.length, job.polls, job.delay) for job in mine if job.delay is not None]
        later = [job for job in mine if job.number >= first + min(FIRST_JOBS, size // 2)]
        settled = [(job.length, job.polls, job.delay) for job in later if job.delay is not None]
        first += size
        if not settled or scenario.lengths is None:
            phases.append({})
            continue
        phases.append(
            {
                "polls": fmean(polls for _, polls, _ in told),
                "delay": fmean(delay for _, _, delay in told),
                "over_optimum": share_of_optimum(scenario.lengths, settled, changed=turn % 2 == 1),
            }
        )
    return phases


def imports_round(scenario: Scenario, turn: int, judge: Judge, say: Say) -> dict[str, Outcome]:  # noqa: ARG001 - it needs no server
    """Run each line in a fresh interpreter, and subtract what an empty one costs."""
    if turn == 0:
        for line in IMPORTS.values():
            _interpreter(line)  # compiles what is not compiled yet
    costs = {
        name: _interpreter(IMPORTS[name]) for name in rotated(list(IMPORTS), turn, scenario.rounds)
    }
    empty = costs.pop("nothing")
    say(f"import {turn + 1}/{scenario.rounds}")
    return {name: {"cpu": costs[name] - empty} for name in IMPORTS if name in costs}


def _interpreter(line: str) -> float:
    """Run one line; return its CPU seconds."""
    process = subprocess.Popen(  # noqa: S603 - lines of our own table
        [sys.executable, "-c", line], env=environment()
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{line!r} failed")
    return usage.ru_utime + usage.ru_stime
