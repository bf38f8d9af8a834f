"""Pages of a whole family, imported, generated, typed and run, with no Python written by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess  # what people start
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy import api as mypy

from chainhub_fal_sandbox import Sandbox
from spec.build import build
from spec.derive import submits
from spec.errors import SpecError
from spec.generate import generate, read_yaml
from spec.importing.command import Wish, import_page
from spec.names import component, slug
from spec.nodes import JsonMap, at, branch, mapping
from spec.sources import Tree

from ..consumer.grammar import Grammar
from ..contract import Contract
from ..harness.findings import Ledger
from ..harness.sandboxes import sandbox_for
from ..harness.target import Target
from ..schemas import Schema
from ..suite import layer
from ..unit.spec.family import page
from ..wire.router import SpecRouter

ROOT = Path(__file__).resolve().parents[2]
SIBLINGS = ROOT.parent / "shared" / "vendor"
BASE = "https://gateway.example"
MANY = 30
PICTURE = "https://pictures.example/a.png"
PICTURES = (  # of each endpoint, the input that the command line takes as its argument
    "import json; from chainhub_fal import ENDPOINT_IDS, find_endpoint; "
    "from chainhub_fal.cli.fields import file_field; "
    "print(json.dumps({name: file_field(find_endpoint(name)) for name in ENDPOINT_IDS}))"
)
pytestmark = pytest.mark.timeout(180)  # seconds; a whole family, on a machine that has other work

BROKEN = """                prompt: {type: string, description: What to draw}
                num_images:
                  type: integer
                  description: How many. Default: 1. Range: 1-4
"""
CHINESE: JsonMap = {
    "prompt": {"type": "string", "description": "提示词"},
    "guidance_scale": {"type": "number", "description": "默认值：3.5 范围值：1-20"},  # noqa: RUF001 - their own colon
}
ODD: JsonMap = {  # names, types and forms that a generator stumbles over
    **{name: {"type": "string"} for name in ("class", "self", "given", "dict", "negative prompt")},
    "image_url": {"type": "string"},
    "mask_url": {"type": "string"},
    "quality": {"type": "string", "enum": ["1K", "1k", 2, None]},
    "steps": {"enum": [1, "auto", 2.5]},
    "when": {"type": "string", "format": "date-time", "pattern": "^["},
    "grid": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
    "loras": {"type": "array", "items": {"$ref": "#/components/schemas/LoRA%20%E6%9D%83%E9%87%8D"}},
}
LORA = "schemas: {LoRA 权重: {type: object, properties: {scale: {type: number}}}}"
TWICE = """                prompt: {type: string}
                prompt: {type: integer}
"""
MADE = {
    "broken.md": page("/fal-ai/made-up/draw", BROKEN, {"prompt": "a cat"}),
    "chinese.md": page("/fal-ai/made-up/zh", CHINESE, {"prompt": "一只猫"}),
    "图 odd.md": page("/fal-ai/made-up/odd.V2/a_b", ODD, {"image_url": PICTURE})
    .replace("{type: object, prop", "{type: object, required: [image_url, mask_url], prop")
    .replace("schemas: {}", LORA),
    "film.md": page("/fal-ai/film/text-to-video", {}, {"prompt": "a cat", "duration": "5"}),
    "result.md": page("/fal-ai/{model_name}/requests/{request_id}", method="get"),
}


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The sources of the contract and what generates from them, apart from the checkout."""
    for name in ("spec/vendor", "spec/overlays"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "generated").mkdir()
    for name in ("generated/config.yaml", "pyproject.toml", "openapi.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return Tree(tmp_path)


def environment(tree: Tree, url: str = "") -> dict[str, str]:
    """What a process needs to find the tree's generated package in the place of the checkout's."""
    sources = (tree.generated, ROOT / "wrapper", ROOT / "sandbox", ROOT)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, sources)),
        "CHAINHUB_BASE_URL": url,
        "CHAINHUB_API_KEY": "sandbox-key",
        "API_KEY": "sandbox-key",
    }


def run(tree: Tree, *words: str, url: str = "") -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, *words],
        cwd=tree.root,
        env=environment(tree, url),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout


def family(folder: Path) -> Iterator[Path]:
    """The made-up pages, and the vendor's own where they lie beside the checkout."""
    folder.mkdir()
    for name, text in MADE.items():
        (folder / name).write_text(text, "utf-8")
        yield folder / name
    for path in sorted(SIBLINGS.glob("*.md")):
        if "```yaml" in path.read_text("utf-8"):
            yield path


