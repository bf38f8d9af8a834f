"""What must hold of the generated package: it is the contract's, whole, typed and cheap."""

import copy
import shutil
import subprocess  # a fresh interpreter shows what an import costs
import sys
from pathlib import Path

import pytest
from mypy import api as mypy

from chainhub_fal_api.endpoints import FLUX_1_SCHNELL_REDUX, INDEX, get
from spec.drift import differences
from spec.errors import SpecError
from spec.generate import read_yaml
from spec.kept import losses
from spec.nodes import branch
from spec.sources import Tree
from spec.tools import pinned, require_pinned

TREE = Tree(Path(__file__).resolve().parents[2])
CONTRACT = read_yaml(TREE.contract)
PACKAGE = "chainhub_fal_api"

CALLS = """
from chainhub_fal_api.endpoints import FLUX_1_SCHNELL_REDUX as REDUX, Endpoint, get
from collections.abc import Mapping
from pathlib import Path
from typing import IO, ParamSpec, TypeVar
from PIL import Image

P = ParamSpec("P")
R = TypeVar("R")

def run(endpoint: Endpoint[P, R], *args: P.args, **inputs: P.kwargs) -> R:
    raise NotImplementedError

def calls(file: IO[bytes], picture: Image.Image) -> None:
    reveal_type(run(REDUX, image_url="cat.jpg"))  # is models.flux_1_schnell_redux_output.Flux1
    reveal_type(run(get("any"), anything=1))  # is "object"
    run(REDUX, image_url=Path("cat.jpg"), image_size="16:9", seed=None)
    run(REDUX, image_url=file, image_size={"width": 640, "height": 480})
    run(REDUX, image_url=picture, output_format="png")
    run(REDUX)  # refused: Missing named argument "image_url"
    run(REDUX, image_url=3)  # refused: "image_url" to "run" has incompatible type "int"
    run(REDUX, image_url="x", num_images="4")  # refused: "num_images" to "run" has incompatible
    run(REDUX, image_url="x", image_size="default")  # refused: Literal['default']
    run(REDUX, image_url="x", image_size={"widht": 8})  # refused: "image_size" to "run"
    run(REDUX, image_url="x", steps=4)  # refused: Unexpected keyword argument "steps"
    run(REDUX, "x")  # refused: Too many positional arguments
    REDUX.misspelt  # refused: has no attribute "misspelt"
"""


