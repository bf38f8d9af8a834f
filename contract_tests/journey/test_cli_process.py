"""The command line as a process: signals, terminals and pipes, a full disk, missing extras."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from chainhub_fal.__main__ import main
from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from ..processes import read_terminal, surroundings

CAT = str(Path(__file__).parents[2] / "demo" / "cat.jpg")
COMMAND = (sys.executable, "-m", "chainhub_fal")
TERMINAL = {"TERM": "xterm-256color", "COLUMNS": "200"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@contextmanager
def started(sandbox: Sandbox, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    with subprocess.Popen(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings(sandbox),
    ) as process:
        assert process.stderr is not None
        try:
            yield process, process.stderr
        except BaseException:
            process.kill()  # else the end would be waited for
            raise


@pytest.mark.parametrize("dialect", ["gateway", "fal"])
@pytest.mark.parametrize(
    ("sent", "code", "policy", "words"),
    [
        (signal.SIGINT, 130, "keep", "left to go on"),
        (signal.SIGINT, 130, "cancel", "on leaving: CANCELLATION_REQUESTED"),
        (signal.SIGTERM, 143, "keep", "left to go on"),
    ],
)
def test_an_interruption_names_the_job_its_fate_and_how_to_resume(
    sent: signal.Signals,
    code: int,
    policy: str,
    words: str,
    dialect: str,
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(dialect=dialect, queue_seconds=600)
    arguments = ["--dialect", dialect, "run", CAT, "--on-abandon", policy, "-o", "my out"]
    with started(sandbox, *arguments) as (process, talk):
        seen = [next(line for line in talk if "in queue" in line)]
        process.send_signal(sent)
        seen += talk.readlines()
    told = "".join(seen)
    assert process.returncode == code
    (request_id,) = sandbox.paid_ids
    assert f"(job {request_id} of " in told
    assert words in told
    assert "fetch it with: chainhub-fal result '{" in told
    assert f"-o 'my out' --dialect {dialect}" in told
    assert bool(sandbox.calls_to("cancel")) == (policy == "cancel")
    assert "Traceback" not in told


def test_an_interruption_of_the_submit_says_that_the_job_may_be_queued(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(faults=("submit-slow",))
    with started(sandbox, "run", CAT) as (process, talk):
        while not sandbox.paid:  # the request has come; its answer is held back
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        told = talk.read()
    assert process.returncode == 130
    assert "the job may be queued and charged" in told


def test_a_pipe_gets_plain_lines(chainhub_sandbox: Sandbox) -> None:
    with started(chainhub_sandbox, "run", CAT) as (process, talk):
        told = talk.read()
    assert process.returncode == 0
    assert "\x1b" not in told
    assert "\r" not in told
    assert len(told.splitlines()) >= 4


def test_a_terminal_gets_a_live_line_and_stdout_stays_clean(
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    # Long enough in the queue that a busy machine sees it there.
    chainhub_sandbox = chainhub_sandbox_factory(queue_seconds=1.5)
    main_end, terminal = os.openpty()
    with subprocess.Popen(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, "run", CAT],
        stdout=subprocess.PIPE,
        stderr=terminal,
        text=True,
        env=surroundings(chainhub_sandbox, measured=True, **TERMINAL),
    ) as process:
        os.close(terminal)
        seen = read_terminal(main_end)
        assert process.stdout is not None
        output = process.stdout.read()
    assert process.returncode == 0
    (request_id,) = chainhub_sandbox.paid_ids
    assert output.splitlines() == [str(Path("out", f"{request_id}-1.jpg"))]
    assert f"job {request_id} is queued" in seen
    assert "\x1b[2K" in seen  # a line was rewritten
    assert "in queue" in seen


def test_a_disk_that_fills_after_payment_loses_nothing(chainhub_sandbox: Sandbox) -> None:
    def fill_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, "run", CAT],
        capture_output=True,
        text=True,
        check=False,
        env=surroundings(chainhub_sandbox),
        preexec_fn=fill_disk,
    )
    (request_id,) = chainhub_sandbox.paid_ids
    assert ended.returncode == 17
    assert f"(job {request_id} of " in ended.stderr
    assert "fetch it with: chainhub-fal result '{" in ended.stderr
    assert list(Path("out").iterdir()) == []  # no torn file either


def test_a_full_disk_under_stdout_is_no_bug_and_names_the_job(chainhub_sandbox: Sandbox) -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
            [*COMMAND, "run", CAT],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=surroundings(chainhub_sandbox, measured=True),
        )
    assert ended.returncode == 17
    assert f"No space left on device (job {chainhub_sandbox.paid_ids[0]} of " in ended.stderr


def test_a_folder_that_goes_after_payment_loses_nothing(
    chainhub_sandbox_factory: SandboxFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    def replace_folder(_: object) -> float:
        Path("out").rmdir()
        Path("out").write_text("a file stands here now")
        return 0.01

    sandbox = chainhub_sandbox_factory(run_seconds=replace_folder)
    arguments = ["--base-url", sandbox.base_url, "run", CAT]
    Path("key").write_text(sandbox.key)
    assert main([*arguments, "--api-key-file", "key"]) == 17
    told = capsys.readouterr().err
    assert f"(job {sandbox.paid_ids[0]} of " in told
    assert f"-o out --base-url {sandbox.base_url} --api-key-file key" in told


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [("click", [], "cli"), ("rich", [], "cli"), ("starlette", ["sandbox"], "sandbox")],
)
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    missing: str, arguments: list[str], extra: str
) -> None:
    blocked = f"import sys; sys.modules[{missing!r}] = None; from chainhub_fal.__main__ import main"
    ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [sys.executable, "-c", f"{blocked}; sys.exit(main({arguments}))"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 3
    assert missing in ended.stderr
    assert f"pip install 'chainhub-fal[{extra}]'" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_sandbox_command_hands_its_arguments_on() -> None:
    ended = subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [*COMMAND, "sandbox", "--list-faults"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "submit-429" in ended.stdout
