"""The command line against the sandbox: pictures, sheet, references, machine output."""

from __future__ import annotations

import io
import json
import re
import shlex
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from chainhub_fal.__main__ import main
from chainhub_fal.cli import folder as folder_module
from chainhub_fal.cli.records import Record, SavedFile
from chainhub_fal.cli.sheet import render
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

CAT = Path(__file__).parents[2] / "demo" / "cat.jpg"


@pytest.fixture
def sandbox(
    request: pytest.FixtureRequest,
    chainhub_sandbox_factory: SandboxFactory,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Sandbox]:
    sandbox = chainhub_sandbox_factory(**getattr(request, "param", {}))
    monkeypatch.setenv("CHAINHUB_API_KEY", sandbox.key)
    monkeypatch.setenv("CHAINHUB_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    yield sandbox
    assert sandbox.foreign_hits == ()
    assert sandbox.keys_sent_to_files == 0


class Page(HTMLParser):
    """Collects what a test asks of a contact sheet."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text.append(data.strip())


def sheet(folder: str = "out") -> Page:
    return Page(Path(folder, "index.html").read_text("utf-8"))


def records(folder: str = "out") -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(folder, "results.jsonl").read_text().splitlines()]


def words(command: object) -> list[str]:
    """Split a command line that was printed, and leave the program's name off."""
    program, *arguments = shlex.split(str(command))
    assert program == "chainhub-fal"
    return arguments


@pytest.mark.parametrize("sandbox", [{"queue_seconds": 1.5}], indirect=True)  # for a busy machine
def test_run_saves_the_pictures_asked_for_and_prints_their_paths(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(CAT), "-n", "4", "--image-size", "16:9"]) == 0
    output, talk = capsys.readouterr()
    paths = [Path(line) for line in output.splitlines()]
    assert len(paths) == 4
    for path in paths:
        with Image.open(path) as picture:
            assert (picture.format, picture.size) == ("JPEG", (1024, 576))
    (request_id,) = sandbox.paid_ids
    lines = talk.splitlines()
    assert lines[:2] == ["cat.jpg: submitting", f"cat.jpg: job {request_id} is queued"]
    assert re.match(r"cat\.jpg: in queue, \d ahead \(", lines[2])
    assert lines[-1].endswith(f"contact sheet {Path('out', 'index.html')}")


def test_the_sheet_shows_source_and_results_and_a_second_run_adds_to_it(sandbox: Sandbox) -> None:
    assert main(["run", str(CAT), "-n", "2", "--seed", "7"]) == 0
    assert main(["run", str(CAT), "--output-format", "png", "--image-size", "320x240"]) == 0
    first, second = sandbox.paid_ids
    page = sheet()
    sources = [f"{second}-source.jpg", f"{second}-1.png", f"{first}-source.jpg", f"{first}-1.jpg"]
    assert [image["src"] for image in page.images] == [*sources, f"{first}-2.jpg"]
    assert all(Path("out", str(image["src"])).is_file() for image in page.images)
    assert page.images[1]["alt"] == "Variation 1 of 1 of cat.jpg, 320 by 240 pixels"
    assert "script" not in page.tags
    assert {"seed 7", first, second, "landscape_4_3"} <= set(page.text)
    assert [line["request_id"] for line in records()] == [first, second]
    assert "data:" not in Path("out", "results.jsonl").read_text()


@pytest.mark.parametrize("command", ["run", "submit"])
def test_an_image_may_be_given_as_any_input_is(sandbox: Sandbox, command: str) -> None:
    assert main([command, "--set", f"image_url={CAT}", "--seed", "7"]) == 0
    assert len(sandbox.paid_ids) == 1
    if command == "run":
        again = words(records()[0]["command"])
        assert f"image_url={CAT}" in again
        assert main(again) == 0


def test_the_command_on_the_sheet_makes_the_same_pictures_again(sandbox: Sandbox) -> None:
    assert main(["run", str(CAT), "-n", "2", "--no-enable-safety-checker"]) == 0
    (command,) = (record["command"] for record in records())
    assert str(command) in sheet().text
    assert main(words(command)) == 0
    first, second = sandbox.paid_ids
    for number in (1, 2):
        again = Path("out", f"{second}-{number}.jpg").read_bytes()
        assert again == Path("out", f"{first}-{number}.jpg").read_bytes()


