"""Pictures are read from whatever holds them; results are written whole or not at all."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chainhub_fal import InvalidInputError, SaveError
from chainhub_fal import _disk as disk
from chainhub_fal._effects import Keep, Load, Part
from chainhub_fal._media import sniff


def load(source: object, limit: int = 100_000) -> bytes:
    return disk.load(Load("image_url", source, limit))


def test_every_source_gives_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "cat.jpg"
    path.write_bytes(b"content")
    monkeypatch.setenv("HOME", str(tmp_path))
    with path.open("rb") as file:
        sources: list[Any] = [path, str(path), "~/cat.jpg", file, io.BytesIO(b"content")]
        sources += [b"content", bytearray(b"content"), memoryview(b"content")]
        assert {load(source) for source in sources} == {b"content"}


@pytest.mark.parametrize(
    ("mode", "read_as", "sent_as"),
    [
        ("RGB", None, "png"),
        ("RGBA", None, "png"),
        ("P", "GIF", "gif"),
        ("RGB", "JPEG", "jpeg"),
        ("RGB", "WEBP", "webp"),
        ("RGB", "BMP", "png"),
    ],
)
def test_a_pil_image_is_sent_in_a_format_that_holds_its_mode(
    mode: str, read_as: str | None, sent_as: str
) -> None:
    picture = Image.new(mode, (8, 8))
    if read_as:
        buffer = io.BytesIO()
        picture.save(buffer, format=read_as)
        picture = Image.open(buffer)
    media = sniff(load(picture)[:64])
    assert media is not None
    assert sent_as in media.names


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("no-such-file.jpg", "No such file"),
        (".", "Is a directory"),
        (5, "a int is no file"),
        (None, "a NoneType is no file"),
        (io.StringIO("text"), "a StringIO is no file"),
        (b"x" * 11, "more than 10 B"),
        ("nul\0byte", "embedded null"),
    ],
)
def test_what_cannot_be_read_is_said(source: object, words: str) -> None:
    with pytest.raises(InvalidInputError, match="image_url") as caught:
        load(source, limit=10)
    assert words in str(caught.value)


def test_no_more_is_read_than_shows_that_it_is_too_much() -> None:
    source = io.BytesIO(b"x" * 1000)
    with pytest.raises(InvalidInputError, match="max_upload"):
        load(source, limit=10)
    assert source.tell() == 11
    with pytest.raises(InvalidInputError, match="max_upload"):
        load("/dev/zero", limit=10)


def test_content_appears_whole_under_its_name_and_nothing_is_left_aside(tmp_path: Path) -> None:
    folder = str(tmp_path / "deep" / "out")
    path = disk.keep(Keep(b"content", folder, "a.jpg"))
    assert Path(path).read_bytes() == b"content"
    assert os.listdir(folder) == ["a.jpg"]  # noqa: PTH208 - a bare list is what is asserted


def test_saving_the_same_again_changes_nothing(tmp_path: Path) -> None:
    path = Path(disk.keep(Keep(b"content", str(tmp_path), "a.jpg")))
    os.utime(path, (1, 1))
    disk.keep(Keep(b"content", str(tmp_path), "a.jpg"))
    assert path.stat().st_mtime == 1
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("before", [b"CONTENT", b"more content"])
def test_saving_other_bytes_replaces_the_file_in_one_step(tmp_path: Path, before: bytes) -> None:
    old = tmp_path / "a.jpg"
    old.write_bytes(before)
    with old.open("rb") as reader:
        disk.keep(Keep(b"content", str(tmp_path), "a.jpg"))
        assert reader.read() == before  # another file took its name, and it was not written into
    assert old.read_bytes() == b"content"


def test_a_part_is_opened_again_where_it_lies_until_it_is_dropped(tmp_path: Path) -> None:
    part = Part()
    with disk.opened(str(tmp_path / "new"), part) as file:
        file.write(b"half")
    with disk.opened(str(tmp_path / "new"), part) as file:
        assert file.read() == b"half"
    part.drop()
    part.drop()
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("owner", ["abc-1", "x" * 240])
def test_whoever_is_alone_removes_what_a_killed_process_left_of_this_job_only(
    tmp_path: Path, owner: str
) -> None:
    left, other = Part(owner=owner), Part(owner=f"{owner}-2")
    for part in (left, other):
        with disk.opened(str(tmp_path), part):
            pass
    with disk.opened(str(tmp_path), Part(owner=owner)):
        assert Path(left.path).exists()  # another process may be at it
    mine = Part(owner=owner, alone=True)
    with disk.opened(str(tmp_path), mine):
        assert sorted(map(str, tmp_path.iterdir())) == sorted([mine.path, other.path])


@pytest.mark.parametrize("moment", ["before", "while"])
def test_a_part_that_is_dropped_while_a_thread_writes_it_is_gone_with_the_thread(
    tmp_path: Path, moment: str
) -> None:
    part = Part()
    if moment == "before":
        part.drop()
    with disk.opened(str(tmp_path), part) as file:
        file.write(b"half")
        if moment == "while":
            part.dropped = True  # what a system does that removes no open file
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    part = Part()

    def fill_the_disk() -> None:
        with disk.opened(str(tmp_path), part) as file:
            file.write(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(SaveError, match="No space left") as caught:
        fill_the_disk()
    assert caught.value.path == str(tmp_path)
    part.drop()
    assert list(tmp_path.iterdir()) == []


def test_content_that_fills_the_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="No space left"):
        disk.keep(Keep(b"content", str(tmp_path), "a.jpg"))
    assert list(tmp_path.iterdir()) == []


def test_a_rename_that_fails_leaves_nothing_and_names_the_target(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").mkdir()
    with pytest.raises(SaveError, match=r"a\.jpg"):
        disk.keep(Keep(b"content", str(tmp_path), "a.jpg"))
    assert [item.name for item in tmp_path.iterdir()] == ["a.jpg"]


def test_a_folder_that_is_a_file_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(SaveError, match="choose another folder"):
        disk.keep(Keep(b"content", str(tmp_path / "out"), "a.jpg"))
