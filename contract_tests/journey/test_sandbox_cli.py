"""The sandbox as a program and as a pytest plugin."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from dataclasses import fields

import httpx
import pytest

from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.__main__ import main, settings_of
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.settings import Settings

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


def test_it_lists_every_setting_that_a_word_can_choose() -> None:
    listed = {
        line.split()[0]: line.split()[1:]
        for line in run(*MODULE, "--list-settings").stdout.splitlines()
    }
    by_option = {"dialect", "key", "queue_seconds", "run_seconds", "foreign_images", "faults"}
    by_code = {"contract", "clock"}
    assert listed.keys() == {field.name for field in fields(Settings)} - by_option - by_code
    assert listed["gateway_routes"] == ["all", "all", "|", "no-stream", "|", "result-only"]
    assert listed["workers"][0] == "2"


def test_what_is_set_is_what_it_does() -> None:
    words = ("pending=detail", "workers=8", "ping_seconds=0.25", "ticket_host=https://a.test")
    settings = settings_of([argument for word in words for argument in ("--set", word)])
    assert (settings.pending, settings.workers, settings.ping_seconds) == ("detail", 8, 0.25)
    assert settings.ticket_host == "https://a.test"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("workers=many", "workers is 'many': it takes a whole number"),
        ("workers", "'workers' sets nothing: --list-settings"),
        ("wokers=2", "'wokers=2' sets nothing: --list-settings"),
        ("clock=1", "'clock=1' sets nothing: --list-settings"),
        ("pending=never", "pending is 'never': choose one of status, accepted, detail"),
        ("workers=0", "workers is 0: at least one"),
    ],
)
def test_what_cannot_be_set_is_named_and_ends_with_2(
    word: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--set", word]) == 2
    assert f"the sandbox cannot start: {said}" in capsys.readouterr().err


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
