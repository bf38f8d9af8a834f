"""Manifests of a batch: what each kind says, where its rows stand, and what is refused at once."""

from __future__ import annotations

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX, Endpoint, InvalidInputError
from chainhub_fal.cli import lines
from chainhub_fal.cli.entries import Entry, Unreadable
from chainhub_fal.cli.opening import open_manifest

REDUX: Endpoint[..., Any] = FLUX_1_SCHNELL_REDUX
URL = "https://pictures.example/a.png"
ROW = json.dumps({"image_url": URL})


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, content: str | bytes) -> str:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def rows(name: str, **settings: object) -> list[Entry | Unreadable]:
    return list(open_manifest(name, REDUX, settings).rows())


def told(name: str) -> list[object]:
    """Return the place of each row, and its inputs or what is wrong with it."""
    return [
        (it.place, dict(it) if isinstance(it, Entry) else it.error.problem) for it in rows(name)
    ]


def test_a_folder_gives_its_pictures_by_name_and_counts_the_rest() -> None:
    for name in ("b.PNG", "a.jpg", "c.txt", ".d.jpg", "sub/e.jpg"):
        write(f"photos/{name}", "x")
    manifest = open_manifest("photos", REDUX, {"seed": 3})
    here = Path("photos").resolve()
    assert list(manifest.rows()) == [
        {"seed": 3, "image_url": str(here / "a.jpg")},
        {"seed": 3, "image_url": str(here / "b.PNG")},
    ]
    assert (manifest.count(), manifest.skipped) == (2, 2)


def test_json_lines_keep_their_places_over_blank_and_broken_lines() -> None:
    text = f'{ROW}\r\n\n{{"image_url": \n[1]\n{{"image_url": "sub/a b.png", "seed": 4}}'
    write("in/rows.jsonl", text)
    assert told("in/rows.jsonl") == [
        ("rows.jsonl:1", {"image_url": URL}),
        ("rows.jsonl:3", "it is not JSON: expecting value at column 14"),
        ("rows.jsonl:4", "it is JSON, but no object"),
        ("rows.jsonl:5", {"image_url": str(Path("in/sub/a b.png").resolve()), "seed": 4}),
    ]
    assert open_manifest("in/rows.jsonl", REDUX, {}).count() == 4


def test_a_table_is_read_by_the_types_of_its_columns_and_an_empty_cell_is_left_out() -> None:
    header = "\ufeffimage_url,num_images,image_size,enable_safety_checker\n"
    write("rows.csv", header + f'{URL},4,640x480,false\n"a, b.png",,16:9,\n\n"c\nd.png",1,,\n')
    place = str(Path.cwd())
    assert told("rows.csv") == [
        ("rows.csv:2", {"image_url": URL, "num_images": 4, "image_size": {"width": 640, "height": 480}, "enable_safety_checker": False}),
        ("rows.csv:3", {"image_url": f"{place}/a, b.png", "image_size": "16:9"}),
        ("rows.csv:5", {"image_url": f"{place}/c\nd.png", "num_images": 1}),
    ]  # fmt: skip


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_may_be_separated_as_spreadsheets_do(separator: str) -> None:
    write("rows.csv", separator.join(["image_url", "seed"]) + f"\n{URL}{separator}7\n")
    assert told("rows.csv") == [("rows.csv:2", {"image_url": URL, "seed": 7})]


def test_a_broken_row_of_a_table_is_its_own_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 100)
    long = "x" * 200
    content = f'image_url,seed\n{URL}\n{long},1\n\xff,1\n{URL},2,3\n{URL},5\n{URL},"6\n{URL},7\n'
    write("rows.csv", content.encode("latin-1"))
    places, problems = zip(*told("rows.csv"), strict=True)
    assert places == tuple(f"rows.csv:{number}" for number in (2, 3, 4, 5, 6, 7))
    assert problems[0] == "it has 1 cells, the header has 2"
    assert problems[1].startswith("the line has more than")
    assert problems[2] == "byte 1 of the line is no UTF-8"
    assert problems[3] == "it has 3 cells, the header has 2"
    assert problems[4] == {"image_url": URL, "seed": 5}
    assert problems[5] == "it is no row of a table: unexpected end of data"


def test_paths_do_not_depend_on_where_the_command_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("in/rows.csv", 'image_url\na.png\n/b.png\n"data:image/png;base64,AA"\nftp://c/d.png\n')
    before = rows("in/rows.csv")
    monkeypatch.chdir("in")
    assert rows("rows.csv") == before
    found = [dict(it)["image_url"] for it in before if isinstance(it, Entry)]
    assert found == [str(Path("a.png").resolve()), "/b.png", "data:image/png;base64,AA", "ftp://c/d.png"]  # fmt: skip


def test_a_setting_is_for_rows_that_do_not_say_otherwise_and_counts_from_here() -> None:
    write("in/rows.jsonl", '{"seed": 1}\n{"image_url": "b.png"}\n')
    assert rows("in/rows.jsonl", seed=9, image_url="a.png") == [
        {"seed": 1, "image_url": str(Path("a.png").resolve())},
        {"seed": 9, "image_url": str(Path("in/b.png").resolve())},
    ]


def test_stdin_is_read_once_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(f"{ROW}\n".encode())))
    manifest = open_manifest("-", REDUX, {})
    assert manifest.count() is None
    assert [it.place for it in manifest.rows()] == ["stdin:1"]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("none.csv", None, "there is no manifest at none.csv"),
        ("x" * 300, None, "cannot be read: File name too long"),
        ("empty.csv", "", "empty.csv:1: there is no header"),
        ("empty.jsonl", "", "empty.jsonl holds no rows"),
        ("header.csv", "image_url,seed\n", "header.csv holds no rows"),
        ("headless.csv", f"{URL},4\n", f"the column '{URL}' is no input"),
        ("typo.csv", "image_url,sed\n", "the column 'sed' is no input of fal-ai/flux-1/schnell/redux"),
        ("twice.csv", "image_url,seed,seed\n", "the column 'seed' is there twice"),
        ("unnamed.csv", "image_url,,seed\n", "column 2 of the header has no name"),
        ("without.csv", "seed\n1\n", "image_url is required, and nothing gives it"),
        ("binary.csv", b"\xff\xd8\xff\xe0", "binary.csv:1: byte 1 of the line is no UTF-8"),
        ("cat.jpg", b"\xff\xd8\xff\xe0", "cat.jpg:1: byte 1 of the line is no UTF-8"),
        ("nul.jsonl", b"\0\0\0", "nul.jsonl:1: the line holds a NUL byte"),
        ("list.json", f"[\n{ROW}\n]", "list.json:1: it is not JSON"),
        ("deep.jsonl", "[" * 200_000, "deep.jsonl:1: it is JSON that cannot be read"),
        ("photos/x.txt", "x", "holds no jpg or jpeg or png"),
    ],
)  # fmt: skip
def test_what_is_no_manifest_is_refused_before_any_row(
    name: str, content: str | bytes | None, words: str
) -> None:
    if content is not None:
        write(name, content)
    with pytest.raises(InvalidInputError) as caught:
        rows(name.partition("/")[0])
    assert words in caught.value.problem


def test_an_unknown_setting_names_the_nearest_input() -> None:
    with pytest.raises(InvalidInputError, match="Did you mean seed"):
        open_manifest(write("rows.jsonl", ROW), REDUX, {"sed": 1})


def test_a_folder_and_a_setting_do_not_give_the_same_input() -> None:
    write("photos/a.jpg", "x")
    with pytest.raises(InvalidInputError, match="image_url is given twice"):
        open_manifest("photos", REDUX, {"image_url": URL})
