"""``python -m contract_tests.mutation provider``: breaks the provider on purpose, fault by fault."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from . import provider_command


def main(arguments: Sequence[str]) -> int:
    """Run the part that is named first; returns its exit code, or 2 with a sentence."""
    parts = {"provider": provider_command.main}
    if not arguments or arguments[0] not in parts:
        sys.stderr.write(f"mutation: say what to break: {', '.join(parts)}\n")
        return 2
    return parts[arguments[0]](arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
