"""``batch`` and ``jobs`` against the sandbox: every row once, resumed, told, and never paid twice."""

from __future__ import annotations

import json
import shlex
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chainhub_fal import Journal, RowState, read_journal
from chainhub_fal.__main__ import main
from chainhub_fal.cli import batch as batch_module
from chainhub_fal.cli.folder import Folder
from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

Output = pytest.CaptureFixture[str]
CAT = Path(__file__).parents[2] / "demo" / "cat.jpg"
SMALL = "64x48"
SET = ("--set", f"image_size={SMALL}")


@pytest.fixture
def sandbox(
    chainhub_sandbox_factory: SandboxFactory, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Sandbox]:
    sandbox = chainhub_sandbox_factory(
        queue_seconds=0, run_seconds=0, foreign_images="invent", workers=1000
    )
    monkeypatch.setenv("CHAINHUB_API_KEY", sandbox.key)
    monkeypatch.setenv("CHAINHUB_BASE_URL", sandbox.base_url)
    monkeypatch.chdir(tmp_path)
    yield sandbox
    assert sandbox.foreign_hits == ()
    assert sandbox.keys_sent_to_files == 0


def rows(count: int, **changes: object) -> list[dict[str, object]]:
    """Return inputs that can be told apart by their seed, which is their position."""
    url = "https://pictures.example/{}.png"
    return [{"image_url": url.format(n), "seed": n, **changes} for n in range(count)]


def write(inputs: list[dict[str, object]], name: str = "rows.jsonl") -> str:
    Path(name).write_text("".join(f"{json.dumps(it)}\n" for it in inputs))
    return name


def states(journal: str = "out/batch.db") -> Counter[str]:
    return Counter(row.state.value for row in read_journal(journal))


def records(folder: str = "out") -> list[dict[str, object]]:
    return [json.loads(line) for line in Path(folder, "results.jsonl").read_text().splitlines()]


def words(command: str) -> list[str]:
    program, *arguments = shlex.split(command)
    assert program == "chainhub-fal"
    return arguments


def test_a_folder_of_pictures_becomes_files_a_record_and_a_sheet(
    sandbox: Sandbox, capsys: Output
) -> None:
    Path("photos").mkdir()
    for name in ("a.jpg", "b.jpg"):
        Path("photos", name).write_bytes(CAT.read_bytes())
    Path("photos", "notes.txt").touch()
    command = ["batch", "photos", *SET, "--set", "num_images=2", "--price", "0.025"]
    assert main(command) == 0
    output, talk = capsys.readouterr()
    paths = [Path(line) for line in output.splitlines()]
    assert len(paths) == 4
    assert all(path.parent == Path("out") and path.stat().st_size for path in paths)
    assert "2 rows of photos into out, journal out/batch.db (1 other file skipped)" in talk
    assert "2 rows: 2 done\npaid at most 0.050 for 2 calls\n4 files in out" in talk
    assert {(it["image"], it["source"]) for it in records()} == {
        ("a.jpg", "../photos/a.jpg"), ("b.jpg", "../photos/b.jpg"),
    }  # fmt: skip
    page = Path("out", "index.html").read_text()
    assert all(f'src="{path.name}"' in page for path in paths)
    assert not list(Path("out").glob("*source*"))  # the pictures stay where they are
    assert sandbox.paid == 2


