from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from spec.__main__ import main
from spec.build import Built, build
from spec.errors import SpecError
from spec.importing import trial
from spec.importing.command import Wish, import_page
from spec.importing.placing import place
from spec.importing.tables import table
from spec.nodes import JsonMap, at
from spec.overlay import Overlay
from spec.pages import Page

from .desk import Desk
from .family import page

STEPS = """                steps:
                  type: integer
                  description: Steps to take. Default: 4. Range: 1-12
                format:
                  type: string
                  description: Its format. Options: default, png, jpeg
"""
EXAMPLE: JsonMap = {"steps": 4, "format": "png"}


def test_a_page_is_kept_byte_for_byte_with_an_overlay_and_once(desk: Desk) -> None:
    before = desk.files
    content = (
        b"\xef\xbb\xbf" + page("/fal-ai/app/draw", STEPS, EXAMPLE).replace("\n", "\r\n").encode()
    )
    desk.bring(content)
    after = desk.files
    assert set(after) - set(before) == {"spec/vendor/app-draw.md", "spec/overlays/app-draw.yaml"}
    assert after["spec/vendor/app-draw.md"] == content
    assert {name: after[name] for name in before} == before
    assert desk.field("steps") == {"type": "integer", "minimum": 1, "maximum": 12, "default": 4}
    desk.bring(content)
    assert desk.files == after
    assert desk.said[-1] == "already there as spec/vendor/app-draw.md: nothing to do"


def test_a_dry_run_says_the_same_and_writes_nothing(desk: Desk) -> None:
    before = desk.files
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE), dry_run=True)
    assert desk.files == before
    assert desk.said[-1] == "would write spec/vendor/app-draw.md"


def test_what_it_did_is_told_in_tables(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE))
    told = "\n".join(desk.said)
    assert "repairs (2)" in told
    assert (
        "  20    description: Steps to take. Default: 4. Range: 1-12   description: 'Steps" in told
    )
    assert "losses and contradictions (1)" in told
    assert "  steps   default 4                certain" in told
    assert "the word 'default' is no value  Options: default, png, jpeg" in told
    assert "2 proposal(s) applied, 1 left to decide: 1 of them stand" in told


def test_without_a_yes_every_proposal_stays_in_the_draft_and_does_not_count(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE), accept=False)
    assert desk.overlay().count("x-proposed: true") == 3
    assert desk.field("steps") == {"type": "integer"}
    accepted = desk.overlay().replace("    x-proposed: true\n", "")
    (desk.tree.root / "spec" / "overlays" / "app-draw.yaml").write_text(accepted, "utf-8")
    assert desk.field("steps")["default"] == 4
    assert desk.field("format")["enum"] == ["png", "jpeg"]


def test_a_person_is_asked_about_each_proposal_and_may_accept_a_question(desk: Desk) -> None:
    asked: list[str] = []
    incoming = desk.tree.root / "page.md"
    incoming.write_text(page("/fal-ai/app/draw", STEPS, EXAMPLE), "utf-8")

    def answer(proposal: object) -> bool:
        asked.append(str(getattr(proposal, "what", "")))
        return asked[-1].startswith("enum")

    import_page(desk.tree, Wish(incoming), desk.said.append, answer)
    assert asked == ["default 4", "range 1-12", "enum default, png, jpeg"]
    assert desk.field("format")["enum"] == ["png", "jpeg"]
    assert desk.field("steps") == {"type": "integer"}


NOT_ADDED: dict[str, tuple[str, str]] = {
    "a route of the queue": (
        page("/fal-ai/veo3/requests/{任务id}", {}, method="get", ticket={"request": 1, "seed": 1}),
        "covered by /fal-ai/{model_name}/requests/{request_id}",
    ),
    "no route of this queue": (page("/v1/chat/completions"), "no route of this queue"),
    "another tenant's page of a known endpoint": (
        page("/BASE_URL/fal-ai/flux-1/schnell/redux", {"seed": {"type": "string"}}, servers=[]),
        "type string on this page, ['integer', 'null'] in the contract",
    ),
    "another server's page of a known endpoint": (
        page("/fal-ai/flux-1/schnell/redux", {}, servers=[{"url": "https://other.example"}]),
        "not on this page",
    ),
}


