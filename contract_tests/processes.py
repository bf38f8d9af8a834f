"""Processes that tests start: the command as people run it, which signals may end."""

from __future__ import annotations

import os

from chainhub_fal_sandbox import Sandbox


def surroundings(sandbox: Sandbox, *, measured: bool = False, **more: str) -> dict[str, str]:
    """Return the environment of a child: the server, its key, and ``more``.

    Only a child that no signal ends may be ``measured`` by coverage: a signal that comes while
    coverage holds its lock leaves it locked, and the child hangs; a measurement that is killed while
    it is written spoils that of all other tests.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if measured or not name.startswith("COVERAGE_")
    }
    server = {"CHAINHUB_API_KEY": sandbox.key, "CHAINHUB_BASE_URL": sandbox.base_url}
    return inherited | server | more


def read_terminal(descriptor: int) -> str:
    """Return all that a child writes to its terminal, of which this is our end; closes it."""
    parts = []
    try:
        while part := os.read(descriptor, 65536):
            parts.append(part)
    except OSError:  # how Linux says that the other end was closed
        pass
    os.close(descriptor)
    return b"".join(parts).decode()
