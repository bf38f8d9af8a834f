import copy
import hashlib
import os
import subprocess  # a hash seed belongs to a process
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from spec.__main__ import main
from spec.build import Built, build
from spec.derive import default_endpoint, derive
from spec.documents import dump
from spec.drift import contract_drift
from spec.errors import SpecError
from spec.nodes import JsonMap, branch
from spec.pages import Page
from spec.sources import Tree
from spec.validate import validate

VENDOR_PAGE = "9866d972505782c713fc93bff069720f31a8b918698958f545007aa1f550b5a9"
REDUX = ("paths", "/fal-ai/flux-1/schnell/redux", "post")
INPUT = ("components", "schemas", "Flux1SchnellReduxInput")


def test_the_vendors_page_is_kept_byte_for_byte(tree: Tree) -> None:
    page = tree.root / "spec" / "vendor" / "flux-1-schnell-redux.md"
    assert hashlib.sha256(page.read_bytes()).hexdigest() == VENDOR_PAGE


def test_the_pages_six_faulty_lines_are_repaired_and_logged(built: Built) -> None:
    assert [repair.line for repair in built.repairs] == [33, 36, 39, 42, 45, 48]


def test_the_committed_contract_is_what_every_process_builds(tree: Tree, built: Built) -> None:
    assert list(contract_drift(tree, built.text)) == []
    seed = "0" if os.environ.get("PYTHONHASHSEED") != "0" else "4711"
    done = subprocess.run(
        [sys.executable, "-m", "spec", "build", "--check"],
        cwd=tree.root,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_yaml_1_1_readers_see_the_same_contract(built: Built) -> None:
    assert yaml.safe_load(built.text) == built.document


def test_a_number_without_a_point_is_a_number_to_every_reader() -> None:
    numbers: JsonMap = {"a": 1e308, "b": 1e-7, "c": 2.5e-9, "d": 0.1}
    assert yaml.safe_load(dump(numbers)) == numbers


def test_an_edited_contract_is_named_by_line_and_path(built: Built, tmp_path: Path) -> None:
    lines = built.text.splitlines(keepends=True)
    line = next(number for number, text in enumerate(lines) if "maximum: 12" in text)
    lines[line] = lines[line].replace("12", "50")
    (tmp_path / "openapi.yaml").write_text("".join(lines), "utf-8")
    (report,) = contract_drift(Tree(tmp_path), built.text)
    assert report.startswith(
        f"openapi.yaml:{line + 1}: $.components.schemas.Flux1SchnellReduxInput"
    )
    assert ".num_inference_steps.maximum: committed 'maximum: 50', built" in report


def test_the_command_refuses_in_words_and_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = tmp_path / "spec" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / "torn.md").write_text("```yaml\na: [\n```\n", "utf-8")
    assert main(["--root", str(tmp_path), "build"]) == 1
    assert "torn.md:3:1" in capsys.readouterr().err
    assert not (tmp_path / "openapi.yaml").exists()


def test_a_page_without_an_overlay_is_told_what_is_missing(
    tree: Tree, make_page: Callable[..., Page]
) -> None:
    with pytest.raises(SpecError, match="x-output is missing"):
        build([*tree.pages(), make_page()], tree.overlays())


def test_a_fault_of_the_documents_form_names_its_page(tree: Tree) -> None:
    bare = Page("bare.md", "```yaml\npaths: {/fal-ai/x: {post: }}\n```\n")
    with pytest.raises(SpecError) as refusal:
        build([*tree.pages(), bare], tree.overlays())
    assert refusal.value.where.startswith("bare.md: $")


FAULTS: dict[str, tuple[tuple[str, ...], JsonMap, str]] = {
    "example": (
        (*REDUX, "requestBody", "content", "application/json"),
        {"example": {}},
        "required",
    ),
    "format": (
        (*REDUX, "responses", "200", "content", "application/json", "example"),
        {"status_url": "no url"},
        "uri",
    ),
    "default": ((*INPUT, "properties", "output_format"), {"default": "default"}, "default"),
    "alias": (
        (*INPUT, "properties", "image_size", "x-aliases"),
        {"1:1": "round"},
        "no valid value",
    ),
    "needless alias": (
        (*INPUT, "properties", "image_size", "x-aliases"),
        {"square": "square_hd"},
        "needs no alias",
    ),
    "dead link": (
        (*REDUX, "responses", "200", "links", "status"),
        {"operationId": "gone"},
        "operation gone",
    ),
    "link parameter": (
        (*REDUX, "responses", "200", "links", "status", "parameters"),
        {"id": "x"},
        "parameter id",
    ),
    "repeated id": (REDUX, {"operationId": "get_status"}, "get_status"),
    "no evidence": (
        ("components", "schemas"),
        {"New": {"type": "string"}},
        "x-evidence is missing",
    ),
    "a name of the generator's own": (
        (*INPUT, "properties"),
        {"to_dict": {"type": "string"}},
        "breaks the generated class",
    ),
    "not OpenAPI": (REDUX, {"responses": []}, "not OpenAPI 3.1"),
}


@pytest.mark.parametrize(("place", "fault", "says"), FAULTS.values(), ids=FAULTS)
def test_a_contract_that_contradicts_itself_is_refused(
    built: Built, place: tuple[str, ...], fault: JsonMap, says: str
) -> None:
    document = copy.deepcopy(built.document)
    branch(document, *place).update(fault)
    with pytest.raises(SpecError) as refusal:
        validate(document)
    assert says in str(refusal.value)


@pytest.mark.parametrize("check", [derive, default_endpoint])
@pytest.mark.parametrize(
    ("mark", "says"), [({"x-default": True}, "more than one"), ({"x-default": 1}, "only be true")]
)
def test_one_endpoint_at_most_is_marked_as_the_default(
    built: Built, check: Callable[[JsonMap], object], mark: JsonMap, says: str
) -> None:
    document = copy.deepcopy(built.document)
    submit = branch(document, *REDUX)
    assert submit["x-default"] is True
    branch(document, "paths")["/fal-ai/other"] = {"post": {**submit, **mark}}
    with pytest.raises(SpecError, match=says) as refusal:
        check(document)
    assert "/fal-ai/other" in refusal.value.where
