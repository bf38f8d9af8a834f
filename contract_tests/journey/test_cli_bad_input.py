"""Everything that can go wrong with ``run``: exit code, words, and no paid job without its id."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

import chainhub_fal
from chainhub_fal import errors
from chainhub_fal.__main__ import main
from chainhub_fal.cli import app
from chainhub_fal.cli.exits import Exit, Terminated, exit_of
from chainhub_fal_sandbox import Fault
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

CAT = str(Path(__file__).parents[2] / "demo" / "cat.jpg")
CLOSED = "http://127.0.0.1:1"  # nothing listens there: it is below the ports a program may take
KEY = "sk-canary-5d1c"


@dataclass(frozen=True)
class Row:
    """``paid``: jobs the sandbox was left with; ``named``: the id is known, so it must be told."""

    name: str
    arguments: tuple[str, ...]
    exit: Exit
    words: str
    fault: str = ""
    paid: int = 0
    named: bool = False


WRONG_KEY = ("--api-key-file", "wrong-key")
NO_KEY = ("--api-key-file", "no-key")
SOON = ("--deadline", "0.6")
ROWS = (
    Row("no key", (CAT, *NO_KEY), Exit.USAGE, "there is no API key"),
    Row("wrong key", (CAT, *WRONG_KEY), Exit.AUTHENTICATION, "401"),
    Row("no quota", (CAT,), Exit.PERMISSION, "Top up the account", "submit-no-quota"),
    Row("missing file", ("nowhere.jpg",), Exit.USAGE, "nowhere.jpg: image_url: the file cannot"),
    Row("a folder", (".",), Exit.USAGE, "Is a directory"),
    Row("not an image", ("text.jpg",), Exit.USAGE, "its bytes are of no known type"),
    Row("empty file", ("empty.jpg",), Exit.USAGE, "the file is empty"),
    Row("too large", ("large.jpg",), Exit.USAGE, "more than 10 MB"),
    Row("broken data URI", ("data:image/png;base64,!",), Exit.USAGE, "cannot be read"),
    Row("other scheme", ("ftp://host/a.jpg",), Exit.USAGE, "a ftp: URL cannot be fetched"),
    Row("no image", (), Exit.USAGE, "Missing argument 'IMAGE...'"),
    Row("image twice", (CAT, "--set", f"image_url={CAT}"), Exit.USAGE, "image_url is given twice"),
    Row("0 images", (CAT, "-n", "0"), Exit.USAGE, "num_images: 0 is below the least allowed, 1"),
    Row("5 images", (CAT, "-n", "5"), Exit.USAGE, "num_images: 5 is above the most allowed, 4"),
    Row("x images", (CAT, "-n", "x"), Exit.USAGE, "num_images: 'x' is not an integer"),
    Row("size", (CAT, "--image-size", "17:9"), Exit.USAGE, "landscape_16_9, 3:4"),
    Row("default", (CAT, "--output-format", "default"), Exit.USAGE, "Leave the input out"),
    Row("pixels", (CAT, "--image-size", "0x9"), Exit.USAGE, "image_size.width: 0 must be more"),
    Row("unknown field", (CAT, "--set", "sed=1"), Exit.USAGE, "Did you mean seed?"),
    Row("field twice", (CAT, "--seed", "1", "--set", "seed=2"), Exit.USAGE, "given twice"),
    Row("no sign", (CAT, "--set", "seed"), Exit.USAGE, "'seed' is not key=value"),
    Row("unknown option", (CAT, "--sed", "1"), Exit.USAGE, "No such option '--sed'"),
    Row("unknown model", (CAT, "--endpoint", "fal-ai/flux"), Exit.USAGE, "Did you mean fal-ai/flux"),
    Row("bad deadline", (CAT, "--deadline", "-1"), Exit.USAGE, "deadline is -1"),
    Row("bad base URL", (CAT, "--base-url", "api.example"), Exit.USAGE, "the base URL must be"),
    Row("folder is a file", (CAT, "-o", "text.jpg"), Exit.USAGE, "Nothing was sent"),
    Row("web page", (CAT,), Exit.NOT_THE_API, "Check the base URL", "submit-page"),
    Row("refused connection", (CAT, "--base-url", CLOSED, "--connect-patience", "0"), Exit.NO_ANSWER, "Nothing was sent and nothing was charged"),
    Row("refused request", (CAT,), Exit.REFUSED, "413", "submit-413"),
    Row("rate limit", (CAT, *SOON), Exit.RATE_LIMIT, "It asks to wait 1 s", "submit-429-wait"),
    Row("server error", (CAT, *SOON), Exit.SERVER, "503", "submit-503-wait"),
    Row("no ticket", (CAT,), Exit.UNKNOWN, "may be queued and charged", "submit-drop-done", paid=1),
    Row("late ticket", (CAT, *SOON), Exit.UNKNOWN, "no answer came in time", "submit-slow", paid=1),
    Row("ticket of another host", (CAT,), Exit.OK, "1 file", "submit-foreign-urls", paid=1),
    Row("ticket of another job", (CAT,), Exit.CONTRACT, "names another job", "submit-other-id", paid=1, named=True),
    Row("deadline in the queue", (CAT, *SOON), Exit.DEADLINE, "the deadline of 0.6 s came during the wait", "result-unknown-state", paid=1, named=True),
    Row("deadline in the download", (CAT, "--deadline", "1.5"), Exit.DEADLINE, "during the download", "file-503", paid=1, named=True),
    Row("other shape", (CAT,), Exit.CONTRACT, "no known shape", "result-shape", paid=1, named=True),
    Row("failed job", (CAT,), Exit.JOB_FAILED, "could not be processed", "submit-ends-policy", paid=1, named=True),
    Row("picture gone", (CAT,), Exit.SAVE, "has expired or was removed", "file-404", paid=1, named=True),
    Row("picture is a page", (CAT,), Exit.SAVE, "its bytes are not", "file-page", paid=1, named=True),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("text.jpg").write_text("this is no picture")
    Path("empty.jpg").touch()
    with Path("large.jpg").open("wb") as file:
        file.write(b"\xff\xd8\xff")
        file.truncate(10 * 1024 * 1024 + 1)
    Path("wrong-key").write_text("sk-wrong-canary")
    Path("no-key").touch()
    Path("out").mkdir()
    Path("out", "kept.jpg").write_text("what was here before")
    return tmp_path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_it_ends_with_its_code_says_why_and_names_what_was_paid(
    row: Row,
    folder: Path,
    chainhub_sandbox_factory: SandboxFactory,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sandbox = chainhub_sandbox_factory(key=KEY)
    monkeypatch.setenv("CHAINHUB_API_KEY", KEY)
    monkeypatch.setenv("CHAINHUB_BASE_URL", sandbox.base_url)
    if row.fault:
        fault = Fault.named(row.fault)
        sandbox.faults.add(fault.operation, fault, times=None)
    assert main(["run", *row.arguments]) == row.exit
    output, talk = capsys.readouterr()
    assert row.words in talk
    assert sandbox.paid == row.paid
    if row.named:
        assert f"(job {sandbox.paid_ids[0]} of " in talk
        assert """fetch it with: chainhub-fal result '{"endpoint":""" in talk
        assert "-o out" in talk
    for secret in ("Traceback", "canary", "data:image", "base64,"):
        assert secret not in output + talk
    assert (folder / "out" / "kept.jpg").read_text() == "what was here before"
    assert sandbox.foreign_hits == ()


