"""The house keeps its own rules: sizes, words, docstrings, one distribution that holds it all."""

from __future__ import annotations

import ast
import re
import statistics
import zipfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
FOLDERS = ("wrapper", "sandbox", "spec", "vendoring", "benchmarks", "contract_tests", "demo")
MODULES = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
SHIPPED = [path for path in MODULES if path.relative_to(ROOT).parts[0] in {"wrapper", "sandbox"}]
BANNED = re.compile(r"(^|_)(manager|helper|util|utils|common|misc)s?(_|$)")


@cache
def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


@cache
def functions(path: Path) -> list[tuple[str, int]]:
    return [
        (node.name, (node.end_lineno or 0) - node.lineno + 1)
        for node in statements(ast.parse(path.read_text()).body)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements and those within them; to walk all expressions as well takes seconds."""
    for node in body:
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(node, name, []))


def test_no_module_outgrows_its_limit() -> None:
    assert {str(path): lines(path) for path in MODULES if lines(path) > 400} == {}


def test_no_function_outgrows_its_limit() -> None:
    sizes = [(f"{path}: {name}", size) for path in MODULES for name, size in functions(path)]
    assert [each for each in sizes if each[1] > 50] == []


def test_modules_and_functions_are_small_on_the_whole() -> None:
    assert statistics.median(lines(path) for path in SHIPPED) <= 120
    sizes = [size for path in SHIPPED for _, size in functions(path)]
    assert statistics.median(sizes) <= 10


def test_no_name_says_nothing() -> None:
    names = [path.stem for path in MODULES]
    names += [name for path in MODULES for name, _ in functions(path)]
    assert [name for name in names if BANNED.search(name)] == []


def test_one_wheel_holds_both_packages_the_sandbox_and_the_contract(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    tops = {name.partition("/")[0] for name in names if ".dist-info" not in name}
    assert tops == {"chainhub_fal", "chainhub_fal_api", "chainhub_fal_sandbox"}
    assert {f"{top}/py.typed" for top in tops} <= names
    assert "chainhub_fal_sandbox/openapi.yaml" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
