"""Runs the harness: ``python -m contract_tests.harness``."""

from __future__ import annotations

import sys

from .run import main

if __name__ == "__main__":
    sys.exit(main())
