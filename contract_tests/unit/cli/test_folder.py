"""The record and the sheet of a folder with many jobs: pages, what is known, what is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chainhub_fal.cli import folder as folder_module
from chainhub_fal.cli.folder import Folder
from chainhub_fal.cli.records import Record

SMALL = 3


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Folder]:
    monkeypatch.setattr(folder_module, "PAGE", SMALL)
    with Folder(str(tmp_path / "out")) as folder:
        yield folder


def record(number: int, **changes: str) -> Record:
    job = f'{{"endpoint": "e", "request_id": "job-{number}", "path": "/e/requests/job-{number}", "submitted_at": {number}, "version": 1}}'
    return Record(f"job-{number}", "e", job, submitted_at=float(number), **changes)  # type: ignore[arg-type]


def shown(folder: Folder) -> dict[str, list[int]]:
    """Return the jobs on each page, as they stand there."""
    return {
        path.name: [int(n) for n in re.findall(r'id="job-job-(\d+)"', path.read_text())]
        for path in sorted(folder.path.glob("*.html"))
    }


def test_every_job_is_on_one_page_and_the_newest_are_on_the_first(folder: Folder) -> None:
    for number in range(1, 2 * SMALL):
        folder.add(record(number))
    assert shown(folder) == {"index.html": [5, 4, 3, 2, 1]}
    assert "<nav" not in folder.sheet.read_text()
    for number in range(2 * SMALL, 4 * SMALL + 1):
        folder.record(record(number))
    folder.renew()
    assert shown(folder) == {
        "index.html": [12, 11, 10],
        "sheet-1.html": [3, 2, 1],
        "sheet-2.html": [6, 5, 4],
        "sheet-3.html": [9, 8, 7],
    }


def test_the_pages_lead_to_each_other(folder: Folder) -> None:
    for number in range(1, 4 * SMALL + 1):
        folder.add(record(number))
    links = {
        path.name: re.findall(r'<a href="([^"]+)">(\w+)</a>', path.read_text())
        for path in folder.path.glob("*.html")
    }
    assert links["index.html"] == [("sheet-3.html", "Older"), ("sheet-1.html", "Oldest")]
    assert links["sheet-3.html"][:2] == [("index.html", "Newest"), ("index.html", "Newer")]
    assert ("sheet-3.html", "Newer") in links["sheet-2.html"]
    assert ("index.html", "Newest") in links["sheet-1.html"]


def test_a_full_page_is_not_written_again(folder: Folder) -> None:
    for number in range(1, 4 * SMALL):
        folder.add(record(number))
    first = folder.path / "sheet-1.html"
    first.write_text("as it was")
    for number in range(4 * SMALL, 6 * SMALL):
        folder.add(record(number))
    assert first.read_text() == "as it was"
    folder.add(record(2, image="cat.jpg"))  # fetched again
    assert "cat.jpg" in first.read_text()


def test_a_folder_used_again_knows_its_jobs_and_what_an_earlier_record_told(folder: Folder) -> None:
    folder.add(record(1, image="cat.jpg", command="chainhub-fal run cat.jpg"))
    with Folder(str(folder.path)) as again:
        assert not again.knows("job-1")
        again.read()
        assert again.knows("job-1")
        assert not again.knows("job-2")
        again.add(record(1))
        assert "chainhub-fal run cat.jpg" in again.sheet.read_text()


def test_a_record_made_anew_by_someone_else_is_read_anew(folder: Folder) -> None:
    for number in (1, 2):
        folder.add(record(number))
    (folder.path / "results.jsonl").write_text(record(3).to_line())
    folder.renew()
    assert shown(folder) == {"index.html": [3]}
