"""The provider's part of the mutation command: the unbroken system first, then every mutant."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from .provider import MUTANTS
from .run import LAYERS, Trial, Verdict, load_layer, unbroken_names
from .table import Fate, as_json, markdown, score
from .workers import side_by_side

_RED, _UNUSABLE = 1, 2


def main(arguments: Sequence[str]) -> int:
    """Run it; returns 0 when the score reaches its floor, 1 when not, 2 when nothing was proven."""
    options = _parser().parse_args(arguments)
    names = [name for name in MUTANTS if _asked(name, options.only)]
    if not names:
        return _refuse(f"no fault matches {', '.join(options.only)}: see --list")
    if options.list:
        sys.stdout.writelines(f"{name}: {MUTANTS[name].why}\n" for name in names)
        return 0
    layers = _layers(options.layers)
    if not layers:
        return _refuse("no layer is there to try the faults with")
    began = time.monotonic()
    unbroken = _unbroken(layers, options)
    if alarms := _alarms(unbroken):
        return _refuse(
            "\n".join(["the unbroken system is not clean: a kill proves nothing", *alarms])
        )
    fates = _judge(names, Trial(layers, options.seed, options.matrix), options)
    _write(options, fates, unbroken, layers)
    return _conclude(fates, options.floor, time.monotonic() - began)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation provider")
    add = parser.add_argument
    add("--jobs", type=int, default=2, help="processes at a time (default: 2)")
    add("--only", action="append", default=[], metavar="NAME", help="these faults; wildcards work")
    add("--layers", default=",".join(LAYERS), help="in this order (default: %(default)s)")
    add(
        "--matrix", action="store_true", help="every layer on every fault, not until the first kill"
    )
    add("--seed", type=int, default=1, help="for what the layers draw (default: 1)")
    add(
        "--unbroken-seeds", type=int, default=1, metavar="N", help="unbroken runs with N seeds each"
    )
    add(
        "--limit", type=float, default=60.0, help="seconds for one layer on one fault (default: 60)"
    )
    add("--floor", type=float, default=0.95, help="least share of kills (default: 0.95)")
    add("--json", type=Path, metavar="FILE", help="write everything as JSON")
    add("--markdown", type=Path, metavar="FILE", help="write the table there, not to the terminal")
    add("--list", action="store_true", help="name the faults, and run nothing")
    return parser


def _asked(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"mutation: {sentence}\n")
    return _UNUSABLE


def _layers(wanted: str) -> dict[str, str]:
    """Find the layers asked for; one that is not there is named and left out."""
    found = {}
    for name in wanted.split(","):
        module = LAYERS.get(name)
        if module is None:
            raise SystemExit(f"mutation: no layer is named {name!r}: choose of {', '.join(LAYERS)}")
        if load_layer(module) is None:
            sys.stderr.write(f"mutation: the layer {name} is missing, so it kills nothing\n")
            continue
        found[name] = module
    return found


def _unbroken(layers: Mapping[str, str], options: argparse.Namespace) -> dict[str, list[Verdict]]:
    seeds = range(options.seed, options.seed + options.unbroken_seeds)
    trial = Trial(layers, options.seed, matrix=True)
    limit = 5 * options.limit  # a layer that finds nothing cannot stop early
    found = side_by_side(trial, unbroken_names(seeds), jobs=options.jobs, limit=limit)
    return dict(found)


def _alarms(unbroken: Mapping[str, Sequence[Verdict]]) -> list[str]:
    return [
        f"{name}: {verdict.layer} {verdict.state} {verdict.rule} {verdict.text}"
        for name, verdicts in unbroken.items()
        for verdict in verdicts
        if verdict.state != "clean"
    ]


def _judge(names: Sequence[str], trial: Trial, options: argparse.Namespace) -> list[Fate]:
    """Try the mutants; returns their fates in the catalogue's order."""
    found: dict[str, list[Verdict]] = {}
    trials = side_by_side(trial, names, jobs=options.jobs, limit=options.limit)
    for name, verdicts in trials:
        found[name] = verdicts
        if not any(verdict.state == "killed" for verdict in verdicts):
            sys.stderr.write(f"mutation: {name} lives\n")
    return [Fate(MUTANTS[name], tuple(found[name])) for name in names]


def _write(
    options: argparse.Namespace,
    fates: Sequence[Fate],
    unbroken: Mapping[str, Sequence[Verdict]],
    layers: Mapping[str, str],
) -> None:
    if options.json:
        text = json.dumps(as_json(fates, unbroken), indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    table = markdown(fates, list(layers), _command(options), matrix=options.matrix)
    if options.markdown:
        options.markdown.write_text(table, encoding="utf-8")
    else:
        sys.stdout.write(table)


def _command(options: argparse.Namespace) -> str:
    """Write the command that repeats a run, without where it was written to."""
    words = ["python -m contract_tests.mutation provider", f"--seed {options.seed}"]
    words += [f"--only '{name}'" for name in options.only]
    words += [f"--layers {options.layers}"] if options.layers != ",".join(LAYERS) else []
    return " ".join([*words, *(["--matrix"] if options.matrix else [])])


def _conclude(fates: Sequence[Fate], floor: float, seconds: float) -> int:
    total, errors = score(fates), sum(bool(fate.errors) for fate in fates)
    broken = f", {errors} with a layer that broke down" if errors else ""
    sys.stderr.write(f"mutation: {total} provider faults killed{broken}, {seconds:.0f} s\n")
    # Rounded, so that 0.95 of twenty is nineteen whatever a float makes of it.
    return 0 if round(total.rate - floor, 9) >= 0 else _RED