def test_the_same_command_again_pays_nothing_from_any_folder(
    sandbox: Sandbox, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("in").mkdir()
    Path("in", "cat.jpg").write_bytes(CAT.read_bytes())
    Path("in", "rows.csv").write_text("image_url,seed\ncat.jpg,1\ncat.jpg,2\n")
    assert main(["batch", "in/rows.csv", *SET]) == 0
    monkeypatch.chdir("in")
    assert main(["batch", "rows.csv", *SET, "-o", "../out"]) == 0
    assert "2 rows: 2 done (2 of them before)" in capsys.readouterr().err
    assert sandbox.paid == 2
    assert len(records("../out")) == 2


def test_a_row_that_fails_is_told_with_its_place_and_stops_no_other(
    sandbox: Sandbox, capsys: Output
) -> None:
    good = rows(3)
    lines = [json.dumps(good[0]), "{broken", json.dumps({**good[1], "num_images": 9}),
             json.dumps({**good[1], "sed": 1}), json.dumps(good[2])]  # fmt: skip
    Path("rows.jsonl").write_text("\n".join(lines))
    assert main(["batch", "rows.jsonl", *SET]) == 2
    talk = capsys.readouterr().err
    assert "rows.jsonl:2: it is not JSON" in talk
    assert "rows.jsonl:3: num_images: 9 is above the most allowed, 4" in talk
    assert "rows.jsonl:4: sed: there is no such input. Did you mean seed?" in talk
    assert "5 rows: 2 done, 3 not queued" in talk
    assert "resume with: chainhub-fal batch rows.jsonl --set image_size=64x48" in talk
    assert (sandbox.paid, states()) == (2, {"done": 2})


def test_the_key_the_rows_and_the_speed_of_a_batch_are_the_clients(
    sandbox: Sandbox, capsys: Output
) -> None:
    write(rows(6))
    assert main(["batch", "rows.jsonl", *SET, "--max-rate", "30"]) == 0
    times = [call.at for call in sandbox.calls if call.operation != "file"]
    assert times[-1] - times[0] >= (len(times) - 1) / 30 * 0.9
    assert main(["batch", "rows.jsonl", "--concurrency", "0"]) == 2
    assert "a concurrency of 0 cannot be kept" in capsys.readouterr().err


def test_machine_output_is_one_object_a_line_on_both_streams(
    sandbox: Sandbox, capsys: Output
) -> None:
    write([*rows(2), {"image_url": "nowhere.png"}])
    assert main(["batch", "rows.jsonl", *SET, "--json"]) == 2
    output, talk = capsys.readouterr()
    results = [json.loads(line) for line in output.splitlines()]
    events = [json.loads(line) for line in talk.splitlines()]
    assert {it["request_id"]: it["row"] for it in results}.keys() == set(sandbox.paid_ids)
    assert {it["row"]: it["position"] for it in results} == {"rows.jsonl:1": 0, "rows.jsonl:2": 1}
    assert all(Path(file["path"]).is_file() for it in results for file in it["files"])
    (error,) = (event["error"] for event in events if "error" in event)
    assert (error["row"], error["state"], error["exit_code"]) == ("rows.jsonl:3", "refused", 2)
    summary = events[-1]
    assert (summary["event"], summary["rows"], summary["states"]) == ("summary", 3, {"done": 2, "refused": 1})  # fmt: skip
    assert words(summary["resume"])[:2] == ["batch", "rows.jsonl"]


def test_a_lost_answer_is_listed_and_sent_again_only_when_asked(
    sandbox: Sandbox, capsys: Output
) -> None:
    sandbox.faults.add("submit", CATALOGUE["submit-drop-done"], times=2)
    write(rows(4))
    assert main(["batch", "rows.jsonl", *SET, "--concurrency", "1"]) == 16
    talk = capsys.readouterr().err
    assert "4 rows: 2 done, 2 unknown" in talk
    lines = {
        line.partition(": chainhub-fal ")[0]: line.partition(": ")[2] for line in talk.splitlines()
    }
    listing = next(line for start, line in lines.items() if start.endswith("list them with"))
    again = next(line for start, line in lines.items() if start.startswith("send them again"))
    assert main(words(listing)) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert main(["batch", "rows.jsonl", *SET]) == 16
    assert sandbox.paid == 4
    capsys.readouterr()
    assert main(words(again)) == 0
    assert "paid at most 6 calls" in capsys.readouterr().err
    assert (sandbox.paid, states()) == (6, {"done": 4})


@pytest.mark.parametrize(("key", "code"), [("wrong", 4), ("right", 5)])
def test_what_would_refuse_every_row_ends_the_batch_at_once(
    key: str, code: int, sandbox: Sandbox, capsys: Output
) -> None:
    Path("wrong").write_text("sk-wrong")
    Path("right").write_text(sandbox.key)
    if key == "right":
        sandbox.faults.add("submit", Fault.named("submit-no-quota"), times=None)
    write(rows(50))
    command = ["batch", "rows.jsonl", "--concurrency", "2", "--api-key-file", key]
    assert main(command) == code
    talk = capsys.readouterr().err
    assert talk.count("rows.jsonl:") == 1
    assert "stopped early" in talk
    assert "rows not tried" in talk
    assert f"resume with: chainhub-fal {' '.join(command)}" in talk
    assert sandbox.paid == 0
    assert len(sandbox.calls) < 8


def test_a_setting_that_no_row_can_have_is_tried_once(sandbox: Sandbox, capsys: Output) -> None:
    write(rows(50))
    assert main(["batch", "rows.jsonl", "--set", "num_images=9", "--concurrency", "1"]) == 2
    assert capsys.readouterr().err.count("num_images: 9") == 1
    assert not sandbox.calls


def test_what_a_killed_run_did_not_record_is_recorded_by_the_next(sandbox: Sandbox) -> None:
    write(rows(4))
    assert main(["batch", "rows.jsonl", *SET]) == 0
    kept = Path("out", "results.jsonl").read_text().splitlines(keepends=True)
    Path("out", "results.jsonl").write_text("".join(kept[:1]) + kept[1][:20])
    assert main(["batch", "rows.jsonl", *SET]) == 0
    lines = Path("out", "results.jsonl").read_text().splitlines()
    readable = [json.loads(line) for line in lines if line != kept[1][:20]]
    assert {it["request_id"] for it in readable} == set(sandbox.paid_ids)
    assert [len(it["files"]) for it in readable] == [1] * 4
    page = Path("out", "index.html").read_text()
    assert all(f'src="{request_id}-1.jpg"' in page for request_id in sandbox.paid_ids)
    assert sandbox.paid == 4


def test_a_job_that_an_earlier_run_queued_is_shown_with_the_inputs_of_the_manifest(
    sandbox: Sandbox,
) -> None:
    write(rows(1))
    sandbox.faults.add("result", CATALOGUE["result-unknown-state"], times=None)
    assert main(["batch", "rows.jsonl", *SET, "--deadline", "0.5"]) == 15
    sandbox.faults.clear()
    assert states() == {"queued": 1}
    assert main(["batch", "rows.jsonl", *SET]) == 0
    (record,) = records()
    assert record["parameters"] == {"image_size": {"width": 64, "height": 48}, "image_url": "0.png", "seed": 0}  # fmt: skip
    assert "--seed 0" in str(record["command"])
    assert sandbox.paid == 1


def test_the_sheet_is_not_written_for_every_job(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewals = []
    renew = Folder.renew

    def counting(folder: Folder) -> None:
        renewals.append(folder)
        renew(folder)

    monkeypatch.setattr(Folder, "renew", counting)
    monkeypatch.setattr(batch_module, "_RENEW_EVERY", 1000.0)
    write(rows(20))
    assert main(["batch", "rows.jsonl", *SET]) == 0
    assert len(renewals) == 1
    assert Path("out", "index.html").read_text().count("<article") == 20
    assert len(records()) == sandbox.paid == 20


def test_a_journal_in_use_is_refused_with_its_own_code(sandbox: Sandbox, capsys: Output) -> None:
    write(rows(1))
    with Journal("run.db"):
        assert main(["batch", "rows.jsonl", "--journal", "run.db"]) == 18
    assert "the journal run.db is in use by another process" in capsys.readouterr().err
    assert not sandbox.calls


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.csv"], "there is no manifest at nowhere.csv"),
        (["rows.jsonl", "-o", "rows.jsonl"], "the folder rows.jsonl cannot be written"),
        (["photos", "-o", "photos"], "the pictures would lie among their results"),
        (["rows.jsonl", "--price", "ten"], "'ten' is no price"),
        (["rows.jsonl", "--set", "sed=1"], "Did you mean seed?"),
        (["rows.jsonl", "--set", "seed=1", "--set", "seed=2"], "seed is given twice"),
        (["rows.jsonl", "--api-key-file", "rows.jsonl"], "the API key holds spaces"),
    ],
)  # fmt: skip
def test_what_cannot_begin_sends_nothing(
    arguments: list[str], told: str, sandbox: Sandbox, capsys: Output
) -> None:
    write(rows(1))
    Path("photos").mkdir()
    Path("photos", "a.jpg").write_bytes(CAT.read_bytes())
    assert main(["batch", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not sandbox.calls


def test_a_disk_that_fills_ends_the_batch_instead_of_paying_on(
    sandbox: Sandbox, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_writable(_: Folder) -> bool:
        return False

    monkeypatch.setattr(Folder, "is_writable", is_writable)
    sandbox.faults.add("file", Fault.status(404), times=None)
    write(rows(50))
    assert main(["batch", "rows.jsonl", *SET, "--concurrency", "2"]) == 17
    assert "stopped early" in capsys.readouterr().err
    assert sandbox.paid < 10


def test_no_input_of_a_row_is_kept_as_data(sandbox: Sandbox) -> None:
    data = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    write([{"image_url": data}])
    assert main(["batch", "rows.jsonl", *SET]) == 0
    for path in Path("out").iterdir():
        assert b"iVBORw0KGgo" not in path.read_bytes()
    assert sandbox.paid == 1


@pytest.fixture
def journal(sandbox: Sandbox) -> str:
    """A batch of which one row failed, one is unknown, and the others are done."""
    sandbox.faults.add("submit", CATALOGUE["submit-drop-done"])
    sandbox.faults.add("submit", Fault.named("submit-ends-policy"), after=1)
    write(rows(5))
    main(["batch", "rows.jsonl", *SET, "--concurrency", "1"])
    return "out/batch.db"


def test_jobs_are_listed_filtered_and_exported(journal: str, capsys: Output) -> None:
    capsys.readouterr()
    assert main(["jobs", "out"]) == 0
    output, talk = capsys.readouterr()
    assert [line.split()[:2] for line in output.splitlines()] == [
        ["0", "unknown"], ["1", "done"], ["2", "failed"], ["3", "done"], ["4", "done"],
    ]  # fmt: skip
    assert "JobFailedError: " in output.splitlines()[2]
    assert "5 rows: 3 done, 1 failed, 1 unknown" in talk
    assert main(["jobs", journal, "--state", "failed", "--state", "unknown", "--csv"]) == 0
    header, *table = capsys.readouterr().out.splitlines()
    assert header.startswith("position,state,request_id,endpoint,")
    assert [line.split(",")[1] for line in table] == ["unknown", "failed"]
    assert main(["jobs", journal, "--json"]) == 0
    facts = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [it["position"] for it in facts] == [0, 1, 2, 3, 4]
    assert all(Path(path).is_file() for it in facts for path in it["files"])


def test_jobs_fetches_what_is_missing_and_pays_nothing(journal: str, sandbox: Sandbox) -> None:
    done = [row for row in read_journal(journal) if row.state is RowState.DONE]
    Path(done[0].files[0]).unlink()
    paid, before = sandbox.paid, len(sandbox.calls_to("file"))
    assert main(["jobs", journal, "--fetch", "-o", "again"]) == 0
    assert [path.suffix for path in Path("again").glob("*-1.*")] == [".jpg"]
    assert main(["jobs", journal, "--fetch", "-o", "again"]) == 0
    assert (sandbox.paid, len(sandbox.calls_to("file")) - before) == (paid, 1)
    assert len(records("again")) == 1


def test_jobs_works_while_a_batch_writes(journal: str, capsys: Output) -> None:
    with Journal(journal):
        assert main(["jobs", journal]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 5


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE x (y)")


@pytest.mark.parametrize(
    ("make", "arguments", "code", "told"),
    [
        (Path.exists, [], 18, "there is no journal at j.db"),
        (foreign_database, [], 18, "of another program"),
        (lambda path: path.write_text("no journal" * 99), [], 18, "cannot be read"),
        (Path.exists, ["--csv", "--json"], 2, "--csv and --json"),
        (Path.exists, ["--fetch"], 2, "belong together"),
        (Path.exists, ["--state", "new"], 2, "'new' is not one of"),
    ],
)
def test_what_is_no_journal_is_refused(
    make: Callable[[Path], object],
    arguments: list[str],
    code: int,
    told: str,
    tmp_path: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    make(Path("j.db"))
    assert main(["jobs", "j.db", *arguments]) == code
    assert told in capsys.readouterr().err
