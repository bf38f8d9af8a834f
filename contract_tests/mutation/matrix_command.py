"""The commands about all parts of the proof: run them one after the other, and write one table."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from .matrix_parts import SOURCES, Source
from .matrix_rows import Part, failings, score
from .table import markdown

_RED, _UNUSABLE = 1, 2
_FLOOR = 0.95
_REPEAT = "make mutation-matrix"


class NothingProvenError(Exception):
    """A part ended without saying what became of its faults."""


def everything(arguments: Sequence[str]) -> int:
    """Run every part; returns 0 when all reach their floors, 1 when not, 2 when one proved nothing.

    ``--json`` keeps the record of each part, for :func:`table` to read again; with ``--part`` only
    some are run, and the records of the others are taken as they stand. With ``--missing`` the
    records are kept, and so many of the faults tried that they say nothing of.
    """
    options = _parser_of_everything().parse_args(arguments)
    floors = _floors(options.floor)
    began = time.monotonic()
    with ExitStack() as opened:
        folder = options.json or Path(opened.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        try:
            parts = dict(_run(folder, options))
        except NothingProvenError as error:
            sys.stderr.write(f"mutation: {error}\n")
            return _UNUSABLE
    _write(list(parts.values()), options)
    return _conclude(parts, floors, time.monotonic() - began)


def table(arguments: Sequence[str]) -> int:
    """Write the table of what parts left in a folder; returns 2 when there is nothing to read."""
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation table")
    parser.add_argument("folder", type=Path, help="where NAME.json of each part is")
    _add_output(parser)
    options = parser.parse_args(arguments)
    floors = _floors(options.floor)
    sources = [make() for make in SOURCES.values()]
    there = [source for source in sources if source.file(options.folder).exists()]
    if not there:
        sys.stderr.write(f"mutation: no part has written to {options.folder}\n")
        return _UNUSABLE
    parts = {source.name: source.read(options.folder) for source in there}
    _write(list(parts.values()), options)
    return _conclude(parts, floors, None)


def _parser_of_everything() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m contract_tests.mutation all")
    parser.add_argument("--jobs", type=int, help="at a time (default: what suits each part)")
    parser.add_argument("--matrix", action="store_true", help="what is lost without each layer")
    parser.add_argument("--json", type=Path, metavar="FOLDER", help="keep NAME.json of each part")
    parser.add_argument(
        "--part", action="append", choices=list(SOURCES), help="run this part (default: all)"
    )
    parser.add_argument(
        "--missing", type=int, metavar="N", help="try N faults that have no record, and keep it"
    )
    _add_output(parser)
    return parser


def _add_output(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--markdown", type=Path, metavar="FILE", help="write the table there, not to the terminal")
    add(
        "--floor",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help=f"least share of kills of a part (default: {_FLOOR} each)",
    )


def _floors(given: Sequence[str]) -> dict[str, float]:
    """Read the floors of the parts; raises SystemExit with a sentence for what is none."""
    floors = dict.fromkeys(SOURCES, _FLOOR)
    for text in given:
        name, _, share = text.partition("=")
        try:
            found = float(share)
        except ValueError:
            found = -1.0
        if name not in SOURCES or not 0 <= found <= 1:
            raise SystemExit(f"mutation: {text!r} is no floor: NAME=SHARE, of {', '.join(SOURCES)}")
        floors[name] = found
    return floors


def _run(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, Part]]:
    for name, make in SOURCES.items():
        source, began = make(), time.monotonic()
        if options.part and name not in options.part:
            if source.file(folder).exists():
                yield name, source.read(folder)
            continue
        if options.missing and source.file(folder).exists():
            part = _completed(source, source.read(folder), options)
        else:
            part = replace(_anew(source, folder, options), seconds=time.monotonic() - began)
        source.keep(folder, part)
        yield source.name, part


def _completed(source: Source, part: Part, options: argparse.Namespace) -> Part:
    missing = source.missing(part)[: options.missing]
    if not missing:
        return part
    with tempfile.TemporaryDirectory() as folder:
        return source.joined(part, _anew(source, Path(folder), options, missing))


def _anew(
    source: Source, folder: Path, options: argparse.Namespace, only: Sequence[str] = ()
) -> Part:
    source.file(folder).unlink(missing_ok=True)  # what an earlier run left proves nothing now
    _carry_out(source, folder, options, only)
    if not source.file(folder).exists():
        raise NothingProvenError(f"the part {source.name} proved nothing: see what it says above")
    return source.read(folder, matrix=options.matrix)


def _carry_out(
    source: Source, folder: Path, options: argparse.Namespace, only: Sequence[str]
) -> None:
    arguments = ["--json", str(source.file(folder))]
    arguments += ["--jobs", str(options.jobs)] if options.jobs else []
    arguments += ["--matrix"] if options.matrix else []
    arguments += [argument for name in only for argument in ("--only", name)]
    sys.stdout.write(f"mutation: {source.title.lower()}\n")
    sys.stdout.flush()
    source.main(arguments)


def _write(parts: Sequence[Part], options: argparse.Namespace) -> None:
    text = markdown(parts, _REPEAT)
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


def _conclude(parts: dict[str, Part], floors: dict[str, float], seconds: float | None) -> int:
    reasons = []
    for name, part in parts.items():
        made = f", {score(part.made)} made by rule" if part.made else ""
        took = "" if part.seconds is None else f", {part.seconds:.0f} s"
        sys.stdout.write(
            f"mutation: {part.title.lower()}: {score(part.named)} killed{made}{took}\n"
        )
        reasons += [f"{part.title.lower()}: {reason}" for reason in failings(part, floors[name])]
    sys.stdout.writelines(f"mutation: RED: {reason}\n" for reason in reasons)
    if seconds is not None:
        sys.stdout.write(f"mutation: {seconds:.0f} s in all\n")
    return _RED if reasons else 0