@pytest.mark.parametrize(("text", "says"), NOT_ADDED.values(), ids=NOT_ADDED)
def test_a_page_that_adds_no_endpoint_is_kept_as_evidence_and_told(
    desk: Desk, text: str, says: str
) -> None:
    before, contract = desk.files, desk.built().text
    desk.bring(text, "Some Page.md")
    assert set(desk.files) - set(before) == {"spec/vendor/evidence/some-page.md"}
    assert desk.built().text == contract
    assert any(says in line for line in desk.said)
    desk.bring(text, "Some Page.md")
    with pytest.raises(SpecError, match="another page has this name"):
        desk.bring(text.replace("1.0.0", "1.0.1"), "Some Page.md")


def test_another_tenants_page_of_a_new_endpoint_brings_no_server_along(desk: Desk) -> None:
    desk.bring(page("/X/fal-ai/app/draw", {}, servers=[{"url": "https://other.example"}]))
    document = desk.built().document
    assert "other.example" not in str(document["servers"])
    assert at(document, "paths", "/fal-ai/app/draw", "post", "x-endpoint-id") == "fal-ai/app/draw"


GOOD = page()
DEEP = "```yaml\npaths: " + "[" * 60_000 + "\n```\n"
REFUSED: dict[str, tuple[bytes | str, str, str]] = {
    "empty": (b"\n \n", ":1:1", "empty"),
    "binary": (b"# t\nab\0", ":2:3", "zero byte"),
    "not UTF-8": ("# t\n# ü".encode("latin-1"), ":2:3", "not UTF-8"),
    "too large": (b"a: b\n" * 4_000_000, "", "20000000 bytes"),
    "no block": ("# t\n\ntext\n", ":1", "describes no API"),
    "cut off": (GOOD[:300], ":5", "cut off"),
    "cut off within the block": (
        GOOD[: GOOD.index("      responses")] + "```\n",
        ": /fal-ai/app/draw",
        "cut off",
    ),
    "no paths": ("```yaml\nopenapi: 3.0.1\n```\n", "", "no paths"),
    "no mapping": ("```yaml\n- a\n```\n", ":2:1", "no mapping"),
    "no operation": ("```yaml\npaths: {/fal-ai/x: {}}\n```\n", "", "describes no operation"),
    "two paths": (GOOD.replace("comp", "  /fal-ai/b: {post: {}}\ncomp", 1), "", "2 operations"),
    "a tab": (GOOD.replace("      summary", "\tsummary"), ":11:1", r"'\t'"),
    "endless": ("```yaml\na: &a [*a]\n```\n", ":2:4", "holds itself"),
    "deep": (DEEP, ":2:108", "brackets"),
    "a path of no endpoint": (page("/fal-ai/a'b"), "", "no queue endpoint"),
    "no JSON": (GOOD.replace("application/json:\n", "text/plain:\n"), "", "takes JSON"),
    "odd path item": ("```yaml\npaths: {/fal-ai/x: }\n```\n", "", "a mapping is needed here"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("content", "where", "says"), REFUSED.values(), ids=REFUSED)
def test_bad_input_is_refused_where_it_is_and_nothing_is_written(
    desk: Desk, content: bytes | str, where: str, says: str
) -> None:
    before = desk.files
    with pytest.raises(SpecError) as refusal:
        desk.bring(content)
    assert says in refusal.value.what
    assert refusal.value.where.startswith(f"{desk.tree.root / 'incoming' / 'page.md'}{where}")
    assert desk.files == before


def test_a_file_that_is_none_is_refused_by_the_command(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--root", str(desk.tree.root), "import", str(desk.tree.root), "--accept"]) == 1
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("slug", ["queue", "flux-1-schnell-redux"])
def test_a_name_that_is_taken_is_refused(desk: Desk, slug: str) -> None:
    before = desk.files
    with pytest.raises(SpecError, match="the name is taken"):
        desk.bring(page(), slug=slug)
    assert desk.files == before


def test_two_paths_that_become_one_name_are_refused(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw"))
    with pytest.raises(SpecError, match="would both be named app_draw"):
        desk.bring(page("/fal-ai/app-draw"), slug="other")


def test_a_known_endpoint_in_another_shape_needs_a_word_and_keeps_its_overlay(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE))
    reviewed = desk.overlay() + "  # reviewed by hand\n"
    (desk.tree.root / "spec" / "overlays" / "app-draw.yaml").write_text(reviewed, "utf-8")
    more = (
        STEPS.replace("Default: 4", "Default: 5")
        + STEPS.replace("steps:", "turns:").split("                format")[0]
    )
    newer = page("/fal-ai/app/draw", more, {"steps": 5, "turns": 4, "format": "png"})
    before = desk.files
    with pytest.raises(SpecError, match="in another shape") as refusal:
        desk.bring(newer)
    assert "--replace" in refusal.value.remedy
    assert desk.files == before
    desk.bring(newer, "newer.md", replace=True)
    assert set(desk.files) == set(before)
    assert desk.overlay().startswith(reviewed)
    assert (desk.field("steps")["default"], desk.field("turns")["default"]) == (5, 4)
    after = desk.files
    desk.bring(newer, "newer.md", replace=True)
    assert desk.files == after


def test_a_newer_page_that_its_overlay_no_longer_fits_is_refused(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE))
    before = desk.files
    with pytest.raises(SpecError, match="the target matches nothing"):
        desk.bring(page("/fal-ai/app/draw", {"prompt": {"type": "string"}}), replace=True)
    assert desk.files == before


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_same_page_in_other_bytes_is_no_news(desk: Desk, end: str) -> None:
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE).replace("\n", end).encode())
    before = desk.files
    desk.bring(page("/fal-ai/app/draw", STEPS, EXAMPLE).replace("# /fal-ai/app/draw", "# Draw"))
    assert desk.files == before
    assert desk.said[-1].startswith("says the same as spec/vendor/app-draw.md")


