"""The command `diff OLD NEW`: what changed between two contracts, and whom it breaks.

Exit status: 0 when nothing breaks or every break is allowed, 1 when something breaks, 2 when the
comparison failed. A failure is never taken for an answer.
"""

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from spec.compare import allow
from spec.compare.comparison import compare
from spec.compare.inputs import CURRENT, read
from spec.compare.report import Report, annotations, machine, markdown, summary, terminal
from spec.errors import SpecError
from spec.sources import Tree

FAILED = 2


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `diff` to the commands of `python -m spec`."""
    configure(commands.add_parser("diff", help="what changed between two contracts, for whom"))


def configure(parser: argparse.ArgumentParser) -> None:
    """Give a parser the arguments of `diff`."""
    side = f"a contract (.yaml, .json), a vendor page (.md), or `{CURRENT}`"
    parser.add_argument("old", metavar="OLD", help=side)
    parser.add_argument("new", metavar="NEW", help=side)
    parser.add_argument("--markdown", metavar="FILE", help="write Markdown; - is the terminal")
    parser.add_argument("--json", metavar="FILE", help="write JSON; - is the terminal")
    parser.add_argument("--github", action="store_true", help="print GitHub annotations")
    parser.add_argument("--allow", metavar="FILE", type=Path, help="a YAML list of wanted breaks")
    parser.add_argument("--summary", action="store_true", help="print one line")
    parser.set_defaults(run=run)


def run(tree: Tree, options: argparse.Namespace) -> int:
    """Compare, report, and return the exit status."""
    try:
        return _run(tree, options)
    except SpecError as error:
        sys.stderr.write(f"error: the comparison failed\n{error}\n")
    except RecursionError:
        sys.stderr.write("error: the comparison failed: a schema is nested too deeply\n")
    except Exception as error:  # noqa: BLE001 - an uncaught one would exit 1, which says "breaking"
        sys.stderr.write(f"error: the comparison failed: {type(error).__name__}: {error}\n")
    return FAILED


def _run(tree: Tree, options: argparse.Namespace) -> int:
    sides = read(tree, options.old, options.new)
    entries = allow.read(options.allow, datetime.now(UTC).date()) if options.allow else []
    comparison = compare(sides.old, sides.new, sides.only)
    remaining = allow.remaining(comparison.breaking, entries)
    allowed = frozenset(comparison.breaking) - frozenset(remaining)
    _write(Report(comparison, allowed, sides.notes), options)
    return 1 if remaining else 0


def _write(report: Report, options: argparse.Namespace) -> None:
    outputs: list[tuple[str | None, Callable[[Report], str]]] = [
        (options.markdown, markdown),
        (options.json, machine),
        ("-" if options.github else None, annotations),
    ]
    for name, write in outputs:
        if name is not None:
            _put(name, write(report))
    if options.summary:
        sys.stdout.write(summary(report) + "\n")
    elif all(name != "-" for name, _ in outputs):
        sys.stdout.write(terminal(report, in_color=sys.stdout.isatty()))


def _put(name: str, text: str) -> None:
    if name == "-":
        sys.stdout.write(text)
        return
    try:
        Path(name).write_bytes(text.encode("utf-8"))
    except OSError as error:
        what = f"cannot be written: {error.strerror}"
        raise SpecError(name, what, "Name a file in a folder that exists.") from error