def test_every_error_has_a_code_of_its_kind() -> None:
    classes = [getattr(errors, name) for name in errors.__all__]
    raised = [cls for cls in classes if issubclass(cls, Exception)]
    codes = {cls: exit_of(cls.__new__(cls)) for cls in raised}
    assert [cls for cls, code in codes.items() if code is Exit.INTERNAL] == [
        chainhub_fal.ChainHubError  # the root, which is never raised itself
    ]
    assert codes[chainhub_fal.QuotaError] is Exit.PERMISSION
    assert codes[chainhub_fal.TicketError] is Exit.CONTRACT


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [
        (KeyboardInterrupt(), 130, ""),
        (Terminated(), 143, ""),
        (RuntimeError("canary"), 70, "a bug in this program, RuntimeError at test_cli_bad_input"),
    ],
)
def test_even_what_happens_outside_of_any_job_ends_with_a_code(
    raised: BaseException,
    code: int,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(_: str | None) -> NoReturn:
        raise raised

    monkeypatch.setattr(app, "chosen_endpoint", fail)
    assert main(["status", "an-id"]) == code
    talk = capsys.readouterr().err
    assert told in talk
    assert "Traceback" not in talk
    assert "canary" not in talk


def test_nothing_listens_where_the_table_says_so() -> None:
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", 1)) != 0
