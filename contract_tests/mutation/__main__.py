"""``python -m contract_tests.mutation PART``: breaks one part on purpose, fault by fault, or all."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from . import matrix_command
from .matrix_parts import SOURCES

_COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "all": matrix_command.everything,
    "table": matrix_command.table,
}


def main(arguments: Sequence[str]) -> int:
    """Run the part or command that is named first; returns its exit code, or 2 with a sentence."""
    name, *rest = arguments or [""]
    if name in SOURCES:
        return SOURCES[name]().main(rest)
    if name in _COMMANDS:
        return _COMMANDS[name](rest)
    sys.stderr.write(f"mutation: say what to break: {', '.join((*SOURCES, *_COMMANDS))}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
