"""Write the generated package from the contract: generator, endpoint table, stamps, checksum."""

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

from spec.documents import load_plain
from spec.kept import require_kept
from spec.lazy import made_lazy
from spec.nodes import JsonMap, sequence
from spec.pages import Block
from spec.sources import Tree
from spec.table import write_table
from spec.tools import FORMATTER, GENERATOR, pinned, require_pinned, run

PACKAGE = "chainhub_fal_api"
CHECKSUM = "SPEC.sha256"
STAMP = "# @generated from "


def generate(tree: Tree, target: Path) -> int:
    """Write `target/chainhub_fal_api` and `target/SPEC.sha256` anew; return the number of files.

    The package is made aside and then put in place, so a failure leaves the old one whole. Raises
    SpecError when a tool is not the pinned one, fails or warns, or when something was lost.
    """
    pins = pinned(tree.pyproject)
    require_pinned(pins)
    digest = hashlib.sha256(tree.contract.read_bytes()).hexdigest()
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target, prefix=".making-") as folder:
        package = Path(folder) / PACKAGE
        _make(tree, package, digest, _stamp(digest, pins))
        shutil.rmtree(target / PACKAGE, ignore_errors=True)
        package.replace(target / PACKAGE)
    (target / CHECKSUM).write_text(f"{digest}  {tree.contract.name}\n", "utf-8")
    return sum(1 for path in (target / PACKAGE).rglob("*") if path.is_file())


def _make(tree: Tree, package: Path, digest: str, stamp: str) -> None:
    document = read_yaml(tree.contract)
    _run_generator(tree, package)
    write_table(document, package, digest)
    for init in (package / "__init__.py", package / "models" / "__init__.py"):
        init.write_text(made_lazy(init.read_text("utf-8"), str(init)), "utf-8")
    (package / "py.typed").touch()
    for path in package.rglob("*.py"):
        path.write_text(stamp + path.read_text("utf-8"), "utf-8")
    for hook in sequence(read_yaml(tree.config).get("post_hooks"), ("post_hooks",)):
        run(str(hook), package)
    require_kept(document, package)


def read_yaml(path: Path) -> JsonMap:
    """Read a YAML file into Python's own types; raises SpecError naming the place at fault."""
    return load_plain(Block(path.name, path.read_text("utf-8"), 1))


def _run_generator(tree: Tree, package: Path) -> None:
    command = [sys.executable, "-m", "openapi_python_client", "generate"]
    command += ["--path", str(tree.contract.resolve()), "--config", str(tree.config.resolve())]
    command += ["--output-path", str(package.resolve()), "--meta", "none", "--fail-on-warning"]
    run(command, package.parent)


def _stamp(digest: str, pins: dict[str, str]) -> str:
    tools = f"{GENERATOR} {pins[GENERATOR]} and {FORMATTER} {pins[FORMATTER]}"
    source = f"openapi.yaml (sha256:{digest[:12]})"
    return f'{STAMP}{source} by {tools}, "make generate"; do not edit.\n'