def rebuild(tree: Tree) -> JsonMap:
    tree.contract.write_text(build(tree.pages(), tree.overlays()).text, "utf-8")
    generate(tree, tree.generated)
    return read_yaml(tree.contract)


def inputs_of(tree: Tree) -> dict[str, dict[str, object]]:
    """The required inputs of every endpoint, as the smoke test makes them for a text or a file."""
    code = (
        "import json; from chainhub_fal import ENDPOINT_IDS, find_endpoint; "
        "from vendoring.smoke import inputs_of; "
        "made = {name: inputs_of(find_endpoint(name)) for name in ENDPOINT_IDS}; "
        f"print(json.dumps(made, default=lambda _: {PICTURE!r}))"
    )
    found: dict[str, dict[str, object]] = json.loads(run(tree, "-c", code))
    return found


def require_typed(tree: Tree, document: JsonMap, inputs: dict[str, dict[str, object]]) -> None:
    """One run of the type checker over a call of every endpoint, and one wrong call of each."""
    lines = ["from chainhub_fal import Client", "import chainhub_fal as it", "client = Client()"]
    expected = []
    for path, operation in submits(document):
        constant = slug(path).upper()
        given = inputs[str(operation["x-endpoint-id"])]
        call = (
            f"client.run(it.{constant}, **{{}})"
            if not given
            else (f"client.run(it.{constant}, {', '.join(f'{k}={v!r}' for k, v in given.items())})")
        )
        lines += [f"reveal_type({call})", f"client.run(it.{constant}, no_such_input=1)"]
        expected.append((component(path, "Output"), "no_such_input"))
        optional = next(iter(given), None)
        if optional:
            lines.append(f"client.run(it.{constant}, {optional}=object())")
    snippet = tree.root / "calls.py"
    snippet.write_text("\n".join(lines) + "\n", "utf-8")
    settings = tree.root / "mypy.ini"
    paths = ":".join(map(str, (tree.generated, ROOT / "wrapper")))
    settings.write_text(f"[mypy]\nstrict = true\nmypy_path = {paths}\nfollow_imports = silent\n")
    options = ["--config-file", str(settings), "--cache-dir", str(tree.root / ".mypy_cache")]
    said, _, _ = mypy.run([*options, str(snippet)])
    found = dict.fromkeys(range(1, len(lines) + 1), "")
    for row in said.splitlines():
        place, _, words = row.partition(": ")
        digits = place.rpartition(":")[2]
        if digits.isdigit():
            found[int(digits)] += words
    for number, line in enumerate(lines, start=1):
        if line.startswith("reveal_type"):
            wanted, _ = expected.pop(0)
            assert wanted.lower() in found[number].lower(), (line, found[number])
            assert "error" not in found[number], (line, found[number])
        elif line.startswith("client.run"):
            assert "error" in found[number], line
    assert not expected


def require_held(document: JsonMap, contract: Contract) -> None:
    """The mocks and the fuzzers take the contract as it is: every output can be made."""
    grammar = Grammar(document)
    components = mapping(document["components"], ("components",))
    with SpecRouter(contract, base_url=BASE, key="k", scheme="Bearer"):
        pass
    for path, operation in submits(document):
        name = str(operation["x-output"]).rpartition("/")[2]
        schema = branch(document, "components", "schemas", name)
        for full in (False, True):
            made = grammar.value(schema, full=full)
            assert not Schema(schema, components).problems(made), path
    assert {str(at(op, "operationId")) for _, op in submits(document)} <= set(contract.operations)


def require_run(tree: Tree, inputs: dict[str, dict[str, object]], url: str) -> None:
    """Every endpoint in both colours, and from the command line."""
    said = run(tree, str(ROOT / "vendoring" / "smoke.py"), url, url=url)
    assert said.count("twice") == len(inputs)
    pictures = json.loads(run(tree, "-c", PICTURES))
    for number, (endpoint, given) in enumerate(inputs.items()):
        words = [PICTURE] if pictures[endpoint] else []
        for key, value in given.items():
            if key != pictures[endpoint]:
                words += [
                    "--set",
                    f"{key}={value if isinstance(value, str) else json.dumps(value)}",
                ]
        folder = tree.root / f"out-{number}"
        run(
            tree,
            "-m",
            "chainhub_fal",
            "run",
            "--endpoint",
            endpoint,
            *words,
            "-o",
            str(folder),
            url=url,
        )
        assert any(path.stat().st_size for path in folder.rglob("*") if path.is_file()), endpoint


