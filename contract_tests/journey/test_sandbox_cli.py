"""The sandbox as a program and as a pytest plugin."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE

MODULE = ("-m", "chainhub_fal_sandbox")
LINE = re.compile(r'sandbox on (http://127\.0\.0\.1:\d+) \((\w+)\), key "(.+)"\n')


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this interpreter, and arguments written here
        [sys.executable, *command], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_serves_and_ends_when_interrupted(interrupt: signal.Signals) -> None:
    command = [sys.executable, *MODULE, "--dialect", "fal", "--key", "a:b", "--fault", "submit-429"]
    with subprocess.Popen(  # noqa: S603 - as in `run`
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        found = LINE.fullmatch(process.stdout.readline())
        assert found is not None
        assert (found[2], found[3]) == ("fal", "a:b")
        url = f"{found[1]}/fal-ai/flux-1/schnell/redux"
        assert httpx.post(url, json={}).status_code == 429
        process.send_signal(interrupt)
        output, errors = process.communicate(timeout=5)
    assert (process.returncode, output, errors) == (0, "", "")


def test_it_lists_its_faults() -> None:
    listed = run(*MODULE, "--list-faults").stdout
    assert [line.split()[0] for line in listed.splitlines()] == list(CATALOGUE)


def test_a_port_that_is_taken_is_named_and_ends_with_2() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ended = run(*MODULE, "--port", port)
    assert ended.returncode == 2
    assert "cannot start" in ended.stderr


def test_the_fixture_is_a_running_gateway(chainhub_sandbox: Sandbox) -> None:
    assert chainhub_sandbox.settings.dialect == "gateway"
    assert httpx.get(chainhub_sandbox.base_url).status_code == 200


def test_the_plugin_costs_a_test_run_nothing_until_it_is_used() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import chainhub_fal_sandbox.pytest_plugin; "
        "print({name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    output = run("-c", code).stdout
    for heavy in ("uvicorn", "starlette", "PIL", "yaml", "jsonschema_rs", "httpx"):
        assert heavy not in output
    assert "chainhub_fal_sandbox" in output