IMPORTED = """
import sys, chainhub_fal_api.endpoints as table
table.INDEX
print(sorted({"httpx", "attr", "chainhub_fal_api.models"} & set(sys.modules)))
"""


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A copy of the committed package that a test may spoil."""
    target = tmp_path / "generated"
    shutil.copytree(TREE.generated, target)
    return target


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def test_a_hand_edit_a_stray_file_and_a_lost_one_are_each_named(edited: Path) -> None:
    replace(edited / PACKAGE / "models" / "image.py", "class Image:", "class Image:  # mine")
    (edited / PACKAGE / "models" / "mine.py").touch()
    (edited / PACKAGE / "py.typed").unlink()
    reports = [report.split(": ") for report in differences(edited, TREE.generated)]
    assert [(place.split("/")[-1], what.split()[0]) for place, what in reports] == [
        ("image.py:16", "is"),
        ("mine.py", "the"),
        ("py.typed", "is"),
    ]


def test_a_contract_that_moved_on_is_named_without_the_noise_of_the_stamps(
    edited: Path,
) -> None:
    for path in (edited / "SPEC.sha256", *(edited / PACKAGE).rglob("*.py")):
        path.write_text(
            "# @generated from x\n" + path.read_text("utf-8").split("\n", 1)[1], "utf-8"
        )
    replace(edited / PACKAGE / "models" / "image.py", "class Image:", "class Picture:")
    reports = [report.split(":")[0] for report in differences(edited, TREE.generated)]
    assert [place.split("/")[-1] for place in reports] == ["SPEC.sha256", "image.py"]


def test_nothing_of_the_contract_is_lost() -> None:
    assert list(losses(CONTRACT, TREE.generated / PACKAGE)) == []


@pytest.mark.parametrize(
    ("module", "old", "new", "loss"),
    [
        ("models/queue_state.py", 'FAILED = "FAILED"', "", "QueueState: FAILED"),
        ("models/flux_1_schnell_redux_input_acceleration.py", 'NONE = "none"', "", "acceleration"),
        ("models/log_entry.py", 'd.pop("level", UNSET)', "UNSET", "LogEntry.level"),
        (
            "models/queue_ticket.py",
            'd.pop("logs")',
            'd.pop("logs", None)',
            "whether QueueTicket.logs",
        ),
    ],
    ids=["enum member", "member of an unnamed enum", "field", "required"],
)
def test_a_loss_in_the_generated_code_is_named(
    edited: Path, module: str, old: str, new: str, loss: str
) -> None:
    path = edited / PACKAGE / module
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (report,) = losses(CONTRACT, edited / PACKAGE)
    assert loss in report


def test_an_enum_that_became_no_class_is_named() -> None:
    contract = copy.deepcopy(CONTRACT)
    branch(contract, "components", "schemas", "FalErrorItem", "properties", "loc")["items"] = {
        "enum": ["body", "query"]
    }
    (report,) = losses(contract, TREE.generated / PACKAGE)
    assert "FalErrorItem.properties.loc.items: body, query" in report


def test_a_lost_operation_is_named(edited: Path) -> None:
    (edited / PACKAGE / "api" / "queue" / "cancel_request.py").unlink()
    (report,) = losses(CONTRACT, edited / PACKAGE)
    assert report.startswith("operation cancel_request (put /fal-ai/")


def test_every_generated_module_says_so() -> None:
    modules = list((TREE.generated / PACKAGE).rglob("*.py"))
    marked = [path for path in modules if path.read_text("utf-8").startswith("# @generated from ")]
    assert len(modules) > 30
    assert marked == modules


def test_another_version_of_a_tool_is_refused() -> None:
    pins = pinned(TREE.pyproject)
    require_pinned(pins)
    with pytest.raises(SpecError, match=r"0\.0\.1 is pinned"):
        require_pinned({**pins, "ruff": "0.0.1"})


def test_a_type_checker_knows_inputs_and_result_of_an_endpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snippet = tmp_path / "calls.py"
    snippet.write_text(CALLS, "utf-8")
    monkeypatch.setenv("MYPYPATH", str(TREE.generated))
    cache = TREE.root / ".mypy_cache" / "calls"  # what is not the snippet stays the same
    options = ["--strict", "--config-file=", f"--cache-dir={cache}"]
    found = mypy.run([*options, "--show-absolute-path", str(snippet)])[0].splitlines()
    expected = {
        f"calls.py:{number}: ": line.split("  # ")[1].removeprefix("refused: ").removeprefix("is ")
        for number, line in enumerate(CALLS.splitlines(), start=1)
        if "  # " in line
    }
    *messages, _summary = found
    assert len(messages) == len(expected)
    for message, (place, words) in zip(messages, expected.items(), strict=True):
        assert place in message
        assert words in message


def test_asking_for_the_table_imports_neither_models_nor_httpx() -> None:
    command = [sys.executable, "-c", IMPORTED]
    done = subprocess.run(  # noqa: S603 - the script above
        command, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_an_endpoint_is_found_by_its_id_and_gathers_its_input() -> None:
    assert {get(endpoint).id for endpoint in INDEX} == set(INDEX)
    given = FLUX_1_SCHNELL_REDUX.build(image_url=b"", num_images=2)
    assert given["image_url"] == b""
    assert given["num_images"] == 2
    assert given["image_size"] == "landscape_4_3"
    assert given["sync_mode"] is False
    assert "seed" not in given
    with pytest.raises(KeyError):
        get("fal-ai/unknown")
