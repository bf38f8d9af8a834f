"""What machine it was, without its name, and how much of it others used meanwhile."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from chainhub_fal._version import __version__

PACKAGES = ("httpx", "aiohttp", "httpx-aiohttp", "fal-client", "replicate", "openai")
_STAT = Path("/proc/stat")
_BUSY = (0, 1, 2, 5, 6)  # user, nice, system, irq, softirq (proc(5)); the rest is waiting


def describe() -> dict[str, object]:
    """Return the machine and the versions that were measured."""
    return {
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "chainhub-fal": __version__,
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def busy() -> float | None:
    """Return the CPU seconds that all programs have used so far; None where nobody tells."""
    try:
        numbers = _STAT.read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    return sum(int(numbers[place]) for place in _BUSY) / os.sysconf("SC_CLK_TCK")
