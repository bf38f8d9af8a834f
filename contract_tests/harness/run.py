"""The command of the harness: which server, which layers, which reports, and the exit code."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import httpx

from ..contract import OPENAPI, Contract
from ..semantics.exchange import UnansweredError
from ..semantics.served import unserved
from . import (
    report_github,
    report_html,
    report_json,
    report_junit,
    report_markdown,
    report_terminal,
)
from .findings import Ledger
from .lacking import warnings, without
from .page_drift import Drift
from .page_kills import Kills
from .report_occasion import Occasion
from .runs import LAYERS, LayerRun, Run, judged, layer_run
from .sandboxes import sandbox_for
from .target import Dialect, NotTestableError, Target

GREEN, RED, NOT_TESTABLE = 0, 1, 2
_DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
_KEY_ENV = "API_KEY"
_SUMMARY = "GITHUB_STEP_SUMMARY"


def main(arguments: Sequence[str] | None = None) -> int:
    """Test and report; returns 0 green, 1 with findings or too little exercised, 2 not testable."""
    options, started = _parser().parse_args(arguments), datetime.now(UTC)
    try:
        contract = Contract.load()
        kills = _kills(options)
        runs = list(_runs(options, contract))
    except NotTestableError as error:
        _refuse(options, str(error))
        return NOT_TESTABLE
    occasion = Occasion.of(_command(options), started, datetime.now(UTC), contract, OPENAPI)
    _report(options, runs, contract, occasion)
    if options.html:
        drift = _drift()
        _write(options.html, report_html.text(runs, contract, occasion, kills, drift))
    return RED if not runs or any(run.errors for run in runs) else GREEN


def _drift() -> Drift:
    # The generator's tools take a second to load, which a run without a page need not spend.
    from .page_compared import compared  # noqa: PLC0415

    return compared(OPENAPI.parent)


def _refuse(options: argparse.Namespace, words: str) -> None:
    """Say that nothing could be tested, also where a report of an earlier run may still stand."""
    print(f"conformance: not testable: {words}", file=sys.stderr)  # noqa: T201
    if options.github:
        print(report_github.refusal(words))  # noqa: T201
    if options.html:
        _write(options.html, report_html.refusal(words, _command(options)))


def _kills(options: argparse.Namespace) -> Kills | None:
    """Read the kill table before anything is tested, so that a wrong name costs no run."""
    if options.kill_table is None:
        return None
    try:
        return Kills.read(json.loads(Path(options.kill_table).read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise NotTestableError(
            f"{options.kill_table} is no kill table ({error}): make one with"
            " python -m contract_tests.mutation provider --json FILE"
        ) from error


def _command(options: argparse.Namespace) -> str:
    """Return the command that repeats a run; the key is in the environment, as it was."""
    words = ["python", "-m", "contract_tests.harness"]
    words += ["--base-url", options.base_url] if options.base_url else []
    words += ["--key-env", options.key_env] if options.key_env != _KEY_ENV else []
    words += ["--dialect", options.dialect] if options.dialect else []
    words += ["--layers", options.layers] if options.layers != ",".join(LAYERS) else []
    return shlex.join([*words, "--seed", str(options.seed)])


def _runs(options: argparse.Namespace, contract: Contract) -> Iterator[Run]:
    layers = [name.strip() for name in options.layers.split(",") if name.strip()]
    if options.base_url:
        yield _of_server(options, layers, contract)
        return
    for dialect in [options.dialect] if options.dialect else _DIALECTS:
        yield _of_sandbox(dialect, options.seed, layers, contract)


def _of_server(options: argparse.Namespace, layers: Sequence[str], contract: Contract) -> Run:
    url: str = options.base_url.rstrip("/")
    dialect: Dialect = options.dialect or "gateway"
    target = Target(url, _key(options.key_env, url), dialect)
    _check(target)
    lacking = _unserved_streams(target, contract)
    contract = without(contract, lacking)
    done = [layer_run(name, target, contract, options.seed) for name in layers]
    run = judged(f"{url} ({dialect})", target, contract, options.seed, done)
    return replace(run, missing=(*run.missing, *warnings(lacking)))


def _unserved_streams(target: Target, contract: Contract) -> set[str]:
    """Name the streams that a gateway lacks: it is not known to pass them on, so it may."""
    try:
        lacking = unserved(target, contract, Ledger(), phase="")
    except UnansweredError:
        return set()  # which the layers will find
    return {name for name in lacking if contract.operations[name].streams}


def _of_sandbox(dialect: Dialect, seed: int, layers: Sequence[str], contract: Contract) -> Run:
    """Run each layer against a sandbox of its own, so that none meets the jobs of another."""
    done: list[LayerRun] = []
    target = Target("", "", dialect)
    for name in layers:
        with sandbox_for(name, dialect) as sandbox:
            target = Target(sandbox.base_url, sandbox.key, dialect)
            _check(target)
            done.append(layer_run(name, target, contract, seed))
    return judged(f"sandbox ({dialect})", target, contract, seed, done)


def _key(variable: str, url: str) -> str:
    key = os.environ.get(variable, "").strip()
    if not key:
        raise NotTestableError(f"{variable} is not set: put the key of {url} into it")
    if not (key.isascii() and key.isprintable()):
        raise NotTestableError(f"{variable} holds characters that no header can: correct it")
    return key


def _check(target: Target) -> None:
    try:
        target.check()
    except httpx.InvalidURL as error:
        raise NotTestableError(f"{target.base_url} is no URL: correct BASE_URL") from error


def _report(
    options: argparse.Namespace, runs: Sequence[Run], contract: Contract, occasion: Occasion
) -> None:
    for line in report_terminal.lines(runs):
        print(line)  # noqa: T201 - a command's output
    markdown = report_markdown.text(runs, contract, occasion)
    for path, text in (
        (options.report, report_json.text(runs, contract, occasion)),
        (options.junit, report_junit.text(runs, contract)),
        (options.markdown, markdown),
    ):
        if path is not None:
            _write(path, text)
    if options.github:
        for command in report_github.commands(runs, OPENAPI):
            print(command)  # noqa: T201
        if summary := os.environ.get(_SUMMARY):
            with Path(summary).open("a", encoding="utf-8") as page:
                page.write(markdown)


def _write(path: str, text: str) -> None:
    Path(path).write_text(text, encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m contract_tests.harness",
        description="Hold a server to the contract: the sandbox in both dialects, or any base URL.",
        epilog="Exit code: 0 green, 1 findings or too little exercised, 2 not testable.",
    )
    add = parser.add_argument
    add("--base-url", help="the server to test (default: a sandbox of its own)")
    add("--key-env", default=_KEY_ENV, help="the variable that holds its key (API_KEY)")
    add("--dialect", choices=_DIALECTS, help="how it speaks (default: gateway, the sandbox: both)")
    add("--seed", type=int, default=1, help="repeats the requests of an earlier run (1)")
    add("--layers", default=",".join(LAYERS), help=f"some of {','.join(LAYERS)} (all)")
    add("--report", metavar="FILE", help="write everything as JSON")
    add("--junit", metavar="FILE", help="write JUnit XML")
    add("--markdown", metavar="FILE", help="write a summary in Markdown")
    add("--html", metavar="FILE", help="write a page: coverage, findings, kill table, drift")
    add("--kill-table", metavar="FILE", help="the mutation run's JSON, for the page")
    add("--github", action="store_true", help="annotate as GitHub Actions wants it")
    return parser
