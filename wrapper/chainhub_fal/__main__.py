"""The command ``chainhub-fal``, which needs the extra ``cli`` and says so when it is missing."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec

_NEEDED = ("click", "rich")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit code (chainhub_fal.cli.exits.Exit)."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"chainhub-fal: the command line needs {' and '.join(missing)};"
            " install it with pip install 'chainhub-fal[cli]'\n"
        )
        from .cli.exits import Exit  # noqa: PLC0415 - the codes alone cost nothing

        return Exit.EXTRA_MISSING
    try:
        from .cli.app import main as run  # noqa: PLC0415 - needs the extra
    except KeyboardInterrupt:  # nothing was begun, so there is nothing to tell
        from .cli.exits import Exit  # noqa: PLC0415 - the codes alone cost nothing

        return Exit.INTERRUPTED
    return run(argv)


if __name__ == "__main__":
    sys.exit(main())