BOTH_NAMES = f"""
from chainhub_fal import MADE_UP_ODD_V2_A_B as ODD, Client
with Client() as client:
    for inputs in (dict(class_="a", negative_prompt="b"), {{"class": "a", "negative prompt": "b"}}):
        assert client.run(ODD, image_url={PICTURE!r}, mask_url={PICTURE!r}, **inputs).files
"""


def require_run_by_either_name(tree: Tree, url: str) -> None:
    """A field whose name is none in Python goes by its own name, too, and so from a shell."""
    run(tree, "-c", BOTH_NAMES, url=url)
    words = [
        "--endpoint",
        "fal-ai/made-up/odd.V2/a_b",
        "--set",
        "class=a",
        "--negative-prompt",
        "b",
    ]
    words += ["--set", f"image_url={PICTURE}", "--set", f"mask_url={PICTURE}", "-o", "either"]
    run(tree, "-m", "chainhub_fal", "run", *words, url=url)


def refuse_twice(tree: Tree, path: Path) -> None:
    """A property given twice is lost to every reader: no rule says which one is meant."""
    path.write_text(page("/fal-ai/made-up/twice", TWICE, {"prompt": "a cat"}), "utf-8")
    with pytest.raises(SpecError, match=r"twice\.md:"):
        import_page(tree, Wish(path, accept=True), lambda _: None)


def test_a_family_of_pages_becomes_endpoints_that_run_with_no_python_written(
    tree: Tree, tmp_path: Path
) -> None:
    said: list[str] = []
    for path in family(tmp_path / "incoming"):
        import_page(tree, Wish(path, accept=True), said.append)
    refuse_twice(tree, tmp_path / "twice.md")
    document = rebuild(tree)
    made = {"fal-ai/made-up/draw", "fal-ai/made-up/odd.V2/a_b", "fal-ai/film/text-to-video"}
    inputs = inputs_of(tree)
    assert made < inputs.keys()
    require_typed(tree, document, inputs)
    contract = Contract.load(tree.contract)
    require_held(document, contract)
    with Sandbox(contract=tree.contract, foreign_images="invent") as server:
        require_run(tree, inputs, server.base_url)
        require_run_by_either_name(tree, server.base_url)
    settings = sandbox_for("suite", "gateway").settings
    with Sandbox(settings, contract=tree.contract) as server:
        target = Target(server.base_url, server.key)
        findings = layer.run(target, contract, Ledger(), seed=0, first=False)
    assert [one for one in findings if one.level == "error"] == []


def worked() -> float:
    """Seconds of processor time of this process and its children: a busy machine adds none."""
    return sum(os.times()[:4])


def test_many_endpoints_generate_in_time_and_cost_nothing_to_import(tree: Tree) -> None:
    loaded = "import sys, chainhub_fal; chainhub_fal.Client; print(len(sys.modules))"
    rebuild(tree)
    one = run(tree, "-c", loaded)
    overlay = (tree.root / "spec/overlays/flux-1-schnell-redux.yaml").read_text("utf-8")
    vendor = (tree.root / "spec/vendor/flux-1-schnell-redux.md").read_text("utf-8")
    for number in range(1, MANY):
        name, path = f"copy-{number}", f"flux-1/schnell/redux-{number}"
        renamed = (
            overlay.replace("flux-1/schnell/redux", path)
            .replace("Flux1SchnellRedux", f"Flux1SchnellRedux{number}")
            .replace("flux_1_schnell_redux", f"flux_1_schnell_redux_{number}")
            .replace("      x-default: true\n", "      x-made-up: true\n")
        )
        (tree.root / f"spec/overlays/{name}.yaml").write_text(renamed, "utf-8")
        text = vendor.replace("flux-1/schnell/redux", path)
        (tree.root / f"spec/vendor/{name}.md").write_text(text, "utf-8")
    tree.contract.write_text(build(tree.pages(), tree.overlays()).text, "utf-8")
    before = worked()
    generate(tree, tree.generated)
    assert worked() - before < 20
    many = "import chainhub_fal; print(len(chainhub_fal.ENDPOINT_IDS))"
    assert run(tree, "-c", many).strip() == str(MANY)
    assert run(tree, "-c", loaded) == one
