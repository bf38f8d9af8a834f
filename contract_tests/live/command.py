"""The command: a live run or a replay, its reports, what was spent, and the exit code."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast, get_args

import httpx

from chainhub_fal import ConfigurationError
from chainhub_fal.settings import check_base_url

from ..contract import OPENAPI, Contract
from ..harness import report_github, report_json, report_markdown, report_terminal
from ..harness.report_occasion import Occasion
from ..harness.runs import Run
from ..harness.target import Dialect, NotTestableError
from ..schemas import Node
from .checks import checks, not_served
from .gate import Gate, GatedTarget, Pace
from .journal import journal
from .recordings import Recorder
from .replay import replay
from .routes import Routes
from .spending import Purse, jobs

GREEN, RED, NOT_TESTABLE = 0, 1, 2
_DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
_PER_SECOND = 2.0
_SUMMARY = "GITHUB_STEP_SUMMARY"
_PATIENCE = 120.0  # seconds for one job: several times what a picture takes behind a queue


def main(
    arguments: Sequence[str] | None = None,
    transport: Callable[[], httpx.BaseTransport] = httpx.HTTPTransport,
) -> int:
    """Test or replay, and report; returns 0 green or skipped, 1 with findings, 2 not testable."""
    options, started = _parser().parse_args(arguments), datetime.now(UTC)
    contract = Contract.load()
    key = os.environ.get(options.key_env, "").strip()
    if options.replay is None and not key:
        _say(
            f"contract-live: skipped: {options.key_env} is not set, and a live server needs a key;"
            f" run it with `{options.key_env}=... make contract-live`"
        )
        return GREEN
    try:
        run = (
            _live(options, contract, key, transport)
            if options.replay is None
            else replay(Path(options.replay), contract)
        )
    except NotTestableError as error:
        print(f"contract-live: not testable: {error}", file=sys.stderr)  # noqa: T201
        if options.github:
            _say(report_github.refusal(str(error)))
        return NOT_TESTABLE
    _report(options, run, contract, started)
    return RED if run.errors else GREEN


def _live(
    options: argparse.Namespace,
    contract: Contract,
    key: str,
    transport: Callable[[], httpx.BaseTransport],
) -> Run:
    if not (key.isascii() and key.isprintable()):
        raise NotTestableError(f"{options.key_env} holds characters that no header can: correct it")
    try:
        url = check_base_url(options.base_url or _first_server(contract))
    except ConfigurationError as error:
        raise NotTestableError(f"{error}: correct BASE_URL") from error
    routes = Routes(contract, url)
    purse = Purse(options.jobs, contract, routes, key, _say)
    gate = Gate(purse, Pace(options.rate), transport())
    target = GatedTarget(url, key, options.dialect, gate=gate)
    try:
        with Recorder(Path(options.record), target, contract, routes) as recorder:
            _say(_announcement(options, url, recorder.path))
            with gate.heard_by(recorder):
                run = checks(
                    target, contract, seed=options.seed, patience=options.patience, tell=_say
                )
            recorder.lacks(not_served(run.findings))
            return run
    finally:
        gate.shut()
        for line in journal(purse, target, contract):
            _say(line)


def _announcement(options: argparse.Namespace, url: str, recording: Path) -> str:
    cost = f"at most {jobs(options.jobs)}" if options.jobs else "no paid job: it only reads"
    return (
        f"contract-live: {url} ({options.dialect}): {cost}; at most {options.rate:g} requests a"
        f" second; recorded without secrets in {recording}"
    )


def _command(options: argparse.Namespace) -> str:
    """Return the command that repeats a run; the key is in the environment, as it was."""
    words = ["python", "-m", "contract_tests.live"]
    if options.replay is not None:
        return shlex.join([*words, "--replay", options.replay])
    words += ["--base-url", options.base_url] if options.base_url else []
    words += ["--dialect", options.dialect, "--jobs", str(options.jobs)]
    return shlex.join([*words, "--seed", str(options.seed)])


def _first_server(contract: Contract) -> str:
    servers = cast("list[Node]", contract.document["servers"])
    return str(servers[0]["url"])


def _report(options: argparse.Namespace, run: Run, contract: Contract, started: datetime) -> None:
    occasion = Occasion.of(_command(options), started, datetime.now(UTC), contract, OPENAPI)
    for line in report_terminal.lines([run]):
        _say(line)
    markdown = report_markdown.text([run], contract, occasion)
    for path, text in (
        (options.report, report_json.text([run], contract, occasion)),
        (options.markdown, markdown),
    ):
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
    if options.github:
        for command in report_github.commands([run], OPENAPI):
            _say(command)
        if summary := os.environ.get(_SUMMARY):
            with Path(summary).open("a", encoding="utf-8") as page:
                page.write(markdown)


def _say(line: str) -> None:
    """Print a line at once: an id must be known even if the next moment ends the process."""
    print(line, flush=True)  # noqa: T201 - a command's output


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.live",
        description="Hold the live server to the contract, within a cap on what is paid.",
        epilog="Exit code: 0 green or skipped without a key, 1 findings, 2 not testable.",
    )
    add = parser.add_argument
    add("--base-url", help="the server to test (default: the contract's first)")
    add("--key-env", default="API_KEY", help="the variable that holds its key (API_KEY)")
    add("--dialect", choices=_DIALECTS, default="gateway", help="how it speaks (gateway)")
    add("--jobs", type=_count, default=1, help="paid jobs at most; 0 only reads (1)")
    add("--rate", type=_positive, default=_PER_SECOND, help="requests a second at most (2)")
    add("--patience", type=_positive, default=_PATIENCE, help="seconds to wait for one job (120)")
    add("--seed", type=int, default=1, help="repeats the requests of an earlier run (1)")
    add("--record", metavar="DIR", default=".live", help="where the recording goes (.live)")
    add("--replay", metavar="FILE", help="send nothing: hold a recording against the contract")
    add("--report", metavar="FILE", help="write everything as JSON")
    add("--markdown", metavar="FILE", help="write a summary in Markdown")
    add("--github", action="store_true", help="annotate as GitHub Actions wants it")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("a number of jobs is not negative")
    return number


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("it must be a number above 0")
    return number
