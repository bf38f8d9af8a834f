"""``batch`` as a process: signals, SIGKILL and resume, pipes and terminals; lost 0, paid twice 0."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from chainhub_fal import RowState, read_journal
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..processes import read_terminal, surroundings

COMMAND = (sys.executable, "-m", "chainhub_fal", "batch")
TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "100"}
SET = ("--set", "image_size=16x16")
JOBS = 24


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_rows(JOBS)


def write_rows(count: int) -> None:
    lines = (
        json.dumps({"image_url": f"https://p.example/{n}.png", "seed": n}) for n in range(count)
    )
    Path("rows.jsonl").write_text("".join(f"{line}\n" for line in lines))


@contextmanager
def started(
    sandbox: Sandbox, *arguments: str, stderr: int = subprocess.PIPE, **more: Any
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        text=True,
        env=surroundings(sandbox, **more),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def talk_of(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stderr is not None
    return process.stderr


def slow(factory: SandboxFactory) -> Sandbox:
    return factory(queue_seconds=0, run_seconds=600, foreign_images="invent", workers=1000)


def quick(factory: SandboxFactory) -> Sandbox:
    return factory(queue_seconds=0, run_seconds=0, foreign_images="invent", workers=1000)


def wait_for_jobs(sandbox: Sandbox, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until so many jobs are paid, and their receipts are in the journal."""
    queued = 0
    while queued < count:
        assert process.poll() is None
        rows = list(read_journal("out/batch.db")) if sandbox.paid >= count else []
        queued = sum(row.state is RowState.QUEUED for row in rows)


@pytest.mark.parametrize(
    ("sent", "code", "policy", "words"),
    [
        (signal.SIGINT, 130, "keep", "on leaving: left to go on"),
        (signal.SIGTERM, 143, "keep", "on leaving: left to go on"),
        (signal.SIGINT, 130, "cancel", "under way"),
    ],
)
def test_a_signal_leaves_soon_names_the_jobs_and_the_command_that_resumes(
    sent: signal.Signals,
    code: int,
    policy: str,
    words: str,
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = slow(chainhub_sandbox_factory)
    options = ["rows.jsonl", "--concurrency", "8", *SET, "--on-abandon", policy]
    with started(sandbox, *options) as process:
        wait_for_jobs(sandbox, 8, process)
        began = time.monotonic()
        process.send_signal(sent)
        told = talk_of(process).read()
        assert process.wait() == code
    assert time.monotonic() - began < 2 + (policy == "cancel")
    assert "a second signal ends at once" in told
    assert words in told
    assert "8 rows under way" in told
    assert "16 rows not tried" in told
    assert (
        "resume with: chainhub-fal batch rows.jsonl --set image_size=16x16 --concurrency 8" in told
    )
    assert len(sandbox.calls_to("cancel")) == (8 if policy == "cancel" else 0)
    assert "Traceback" not in told
    assert not list(Path("out").glob(".chainhub-*"))
    assert sandbox.paid == 8


def test_a_second_signal_ends_at_once_and_loses_nothing(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = slow(chainhub_sandbox_factory)
    sandbox.faults.add("submit", Fault.slow(30), times=None, after=4)
    with started(sandbox, "rows.jsonl", "--concurrency", "5", *SET) as process:
        wait_for_jobs(sandbox, 4, process)
        process.send_signal(signal.SIGINT)
        heard = [next(line for line in talk_of(process) if "leaving" in line)]
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        heard += talk_of(process).readlines()
        assert process.wait() == 130
    assert time.monotonic() - began < 1
    assert not [line for line in heard if "resume with" in line]  # nothing more was begun
    known = {row.ref.request_id for row in read_journal("out/batch.db") if row.ref}
    assert known <= set(sandbox.paid_ids)
    assert len(known) == 4


def test_killed_again_and_again_no_job_is_paid_twice_or_lost(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = quick(chainhub_sandbox_factory)
    # Besides the jobs that are counted, four may be at any stage when a kill comes: of few rows, none might be
    # left to submit at the last kill.
    blows = (("submit", 5), ("result", 9), ("file", 4), ("submit", 3))
    count = 60
    write_rows(count)
    for operation, after in blows:
        with started(sandbox, "rows.jsonl", "--concurrency", "4", *SET) as process:
            struck = threading.Event()

            def blow(
                answer: Answer,
                _: Exchange,
                process: subprocess.Popen[str] = process,
                struck: threading.Event = struck,
            ) -> Answer:
                process.kill()
                struck.set()
                return answer

            sandbox.faults.add(operation, Fault(operation=operation, alter=blow), after=after)
            told = talk_of(process).read()
            assert struck.is_set(), told
    with started(sandbox, "rows.jsonl", *SET) as process:
        told = talk_of(process).read()
    rows = list(read_journal("out/batch.db"))
    paid = [
        call.fields["seed"]
        for call in sandbox.calls_to("submit")
        if call.request_id in set(sandbox.paid_ids)
    ]
    assert len(paid) == len(set(paid)) == sandbox.paid
    unknown = [row for row in rows if row.state in (RowState.INTENDED, RowState.UNKNOWN)]
    done = [row for row in rows if row.state is RowState.DONE]
    assert len(done) + len(unknown) == len(rows) == count
    assert {row.ref.request_id for row in done if row.ref} <= set(sandbox.paid_ids)
    assert process.returncode == (16 if unknown else 0)
    assert f"{count} rows: {len(done)} done" in told
    lines = Path("out/results.jsonl").read_text().splitlines()
    recorded = {json.loads(line)["request_id"] for line in lines}
    assert recorded == {row.ref.request_id for row in done if row.ref}
    assert all(Path(path).is_file() for row in done for path in row.files)


def test_rows_come_from_a_pipe_without_an_end_in_sight(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = quick(chainhub_sandbox_factory)
    ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, "-", *SET],
        input=Path("rows.jsonl").read_text() + "{broken\n",
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(sandbox),
    )
    assert ended.returncode == 2
    assert len(ended.stdout.splitlines()) == JOBS
    assert f"stdin:{JOBS + 1}: it is not JSON" in ended.stderr
    assert f"{JOBS + 1} rows: {JOBS} done, 1 not queued" in ended.stderr
    assert "\x1b" not in ended.stderr


def test_a_terminal_shows_a_bar_that_goes_away_and_failures_that_stay(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = quick(chainhub_sandbox_factory)
    sandbox.faults.add("submit", CATALOGUE["submit-413"])
    main_end, terminal = os.openpty()
    with started(sandbox, "rows.jsonl", *SET, "--price", "0.5", stderr=terminal, **TERMINAL):
        os.close(terminal)
        seen = read_terminal(main_end)
    assert f"of {JOBS} rows" in seen
    assert "in flight" in seen
    assert "413" in seen
    assert f"paid at most {(JOBS - 1) * 0.5} for {JOBS - 1} calls" in seen
    assert seen.rindex("\x1b[?25h") > seen.rindex("\x1b[?25l")  # the cursor is there again
