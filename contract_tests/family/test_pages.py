"""What generates a whole package, or needs the vendor's own pages beside the checkout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from spec.__main__ import main
from spec.drift import differences
from spec.generate import generate
from spec.importing.command import Wish, import_page
from spec.sources import Tree

from ..unit.spec.desk import Desk
from ..unit.spec.family import page

TREE = Tree(Path(__file__).resolve().parents[2])
SIBLINGS = TREE.root.parent / "shared" / "vendor"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A copy of the checkout's spec/, its contract, and what generates from it."""
    for name in ("spec/vendor", "spec/overlays"):
        shutil.copytree(TREE.root / name, tmp_path / name)
    (tmp_path / "generated").mkdir()
    for name in ("openapi.yaml", "pyproject.toml", "generated/config.yaml"):
        shutil.copy(TREE.root / name, tmp_path / name)
    return Desk(tmp_path)


def test_the_committed_package_is_what_the_contract_generates(tmp_path: Path) -> None:
    generate(TREE, tmp_path)
    assert list(differences(TREE.generated, tmp_path)) == []


def test_models_share_one_type_of_file_and_one_generated_package(desk: Desk) -> None:
    desk.bring(page("/fal-ai/one/text-to-video"))
    desk.bring(page("/fal-ai/two/image-to-video", {"image_url": {"type": "string"}}))
    desk.bring(page("/fal-ai/three", None, {"prompt": "x", "loras": [{"scale": 0.5}], "n": None}))
    shared = [name for name in desk.files if name == "spec/overlays/video.yaml"]
    assert len(shared) == 1
    assert main(["--root", str(desk.tree.root), "build"]) == 0
    generate(desk.tree, desk.tree.generated)
    table = (desk.tree.generated / "chainhub_fal_api" / "endpoints" / "__init__.py").read_text()
    for endpoint in ("fal-ai/one/text-to-video", "fal-ai/two/image-to-video", "fal-ai/three"):
        assert f'"{endpoint}":' in table


def test_the_vendors_real_pages_all_come_in(desk: Desk) -> None:
    if not SIBLINGS.is_dir():
        pytest.skip("the folder of real pages is not here")
    pages = [path for path in sorted(SIBLINGS.glob("*.md")) if "```yaml" in path.read_text("utf-8")]
    for path in pages:
        import_page(desk.tree, Wish(path, accept=True), desk.said.append)
    kept = list((desk.tree.root / "spec" / "vendor").rglob("*.md"))
    assert {path.read_bytes() for path in pages} <= {path.read_bytes() for path in kept}
    assert desk.built().text.count("x-endpoint-id:") == len(desk.tree.pages())
