"""Package `__init__` modules that import a name only when somebody asks for it (PEP 562)."""

import ast
from collections.abc import Mapping

from spec.errors import SpecError

_GETATTR = """
    def __getattr__(name: str) -> object:
        module = _MODULES.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value: object = getattr(import_module(module, __name__), name)
        globals()[name] = value
        return value
"""


def lazy_module(docstring: str, names: Mapping[str, str], imports: str = "", body: str = "") -> str:
    """Return the source of a package whose `names` (name -> `.module`) are imported on first use.

    `imports` and `body` are further source; what `body` defines is not in `__all__`.
    A type checker sees plain imports and no `__getattr__`, so to it a misspelt name is an error.
    """
    typed = "\n".join(f"    from {names[name]} import {name} as {name}" for name in names)
    return (
        f'"""{docstring}"""\n\n'
        f"from __future__ import annotations\n\n{imports}\n"
        "from importlib import import_module\nfrom typing import TYPE_CHECKING\n\n"
        f"__all__ = {sorted(names)!r}\n\n_MODULES = {dict(names)!r}\n\n"
        f"if TYPE_CHECKING:\n{typed}\nelse:\n{_GETATTR}\n\n"
        f"def __dir__() -> list[str]:\n    return sorted(__all__)\n\n{body}"
    )


def made_lazy(source: str, where: str) -> str:
    """Return the lazy form of an `__init__`; raises SpecError if that does more than import."""
    tree = ast.parse(source)
    names: dict[str, str] = {}
    for statement in tree.body:
        match statement:
            case ast.ImportFrom(module=str(module), names=aliases, level=1):
                names.update({alias.asname or alias.name: f".{module}" for alias in aliases})
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Expr(value=ast.Constant()):
                continue
            case _:
                raise SpecError(
                    f"{where}:{statement.lineno}",
                    "the generator's package does more here than import names",
                    "Look at what it does now and teach spec/lazy.py.",
                )
    return lazy_module(ast.get_docstring(tree) or "", names)
