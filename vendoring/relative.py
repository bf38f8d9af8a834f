"""Rewrites absolute imports of our packages as relative ones, and touches nothing else."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence

from vendoring.errors import VendoringError

Names = tuple[str, ...]


def made_relative(text: str, folder: Names, homes: Mapping[str, Names], name: str) -> str:
    """Return a module's source with each import of a package in ``homes`` made relative.

    ``folder`` is where the module lies below the copy's top, ``homes`` where each package's top
    does. Raises VendoringError, naming file and line, for ``import package.module``, which has no
    relative form.
    """
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text, name)):
        if isinstance(node, ast.Import):
            _refuse_plain(node, homes, name)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            package, *rest = node.module.split(".")
            if package in homes:
                target = (*homes[package], *rest)
                line = node.lineno - 1
                written = re.compile(rf"(\bfrom\s+){re.escape(node.module)}(?=\s)")
                lines[line] = written.sub(rf"\g<1>{_path(folder, target)}", lines[line], count=1)
    return "".join(lines)


def _path(folder: Sequence[str], target: Sequence[str]) -> str:
    """Write the way from a folder to a module: as many dots as levels up, then the names down."""
    shared = 0
    while shared < min(len(folder), len(target)) and folder[shared] == target[shared]:
        shared += 1
    return "." * (len(folder) - shared + 1) + ".".join(target[shared:])


def _refuse_plain(node: ast.Import, homes: Mapping[str, Names], name: str) -> None:
    for alias in node.names:
        if alias.name.partition(".")[0] in homes:
            raise VendoringError(
                f"{name}:{node.lineno}: `import {alias.name}` has no relative form:"
                " write `from ... import ...`"
            )