def test_files_are_placed_all_or_none(tmp_path: Path) -> None:
    old, blocked = tmp_path / "old.yaml", tmp_path / "blocked"
    old.write_bytes(b"old")
    (blocked / "full").mkdir(parents=True)
    with pytest.raises(SpecError, match="cannot be written"):
        place({old: b"new", tmp_path / "fresh": b"new", blocked: b"new"})
    assert old.read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blocked", "old.yaml"]


def test_a_table_is_aligned_in_any_script_and_obeys_no_page() -> None:
    lines = list(table("t", ("a", "b"), [("视频", "x"), ("abcdefg", "\x1b[31mred\n" + "y" * 400)]))
    assert lines[1] == "t (2)"
    assert lines[3] == "  视频     x"
    assert lines[4].startswith("  abcdefg  \N{REPLACEMENT CHARACTER}[31mred yyy")
    assert lines[4].endswith("\N{HORIZONTAL ELLIPSIS}")


def test_an_import_builds_no_more_pages_than_share_a_name(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        desk.bring(page(f"/fal-ai/app/draw-{number}"))
    read: list[list[str]] = []

    def counted(pages: Sequence[Page], overlays: Sequence[Overlay]) -> Built:
        read.append([one.name for one in pages])
        return build(pages, overlays)

    monkeypatch.setattr(trial, "build", counted)
    desk.bring(page("/fal-ai/app/paint"))
    assert read == [["app-draw-0.md", "app-paint.md"]]  # both have the key's scheme


def test_a_key_that_another_page_gives_another_shape_is_refused(desk: Desk) -> None:
    desk.bring(page("/fal-ai/app/draw"))
    before = desk.files
    with pytest.raises(SpecError, match="another shape"):
        desk.bring(page("/fal-ai/app/print").replace("scheme: bearer", "scheme: basic"))
    assert desk.files == before


def test_two_pages_may_call_two_schemas_the_same(desk: Desk) -> None:
    field: JsonMap = {"brush": {"$ref": "#/components/schemas/Image"}}
    for name, kind in (("draw", "string"), ("print", "integer")):
        text = page(f"/fal-ai/app/{name}", field)
        desk.bring(text.replace("schemas: {}", f"schemas: {{Image: {{type: {kind}}}}}"))
    schemas = ("components", "schemas")
    document = desk.built().document
    kinds = [at(document, *schemas, f"App{name}Image", "type") for name in ("Draw", "Print")]
    assert kinds == ["string", "integer"]
    assert at(document, *schemas, "Image", "required") == ["url"]  # the shared one, untouched
