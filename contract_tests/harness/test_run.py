"""The harness as a command: exit codes, sentences, floors and reports."""

from __future__ import annotations

import json
import socket
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from chainhub_fal_sandbox import Fault, Sandbox

from ..contract import OPENAPI, Contract
from ..suite import layer as suite
from .findings import Finding, Ledger
from .floors import provokable, shortfalls
from .run import main
from .runs import LayerRun
from .target import Dialect

CONTRACT = Contract.load()
Run = Callable[..., int]


@pytest.fixture
def server() -> Iterator[Sandbox]:
    """A sandbox whose jobs take a while, as those of any real server do."""
    with Sandbox(unrouted="404", foreign_images="invent") as started:
        yield started


@pytest.fixture
def against(server: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the suite against the sandbox, with its key in the environment."""
    monkeypatch.setenv("API_KEY", server.key)
    return lambda *more: main(["--base-url", server.base_url, "--layers", "suite", *more])


def test_without_a_server_the_sandbox_is_tested_in_both_dialects_and_one_line_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--layers", "suite", "--seed", "7"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    for word in ("conformance: green; ", "sandbox (gateway) ", "sandbox (fal) ", "seed 7", "suite"):
        assert word in line


def test_a_finding_makes_it_red_and_every_report_tells_it_without_the_key(
    server: Sandbox,
    against: Run,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    files = [tmp_path / name for name in ("run.json", "run.xml", "run.md", "run.html")]
    server.faults.add("get_status", Fault.fields(status=server.key), times=None)
    options = ["--report", str(files[0]), "--junit", str(files[1]), "--markdown", str(files[2])]
    assert against(*options, "--html", str(files[3]), "--github") == 1

    said = capsys.readouterr().out
    line = next(text for text in said.splitlines() if text.startswith("::error file=openapi.yaml"))
    number = int(line.partition("line=")[2].partition(",")[0])
    assert OPENAPI.read_text("utf-8").splitlines()[number - 1].strip() == "operationId: get_status"

    report = json.loads(files[0].read_text("utf-8"))
    (run,) = report["runs"]
    assert (report["green"], run["green"], run["seed"]) == (False, False, 1)
    assert {finding["operation"] for finding in run["findings"]} == {"get_status"}
    assert {"operation": "get_status", "status": 401, "count": 12} in run["answers"]

    suites = ET.parse(files[1]).getroot()  # noqa: S314 - our own file
    failed = [
        case.get("name") for case in suites.iter("testcase") if case.find("failure") is not None
    ]
    assert failed == ["get_status"]
    texts = [said, *(path.read_text("utf-8") for path in [*files, tmp_path / "summary.md"])]
    for text in texts:
        assert "$API_KEY" in text
        assert server.key not in text
        assert "Answer as the contract documents" in text.replace("\\", "")
        assert "seed 1" in text.replace('"seed": 1', "seed 1")


@pytest.mark.parametrize("unrouted", ["404", "page"])
def test_a_gateway_without_the_stream_is_told_so_and_held_to_the_rest(
    unrouted: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox(gateway_routes="no-stream", unrouted=unrouted, foreign_images="invent") as server:
        monkeypatch.setenv("API_KEY", server.key)
        assert main(["--base-url", server.base_url, "--layers", "suite,semantics"]) == 0
    said = capsys.readouterr().out
    assert said.count("floors/route_not_served: stream_status not served by this gateway") == 1
    assert "conformance: green" in said


def test_a_server_that_is_down_cannot_be_tested(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", "some-key")
    with socket.socket() as taken:  # bound and not listening: nobody answers there
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        assert main(["--base-url", url, "--github"]) == 2
    said = capsys.readouterr()
    assert f"not testable: {url} (gateway) does not answer" in said.err
    assert "correct BASE_URL" in said.err
    assert said.out.startswith("::error title=contract::")


def test_a_web_page_is_not_the_api(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("API_KEY", "some-key")
    web = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=web.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        assert main(["--base-url", f"http://127.0.0.1:{web.server_port}"]) == 2
    finally:
        web.shutdown()
        web.server_close()
        thread.join()
    assert "text/html, so it is not the API: correct BASE_URL" in capsys.readouterr().err


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Console</title>")

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.mark.parametrize(
    ("key", "more", "sentence"),
    [
        ("wrong", [], "refuses the key: correct API_KEY"),
        ("", [], "API_KEY is not set: put the key of"),
        ("schl\N{LATIN SMALL LETTER U WITH DIAERESIS}ssel", [], "characters that no header can"),
        (None, ["--layers", "suit"], "no layer is named suit: choose of suite, "),
        (None, ["--base-url", "http://[::1"], "is no URL: correct BASE_URL"),
        (None, ["--base-url", "localhost:1"], "correct BASE_URL"),
    ],
)
def test_what_cannot_be_tested_says_what_to_correct(
    key: str | None,
    more: list[str],
    sentence: str,
    against: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if key is not None:
        monkeypatch.setenv("API_KEY", key)
    assert against(*more) == 2
    assert sentence in capsys.readouterr().err


def test_a_run_of_nothing_is_red(against: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert against("--layers", ",") == 1
    assert "no layer was run" in capsys.readouterr().out


def test_a_layer_that_sends_nothing_is_red(
    against: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(suite, "run", idle)
    assert against() == 1
    said = capsys.readouterr().out
    assert "the layer suite sent nothing: an empty run proves nothing" in said
    assert "get_status it was never answered" in said


def idle(*_: object, **__: object) -> list[Finding]:
    return []


WANTED: dict[tuple[Dialect, str], list[set[int]]] = {
    ("gateway", "submit_flux_1_schnell_redux"): [{401}, {200}, {400, 422}],
    ("gateway", "get_status"): [{401}, {200}, {404}, {400, 422}],
    ("gateway", "stream_status"): [{401}, {200}, {404}, {400, 422}],
    ("gateway", "get_result"): [{401}, {200}, {404}],
    ("gateway", "cancel_request"): [{401}, {200, 202}, {400}, {404}],
    ("fal", "submit_flux_1_schnell_redux"): [{401}, {200}, {400, 422}],
    ("fal", "get_status"): [{401}, {200}, {202}, {404}, {400, 422}],
    ("fal", "stream_status"): [{401}, {200}, {404}, {400, 422}],
    ("fal", "get_result"): [{401}, {200}, {400}, {404}],
    ("fal", "cancel_request"): [{401}, {200, 202}, {400}, {404}],
}


@pytest.mark.parametrize(("dialect", "operation"), WANTED)
def test_each_status_that_a_caller_can_provoke_is_demanded(
    dialect: Dialect, operation: str
) -> None:
    wanted = WANTED[dialect, operation]
    assert provokable(CONTRACT, CONTRACT.operations[operation], dialect) == wanted
    for left_out in wanted:
        ledger = Ledger()
        for (of, name), sets in WANTED.items():
            for status in set().union(*sets) if of == dialect else ():
                if name != operation or status not in left_out:
                    ledger.answer(name, status)
        missing = shortfalls(CONTRACT, dialect, [LayerRun("suite", (), ledger, 0)])
        shown = " or ".join(map(str, sorted(left_out)))
        assert f"it never answered {shown}," in "".join(each.message for each in missing)
        assert {each.operation for each in missing} == {operation}


def test_a_phase_that_was_skipped_is_named() -> None:
    ledger = Ledger()
    for name in suite.PHASES[1:]:
        ledger.phase(name)
    missing = shortfalls(CONTRACT, "gateway", [LayerRun("suite", (), ledger, 0, suite.PHASES)])
    assert [each.message for each in missing if "phase" in each.message] == [
        "the layer suite sent nothing in its phase walk"
    ]
