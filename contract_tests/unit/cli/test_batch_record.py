"""What the record keeps of a row, for a model with several files and a row that was done before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from attrs import evolve

from chainhub_fal import FLUX_1_SCHNELL_REDUX, Endpoint, Item, JobRef, RowState
from chainhub_fal.cli.batch_order import BatchOrder
from chainhub_fal.cli.batch_record import record_of
from chainhub_fal.cli.entries import Entry
from chainhub_fal.cli.folder import Folder

REDUX: Endpoint[..., Any] = FLUX_1_SCHNELL_REDUX
TEXT = {"type": "string"}
OTHER = evolve(
    REDUX,
    id="fal-ai/other",
    input_schema={"properties": {"clips": {"type": "array", "items": TEXT}, "mask_url": TEXT}, "required": ["clips"]},
    files={"clips": ("mp4",), "mask_url": ("png",)},
)  # fmt: skip
ORDER = BatchOrder(
    manifest="rows.jsonl",
    out="out",
    journal="out/batch.db",
    endpoint=OTHER,
    settings={},
    concurrency=1,
    max_rate=None,
    price=None,
    resubmit_unknown=False,
    typed=(),
    run_flags=frozenset(),
)
JOB = JobRef("fal-ai/other", "job-1", "/fal-ai/other/requests/job-1")
DATA = "data:image/png;base64,AAAA"


def test_data_of_a_file_are_in_neither_the_record_nor_its_command(tmp_path: Path) -> None:
    entry = Entry("rows.jsonl:1", {"clips": ["/films/a.mp4"], "mask_url": DATA, "seed": 3})
    saved = tmp_path / "out" / "job-1-1.png"
    with Folder(str(tmp_path / "out")) as folder:
        saved.write_bytes(b"picture")
        item: Item[Any] = Item(0, entry, RowState.DONE, JOB, files=(saved,))
        record = record_of(item, entry, folder, ORDER)
    assert "AAAA" not in record.to_line()
    assert record.parameters == {"clips": ["a.mp4"], "mask_url": "data URI", "seed": 3}
    assert record.command.startswith("chainhub-fal run /films/a.mp4 --endpoint fal-ai/other")
    assert "--mask-url IMAGE" in record.command
    assert (record.image, record.files[0].name, record.files[0].size) == ("a.mp4", "job-1-1.png", 7)


def test_a_row_with_several_files_is_about_none_of_them(tmp_path: Path) -> None:
    entry = Entry("rows.jsonl:1", {"clips": ["/a.mp4", DATA]})
    with Folder(str(tmp_path)) as folder:
        record = record_of(Item(0, entry, RowState.DONE, JOB), entry, folder, ORDER)
    assert (record.image, record.source) == ("", "")
    assert """--set 'clips=["/a.mp4", "IMAGE"]'""" in record.command
