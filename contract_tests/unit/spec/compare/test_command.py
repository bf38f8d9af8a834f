"""The command: what it reads, what it writes, and that a failure is never an answer."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from spec.compare import command
from spec.compare.__main__ import main
from spec.nodes import JsonMap
from spec.sources import Tree

from .made import BASE, Edit, cut, edited, put
from .test_operation_kinds import GET, SCHEMAS, STATE, VALUE, both

Run = Callable[..., tuple[int, str, str]]
SMALLER: Edit = put(["small"], *SCHEMAS, "Size", "enum")
POINTER = "#/components/schemas/Size/enum"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def call(*arguments: str | Path) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["compare", *map(str, arguments)])
        status = main()
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old.yaml").write_text(BASE, "utf-8")
    return tmp_path / "old.yaml"


@pytest.fixture
def new(tmp_path: Path) -> Callable[..., Path]:
    def write(*edits: Edit, name: str = "new.yaml") -> Path:
        document = edited(*edits)
        dump = (
            json.dumps(document, indent="\t") if name.endswith("json") else yaml.safe_dump(document)
        )
        (tmp_path / name).write_text(dump, "utf-8")
        return tmp_path / name

    return write


def test_the_command_line_of_the_pipeline_can_take_it_in() -> None:
    parser = argparse.ArgumentParser()
    command.add(parser.add_subparsers())
    options = parser.parse_args(["diff", "old.yaml", "current", "--summary"])
    assert (options.run, options.old, options.summary) == (command.run, "old.yaml", True)


def test_nothing_changed(run: Run, old: Path, new: Callable[..., Path]) -> None:
    status, out, err = run(old, new(), "--summary")
    assert (status, err) == (0, "")
    assert out.endswith("no change; version 1.2.3 -> 1.2.3: no version step needed\n")
    assert "no change" in run(old, new(name="new.json"))[1]


def test_a_break_is_told_with_its_line_reason_and_witness(
    run: Run, old: Path, new: Callable[..., Path]
) -> None:
    path = new(SMALLER)
    status, out, _ = run(old, path)
    lines = path.read_text("utf-8").splitlines()
    line = next(
        i for i, text in enumerate(lines, 1) if text == "      enum:" and "small" in lines[i]
    )
    assert status == 1
    assert f"new {path}:{line} {POINTER}" in out
    assert (
        'callers: breaking. Callers may send a value that is refused from now on. Witness: "large"'
        in out
    )
    assert "\x1b" not in out
    assert "major step needed (2.0.0), not made" in out


@pytest.mark.parametrize(
    ("edit", "version", "said"),
    [
        (SMALLER, "2.0.0", "major step needed (2.0.0), made"),
        (cut(*GET, "tags"), "1.3.0", "major step needed (2.0.0), not made"),
        (put({"type": "string"}, *SCHEMAS, "Input", "properties", "more"), "1.3.0", "minor step needed (1.3.0), made"),
        (put("Other words", *GET, "summary"), "1.2.3", "patch step needed (1.2.4), not made"),
    ],
)  # fmt: skip
def test_the_version_step(
    run: Run, old: Path, new: Callable[..., Path], edit: Edit, version: str, said: str
) -> None:
    assert said in run(old, new(edit, put(version, "info", "version")), "--summary")[1]


def test_while_the_version_begins_with_0_a_break_is_a_minor_step(
    run: Run, new: Callable[..., Path]
) -> None:
    early = put("0.4.1", "info", "version")
    before = new(early, name="before.yaml")
    assert "minor step needed (0.5.0)" in run(before, new(early, SMALLER), "--summary")[1]
    more = put({"type": "string"}, *SCHEMAS, "Input", "properties", "more")
    assert "patch step needed (0.4.2)" in run(before, new(early, more), "--summary")[1]


def test_markdown_json_and_annotations(
    run: Run, old: Path, new: Callable[..., Path], tmp_path: Path
) -> None:
    path = new(SMALLER)
    assert (
        run(old, path, "--markdown", tmp_path / "out.md", "--json", tmp_path / "out.json")[0] == 1
    )
    table = [
        line
        for line in (tmp_path / "out.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]
    assert "**breaking**" in table[0]
    found = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert found["changes"][0]["callers"]["witness"] == "large"
    assert found["changes"][0]["old"]["pointer"] == POINTER
    out = run(old, path, "--github")[1]
    assert out.startswith(f"::error file={path},line=")


def test_markdown_cells_hold_whatever_a_contract_says(
    run: Run, old: Path, new: Callable[..., Path]
) -> None:
    odd = put(["small", "large", "a|b\n::error::`c`"], *SCHEMAS, "Size", "enum")
    _, out, _ = run(old, new(both(put(STATE, *VALUE), odd)), "--markdown", "-", "--github")
    rows = [line for line in out.splitlines() if line.startswith("| `")]
    assert rows
    assert all(row.replace("\\|", "").count("|") == 6 for row in rows)
    assert sum(line.startswith("::error::") for line in out.splitlines()) == 0


def _allow(tmp_path: Path, **changed: str | None) -> Path:
    entry = {
        "kind": "enum-value-removed",
        "pointer": POINTER,
        "reason": "Nobody uses it.",
        **changed,
    }
    path = tmp_path / "allow.yaml"
    path.write_text(yaml.safe_dump([{k: v for k, v in entry.items() if v is not None}]), "utf-8")
    return path


def test_an_allowed_break_passes(
    run: Run, old: Path, new: Callable[..., Path], tmp_path: Path
) -> None:
    status, out, _ = run(old, new(SMALLER), "--allow", _allow(tmp_path, expires="2999-12-31"))
    assert status == 0
    assert "BREAKING, BUT ALLOWED (1)" in out


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"reason": None}, "reason is missing"),
        ({"reason": " "}, "reason is missing"),
        ({"kind": "enum-value-lost"}, "there is no kind enum-value-lost"),
        ({"pointer": "#/components/schemas/State/enum"}, "nothing breaks as enum-value-removed"),
        ({"expires": "2001-01-01"}, "expired on 2001-01-01"),
        ({"expires": "soon"}, "is no day"),
        ({"because": "so"}, "unknown keys because"),
    ],
)
def test_an_entry_that_allows_nothing_fails(
    run: Run,
    old: Path,
    new: Callable[..., Path],
    tmp_path: Path,
    changed: dict[str, str | None],
    said: str,
) -> None:
    status, out, err = run(old, new(SMALLER), "--allow", _allow(tmp_path, **changed))
    assert (status, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.yaml", "openapi: 3.1.0\n  info: {}\n", "a.yaml:2:"),
        ("a.yaml", "openapi: 3.1.0\nopenapi: 3.1.0\n", "a.yaml:2:1"),
        ("a.yaml", "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: []\n", "a.yaml:3:1"),
        ("a.yaml", "swagger: '2.0'\n", "a.yaml:1:1"),
        ("a.yaml", "openapi: 3.1.0\ninfo: {title: a, version: '1'}\n" + "webhooks: " + "{a: " * 3000 + "1" + "}" * 3000, "failed"),
        ("a.json", '{"openapi": "3.1.0",\n "info": }', "a.json:2:10"),
        ("a.md", "# nothing here\n", "no ```yaml block"),
        ("a.txt", "", "neither a contract"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_fails_and_says_where(
    run: Run, old: Path, tmp_path: Path, name: str, text: str, said: str
) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    for sides in ((tmp_path / name, old), (old, tmp_path / name)):
        status, out, err = run(*sides)
        assert (status, out) == (2, "")
        assert err.startswith("error: the comparison failed")
        assert said in err
    assert run(old, tmp_path / "missing.yaml")[0] == 2


def test_openapi_3_0_says_nullable_in_its_own_words(run: Run, new: Callable[..., Path]) -> None:
    def spelt(version: str, value: JsonMap, name: str) -> Path:
        return new(put(version, "openapi"), put(value, *VALUE), name=name)

    modern = spelt("3.1.0", {"type": ["string", "null"]}, "modern.yaml")
    older = spelt("3.0.3", {"type": "string", "nullable": True}, "older.yaml")
    status, out, _ = run(older, modern)
    assert (status, "BREAKING" in out, "COMPATIBLE" in out) == (0, False, False)


def _page(tree: Tree, tmp_path: Path, old: str = "", new: str = "") -> Path:
    text = (tree.root / "spec" / "vendor" / "flux-1-schnell-redux.md").read_text("utf-8")
    assert old in text
    path = tmp_path / "page.md"
    path.write_text(text.replace(old, new), "utf-8")
    return path


def test_the_page_in_force_changes_nothing(run: Run, tree: Tree, tmp_path: Path) -> None:
    assert "no change" in run("--root", tree.root, "current", _page(tree, tmp_path))[1]


def test_a_page_is_compared_with_what_overlays_make_of_it(
    run: Run, tree: Tree, tmp_path: Path
) -> None:
    page = _page(tree, tmp_path, "num_images", "image_count")
    status, out, _ = run("--root", tree.root, "current", page)
    assert status == 1
    assert "an optional property was removed: num_images" in out
    assert "an optional property was added: image_count" in out
    assert "no longer has what this overlay speaks of" in out
    assert "seed" not in out


def test_a_page_with_a_path_of_its_own_is_all_addition(
    run: Run, tree: Tree, tmp_path: Path
) -> None:
    page = _page(tree, tmp_path, "/fal-ai/flux-1/schnell/redux", "/fal-ai/flux-9/schnell")
    status, out, _ = run("--root", tree.root, "current", page)
    assert status == 0
    assert "COMPATIBLE (1)" in out
    assert "operation-added" in out


RESULT = """# Read a result

```yaml
openapi: 3.0.1
info: {title: '', version: 1.0.0}
paths:
  /fal-ai/{model_name}/requests/{request_id}:
    get:
      summary: Read
      parameters:
        - {name: model_name, in: path, required: true, schema: {type: string}}
        - {name: request_id, in: path, required: true, schema: {type: string}}
        - {name: wait, in: query, schema: {type: boolean}}
      responses:
        '200': {description: Done}
```
"""


def test_a_page_for_what_only_overlays_knew_is_joined_with_them(
    run: Run, tree: Tree, tmp_path: Path
) -> None:
    (tmp_path / "page.md").write_text(RESULT, "utf-8")
    out = run("--root", tree.root, "current", tmp_path / "page.md")[1]
    assert "an optional parameter was added: query wait" in out
    assert "status was removed" not in out
    assert "another operationId" not in out


def test_two_pages(run: Run, tree: Tree, tmp_path: Path) -> None:
    known = tree.root / "spec" / "vendor" / "flux-1-schnell-redux.md"
    page = _page(tree, tmp_path, "                - output_format\n", "")
    assert run("--root", tree.root, known, known)[0] == 0
    status, out, err = run("--root", tree.root, known, page)
    assert (status, "no change" in out) == (0, True), err
