"""`python -m spec.compare OLD NEW`: the command `diff` by itself."""

import argparse
import sys
from pathlib import Path

from spec.compare import command
from spec.sources import Tree


def main() -> int:
    """Run the comparison; return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m spec.compare", description=command.__doc__)
    here = Path(__file__).resolve().parents[2]
    parser.add_argument("--root", type=Path, default=here, help="the checkout to work on")
    command.configure(parser)
    options = parser.parse_args()
    return command.run(Tree(options.root), options)


if __name__ == "__main__":
    sys.exit(main())
