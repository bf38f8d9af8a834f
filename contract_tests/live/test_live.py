"""The live checks as a command, against the sandbox in the part of the live server."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.faults import Delivery

from . import checks, readonly
from .command import main
from .conftest import CONTRACT
from .replay import replay

Run = Callable[..., int]


@pytest.fixture
def against(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the checks against a sandbox; the recording goes to ``tmp_path / "live"``."""

    def run(server: Sandbox, *more: str, **options: Any) -> int:
        monkeypatch.setenv("API_KEY", server.key)
        usual = ["--base-url", server.base_url, "--dialect", server.settings.dialect]
        usual += ["--rate", "10000", "--patience", "5", "--record", str(tmp_path / "live")]
        return main([*usual, *more], **options)

    return run


@pytest.mark.parametrize("jobs", [0, 1, 3])
def test_a_server_that_keeps_the_contract_is_green_within_the_cap(
    jobs: int,
    server: Sandbox,
    against: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = [tmp_path / name for name in ("run.json", "run.md")]
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    options = ["--jobs", str(jobs), "--report", str(files[0]), "--markdown", str(files[1])]
    assert against(server, *options, "--github") == 0
    assert (tmp_path / "summary.md").read_text("utf-8") == files[1].read_text("utf-8")
    assert server.paid == jobs
    said = capsys.readouterr().out.splitlines()
    cost = f"at most {jobs} paid job" if jobs else "no paid job: it only reads"
    assert cost in said[0]
    assert f"spent: {jobs} of at most {jobs} paid job{'' if jobs == 1 else 's'}" in said
    for name in server.paid_ids:
        assert sum(name in line for line in said) >= 2
    (run,) = json.loads(files[0].read_text("utf-8"))["runs"]
    assert [each["layer"] for each in run["layers"]] == ["client"] * (jobs > 0) + [
        "read-only",
        "semantics",
    ]
    assert all(each["requests"] for each in run["layers"])

    (recording,) = (tmp_path / "live").iterdir()
    again = replay(recording, CONTRACT)
    assert again.findings == ()
    assert again.requests > 40
    texts = [path.read_text("utf-8") for path in (recording, *files)]
    assert not any(server.key in text for text in (*texts, "\n".join(said)))
    assert not any(name in texts[0] for name in server.paid_ids)


def test_without_a_key_it_says_so_and_is_skipped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("API_KEY", raising=False)
    assert main([]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "skipped: API_KEY is not set" in line
    assert "run it with `API_KEY=... make contract-live`" in line


@pytest.mark.parametrize("key", ["a-wrong-key", "schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel"])
def test_a_refused_key_cannot_be_tested(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as server:
        monkeypatch.setenv("API_KEY", key)
        options = ["--base-url", server.base_url, "--record", str(tmp_path), "--github"]
        assert main(options) == 2
        assert server.paid == 0
    said = capsys.readouterr()
    assert "correct API_KEY" in said.err or "correct it" in said.err
    assert "::error title=contract::" in said.out


def test_a_server_that_is_down_cannot_be_tested(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", "some-key")
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert main(["--base-url", url, "--record", str(tmp_path)]) == 2
    assert "does not answer" in capsys.readouterr().err


@pytest.mark.parametrize("url", ["https://me:hunter2@gateway.example", "http://[::1", "gateway"])
def test_a_base_url_that_is_none_or_holds_credentials_cannot_be_tested(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", "some-key")
    assert main(["--base-url", url, "--record", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert "correct BASE_URL" in said.err
    assert "hunter2" not in said.err + said.out
    assert list(tmp_path.iterdir()) == []


def test_a_server_of_web_pages_cannot_be_tested(
    against: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as server:
        server.faults.add("get_result", Fault.named("result-page"), times=None)
        assert against(server) == 2
        assert server.paid == 0
    said = capsys.readouterr().err
    assert "text/html" in said
    assert "so it is not the API: correct BASE_URL" in said


@pytest.mark.parametrize(
    ("fault", "paid"),
    [
        ("submit-drop-done", 1),
        ("submit-drop-half", 1),
        ("submit-redirect-307", 0),
        ("submit-502-html", 0),
        ("submit-page", 0),
    ],
)
def test_a_submit_without_a_ticket_counts_and_is_not_sent_again(
    fault: str, paid: int, against: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as server:
        server.faults.add("submit", Fault.named(fault))
        assert against(server) == 1
        assert server.paid == paid
        assert server.foreign_hits == ()
    (recording,) = (tmp_path / "live").iterdir()
    sent = [json.loads(line) for line in recording.read_text("utf-8").splitlines()]
    submits = [line for line in sent if line.get("method") == "POST"]
    assert [line["request"]["authorization"] for line in submits].count("right") == 1
    said = capsys.readouterr().out
    assert "spent: 1 of at most 1 paid job" in said
    assert ": unknown (submit_flux_1_schnell_redux)" in said
    named = [name for name in server.paid_ids if name in said]
    assert len(named) == (fault == "submit-drop-half")


def test_a_server_that_dies_on_the_way_leaves_the_id_and_a_readable_recording(
    against: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as server:
        server.faults.add("any", Fault.drop(Delivery.DONE), times=None, after=3)
        assert against(server, "--patience", "0.5") == 1
        assert server.paid == 1
    said = capsys.readouterr().out
    assert f"paid job 1: {server.paid_ids[0]}" in said
    assert f"result {server.paid_ids[0]} --endpoint fal-ai/flux-1/schnell/redux" in said
    (recording,) = (tmp_path / "live").iterdir()
    assert replay(recording, CONTRACT).requests >= 2


def test_a_job_that_takes_too_long_is_left_to_end(
    against: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox(run_seconds=3600) as server:
        assert against(server, "--patience", "0.5") == 1
        (name,) = server.paid_ids
        assert name not in {call.request_id for call in server.calls_to("cancel")}
    said = capsys.readouterr().out
    assert "client/no-result" in said
    assert f"result {name} --endpoint" in said


class Interrupted(httpx.HTTPTransport):
    """Ctrl-C after the ticket, while the result is awaited."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET" and "auto" not in request.url.path:
            raise KeyboardInterrupt
        return super().handle_request(request)


def test_ctrl_c_leaves_the_id(against: Run, capsys: pytest.CaptureFixture[str]) -> None:
    with Sandbox() as server, pytest.raises(KeyboardInterrupt):
        against(server, transport=Interrupted)
    said = capsys.readouterr().out
    assert f"paid job 1: {server.paid_ids[0]}" in said
    assert "spent: 1 of at most 1 paid job" in said


@pytest.mark.parametrize("fault", ["submit-no-auth", "submit-no-validation"])
def test_a_server_that_lets_everything_in_makes_no_job_beyond_the_cap(
    fault: str, against: Run
) -> None:
    with Sandbox(faults=(fault,), unrouted="404") as server:
        code = against(server)
        assert (server.paid, code) == (1, int(fault == "submit-no-auth"))


@pytest.mark.parametrize("unrouted", ["page", "404"])
def test_a_gateway_without_the_doubtful_routes_is_told_and_not_blamed(
    unrouted: Any, against: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox(gateway_routes="result-only", unrouted=unrouted) as server:
        assert against(server) == 0
    assert capsys.readouterr().out.count("route_not_served") == 3
    (recording,) = (tmp_path / "live").iterdir()
    assert replay(recording, CONTRACT).errors == ()


def test_a_gateway_without_the_stream_is_told_and_not_blamed(
    against: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox(gateway_routes="no-stream") as server:
        assert against(server) == 0
    assert capsys.readouterr().out.count("route_not_served") == 1
    (recording,) = (tmp_path / "live").iterdir()
    assert replay(recording, CONTRACT).errors == ()


@pytest.mark.parametrize(
    ("operation", "fault", "rule"),
    [
        ("submit", "submit-ends-policy", "client/valid-failed"),
        ("result", "result-shape", "client/no-result"),
        ("file", "file-other-type", "client/file"),
        ("file", "file-404", "client/file"),
    ],
)
def test_what_the_client_meets_is_a_finding(
    operation: str, fault: str, rule: str, against: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as server:
        # The first question for a result is about nobody's job: is this the API at all?
        first = 1 if operation == "result" else 0
        server.faults.add(operation, Fault.named(fault), times=None, after=first)
        assert against(server) == 1
    assert rule in capsys.readouterr().out


def test_a_run_that_asks_nothing_is_red(
    against: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(readonly, "read_only", lambda *_, **__: [])
    monkeypatch.setattr(checks, "run_within", lambda *_, **__: [])
    with Sandbox() as server:
        assert against(server, "--jobs", "0") == 1
    said = capsys.readouterr().out
    assert "the layer read-only sent nothing" in said
    assert "it never answered 401, which costs nothing to ask for" in said
