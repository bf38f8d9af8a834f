"""The provider's part of the mutation command: the unbroken system first, then every mutant."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from fnmatch import fnmatchcase
from pathlib import Path

from .matrix import ENOUGH
from .matrix_rows import Part, Row, failings, score
from .mechanical import PREFIX
from .provider import MUTANTS
from .provider_fates import errors, skipped_rows
from .provider_trials import all_names, plan_of, tried, why
from .provider_unbroken import Unbroken, try_unbroken
from .provider_world import LAYERS, load_layer
from .run import Trial
from .table import markdown

TITLE = "Faults at the provider"
_RED, _UNUSABLE = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run it; returns 0 when the scores reach the floor, 1 when not, 2 when nothing was proven."""
    options = _parser().parse_args(arguments)
    names = [name for name in all_names() if _asked(name, options)]
    if not names:
        return _refuse(f"no fault matches {', '.join(options.only)}: see --list")
    if options.list:
        sys.stdout.writelines(f"{name}: {why(name)}\n" for name in names)
        return 0
    layers = _layers(options.layers)
    if not layers:
        return _refuse("no layer is there to try the faults with")
    began = time.monotonic()
    trial = Trial(layers, options.seed, thorough=options.unbroken_only)
    unbroken = _unbroken(trial, options)
    _say([f"warned of without any fault: {warning}" for warning in unbroken.warnings])
    if unbroken.alarms:
        _say(unbroken.alarms)
        return _refuse("the unbroken system is not clean: a kill proves nothing")
    if options.unbroken_only:
        _say([f"{unbroken.summary}, {time.monotonic() - began:.0f} s"])
        return 0
    part = _tried(names, trial, unbroken, options)
    if options.markdown or not options.json:
        _write(part, options.markdown)
    return _conclude(part, options.floor, time.monotonic() - began)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation provider")
    add = parser.add_argument
    # Faults that take their time come first and hardly work: the cores need others beside them.
    jobs = 2 * (os.cpu_count() or 1) + 1
    add("--jobs", type=int, default=jobs, help="processes at a time (default: %(default)s)")
    add("--only", action="append", default=[], metavar="NAME", help="these faults; wildcards work")
    add("--layers", default=",".join(LAYERS), help="in this order (default: %(default)s)")
    add("--no-mechanical", action="store_true", help="only the faults that have names of their own")
    add("--matrix", action="store_true", help="what is lost without each layer (long)")
    add("--seed", type=int, default=1, help="for what the layers draw (default: 1)")
    add("--unbroken-seeds", type=int, default=1, metavar="N", help="unbroken runs with N seeds")
    add("--unbroken-only", action="store_true", help="no fault: count false alarms, take the time")
    add("--limit", type=float, default=120.0, help="seconds for a layer on a fault (120)")
    add("--floor", type=float, default=0.95, help="least share of kills (default: 0.95)")
    add("--json", type=Path, metavar="FILE", help="write every fault's fate as JSON")
    add(
        "--markdown",
        type=Path,
        metavar="FILE",
        help="write the table there; without it and --json to the terminal",
    )
    add("--list", action="store_true", help="name the faults, and run nothing")
    return parser


def _asked(name: str, options: argparse.Namespace) -> bool:
    if options.no_mechanical and name.startswith(PREFIX):
        return False
    return not options.only or any(fnmatchcase(name, pattern) for pattern in options.only)


def _say(sentences: Sequence[str]) -> None:
    sys.stderr.writelines(f"mutation: {sentence}\n" for sentence in sentences)


def _refuse(sentence: str) -> int:
    _say([sentence])
    return _UNUSABLE


def _layers(wanted: str) -> dict[str, str]:
    """Find the layers asked for; one that is not there is named and left out."""
    found = {}
    for name in wanted.split(","):
        module = LAYERS.get(name)
        if module is None:
            raise SystemExit(f"mutation: no layer is named {name!r}: choose of {', '.join(LAYERS)}")
        if load_layer(module) is None:
            _say([f"the layer {name} is missing, so it kills nothing"])
            continue
        found[name] = module
    return found


def _unbroken(trial: Trial, options: argparse.Namespace) -> Unbroken:
    seeds = range(options.seed, options.seed + options.unbroken_seeds)
    return try_unbroken(trial, seeds, jobs=options.jobs, limit=options.limit)


def _tried(
    names: Sequence[str], trial: Trial, unbroken: Unbroken, options: argparse.Namespace
) -> Part:
    """Try the mutants and write what became of them."""
    began = time.monotonic()
    plan = plan_of(names, options.jobs)
    trial = replace(trial, kills=ENOUGH if options.matrix else 1, usual=unbroken.usual)
    fates = tried(names, trial, plan, jobs=options.jobs, limit=options.limit)
    skipped = skipped_rows(plan.skipped)
    if broken := errors(fates):
        _say([f"{broken} faults with a layer that broke down"])
    if options.json:
        found = [fate.as_json(matrix=options.matrix) for fate in fates]
        text = json.dumps([*found, *map(asdict, skipped)], indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    rows = [*(fate.row(matrix=options.matrix) for fate in fates), *skipped]
    return part_of(rows, _command(options), time.monotonic() - began)


def part_of(rows: Sequence[Row], command: str, seconds: float | None = None) -> Part:
    """Return the provider's part of the table."""
    return Part(TITLE, command, rows, tuple(LAYERS), len(MUTANTS), seconds)


def _write(part: Part, path: Path | None) -> None:
    table = markdown([part], part.command)
    if path:
        path.write_text(table, encoding="utf-8")
    else:
        sys.stdout.write(table)


def _command(options: argparse.Namespace) -> str:
    """Write the command that repeats a run, without where it was written to."""
    words = ["python -m contract_tests.mutation provider", f"--seed {options.seed}"]
    words += [f"--only '{name}'" for name in options.only]
    words += [f"--layers {options.layers}"] if options.layers != ",".join(LAYERS) else []
    words += ["--no-mechanical"] if options.no_mechanical else []
    return " ".join([*words, *(["--matrix"] if options.matrix else [])])


def _conclude(part: Part, floor: float, seconds: float) -> int:
    made = f", {score(part.made)} made by rule" if part.made else ""
    _say([f"{score(part.named)} provider faults killed{made}, {seconds:.0f} s"])
    reasons = failings(part, floor)
    _say(reasons)
    return _RED if reasons else 0
