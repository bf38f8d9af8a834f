"""The census of a tree: what its tests say of contract and client before anybody reviews them."""

import os
import sys
from pathlib import Path

from spec.sources import Tree
from spec.tools import run

_TESTS = ("test_contract.py", "test_surface.py")
_SOURCES = ("", "wrapper", "generated", "sandbox")


def census(tree: Tree) -> None:
    """Raise SpecError with what pytest said when a test of the census fails in this tree.

    That the generated package is the contract's was seen when it was generated, moments ago.
    """
    root = tree.root.resolve()
    tests = [str(Path("contract_tests", "census", name)) for name in _TESTS]
    pytest = [sys.executable, "-B", "-m", "pytest", "-q", "-p", "pytest_timeout", *tests]
    settings = {
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONPATH": os.pathsep.join(str(root / name) for name in _SOURCES),
    }
    run(pytest, root, settings)