def test_names_from_outside_are_escaped_in_the_sheet_and_harmless_on_the_terminal(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = '"><img src=x onerror=alert(1)>\x1b]0;owned\x07.jpg'
    Path(hostile).write_bytes(CAT.read_bytes())
    assert main(["run", hostile]) == 0
    page = sheet()
    assert len(page.images) == 2
    assert all("onerror" not in image for image in page.images)
    assert "\x1b" not in "".join(capsys.readouterr())
    assert sandbox.paid == 1


def test_whatever_a_record_holds_is_text_on_the_sheet() -> None:
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    record = Record(
        hostile,
        hostile,
        hostile,
        image=hostile,
        source=hostile,
        parameters={hostile: hostile},
        files=[SavedFile(f"{hostile}.jpg"), SavedFile(f"{hostile}.mp4"), SavedFile(hostile)],
        unexpected={hostile: 1},
        command=hostile,
    )
    page = Page(render([record]))
    assert not page.tags & {"script"}
    assert len(page.images) == 2  # the source and the first file
    assert all("onerror" not in image for image in page.images)


def test_the_sheet_shows_a_job_that_another_process_adds_while_it_is_written(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Record("other-job", "fal-ai/other", "{}", image="other.jpg")

    def render_late(records: list[Record]) -> str:
        page = render(records)
        if all(record.request_id != "other-job" for record in records):
            with Path("out", "results.jsonl").open("a") as file:
                file.write(other.to_line())
        return page

    monkeypatch.setattr(folder_module, "render", render_late)
    assert main(["run", str(CAT)]) == 0
    assert {"other-job", sandbox.paid_ids[0]} <= set(sheet().text)


def test_a_sheet_that_cannot_be_written_takes_no_picture_with_it(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("out", "index.html").mkdir(parents=True)
    assert main(["run", str(CAT)]) == 17
    output, talk = capsys.readouterr()
    assert Path(output.strip()).is_file()
    assert "The pictures that were saved stay" in talk
    assert [line["request_id"] for line in records()] == list(sandbox.paid_ids)
    assert list(Path("out").glob(".chainhub-*")) == []


def test_a_broken_line_in_the_record_stays_and_does_no_harm(sandbox: Sandbox) -> None:
    Path("out").mkdir()
    Path("out", "results.jsonl").write_text('{"version": 1, "request_')
    assert main(["run", str(CAT)]) == 0
    broken, line = Path("out", "results.jsonl").read_text().splitlines()
    assert broken == '{"version": 1, "request_'
    assert json.loads(line)["request_id"] == sandbox.paid_ids[0]
    assert len(sheet().images) == 2


def test_a_result_fetched_again_replaces_its_entry_and_keeps_its_origin(sandbox: Sandbox) -> None:
    assert main(["run", str(CAT), "--seed", "5"]) == 0
    before = sheet()
    assert main(["result", sandbox.paid_ids[0], "-o", "out"]) == 0
    assert sheet().images == before.images
    assert {"cat.jpg", "5"} <= set(sheet().text)
    assert len(records()) == 2


@pytest.mark.parametrize("way", ["argument", "file", "json", "stdin", "id"])
def test_a_submitted_job_is_taken_up_again_from_anything_that_names_it(
    way: str,
    sandbox: Sandbox,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert main(["submit", str(CAT), *(["--json"] if way == "json" else [])]) == 0
    printed = capsys.readouterr().out.strip()
    Path("ref").write_text(printed)
    monkeypatch.setattr("sys.stdin", io.StringIO(printed))
    ways = {"argument": printed, "file": "ref", "json": "ref", "stdin": "-"}
    assert main(["result", ways.get(way, sandbox.paid_ids[0]), "-o", "out"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(Path("out", f"{sandbox.paid_ids[0]}-1.jpg"))
    ]
    assert sandbox.paid == 1


def test_status_result_and_cancel_speak_of_one_job(
    chainhub_sandbox_factory: SandboxFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    slow = chainhub_sandbox_factory(dialect="fal", queue_seconds=600)
    monkeypatch.setenv("CHAINHUB_API_KEY", slow.key)
    shared = ["--base-url", slow.base_url, "--dialect", "fal"]
    assert main([*shared, "submit", str(CAT), "--on-abandon", "cancel"]) == 0
    ref = capsys.readouterr().out.strip()
    assert main(["status", ref, *shared]) == 0
    assert capsys.readouterr().out.strip() == "in queue, 2 ahead"
    assert main([*shared, "cancel", ref, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "CANCELLATION_REQUESTED"
    assert main([*shared, "result", ref]) == 14
    assert f"job {slow.paid_ids[0]}" in capsys.readouterr().err


def test_result_prints_addresses_but_never_data(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["submit", str(CAT)]) == 0
    ref = capsys.readouterr().out.strip()
    assert main(["result", ref]) == 0
    assert capsys.readouterr().out.startswith(f"{sandbox.base_url}/files/")
    assert main(["submit", str(CAT), "--sync-mode"]) == 0
    inline = capsys.readouterr().out.strip()
    assert main(["result", inline, "--json"]) == 0
    output, talk = capsys.readouterr()
    assert json.loads(output)["files"] == []
    assert '"inline": 1' in talk
    assert "data:" not in output + talk
    assert main(["result", inline, "-o", "out"]) == 0
    assert len(sheet().images) == 1


def test_machine_output_is_one_object_a_line_on_both_streams(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(CAT), "missing.jpg", str(CAT), "--json", "--seed", "3"]) == 2
    output, talk = capsys.readouterr()
    results = [json.loads(line) for line in output.splitlines()]
    events = [json.loads(line) for line in talk.splitlines()]
    assert [result["request_id"] for result in results] == list(sandbox.paid_ids)
    assert [(result["seed"], len(result["files"])) for result in results] == [(3, 1), (3, 1)]
    assert all(Path(result["files"][0]["path"]).is_file() for result in results)
    (error,) = (event["error"] for event in events if "error" in event)
    assert (error["kind"], error["exit_code"]) == ("InvalidInputError", 2)
    queued = [event["request_id"] for event in events if event.get("event") == "queued"]
    assert queued == list(sandbox.paid_ids)


def test_one_failure_loses_no_other_image_and_two_kinds_end_with_1(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.add("submit", Fault.named("submit-ends-policy"))
    assert main(["run", str(CAT), "missing.jpg", str(CAT)]) == 1
    output, talk = capsys.readouterr()
    assert output.splitlines() == [str(Path("out", f"{sandbox.paid_ids[1]}-1.jpg"))]
    assert "The content could not be processed" in talk
    assert "missing.jpg: image_url: the file cannot be read" in talk


def test_what_would_fail_for_every_image_is_tried_once(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", str(CAT), str(CAT), str(CAT), "-n", "9"]) == 2
    talk = capsys.readouterr().err
    assert talk.count("num_images: 9") == 1
    assert "2 images not tried" in talk
    assert sandbox.paid == 0


def test_the_resume_command_of_a_failure_completes_the_job_and_knows_its_origin(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.faults.add("file", Fault.status(404))
    command = ["run", str(CAT), "-o", "my out", "--json", "--dialect", "gateway"]
    assert main(command) == 17
    error = json.loads(capsys.readouterr().err.splitlines()[-1])["error"]
    assert error["request_id"] == sandbox.paid_ids[0]
    assert main(words(error["resume"])) == 0
    assert Path("my out", f"{sandbox.paid_ids[0]}-1.jpg").is_file()
    assert sandbox.paid == 1


def test_the_key_may_come_from_a_file(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CHAINHUB_API_KEY")
    Path("key").write_text(f"{sandbox.key}\n")
    assert main(["run", str(CAT), "--api-key-file", "key"]) == 0
    assert main(["run", str(CAT), "--api-key-file", "nokey"]) == 2
    assert "the key file nokey cannot be read" in capsys.readouterr().err
