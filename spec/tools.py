"""The pinned tools that write the generated package, and nothing but the pinned ones."""

import os
import shlex
import subprocess  # the generator is a command line, not a public library
import sys
import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from spec.errors import SpecError

GENERATOR = "openapi-python-client"
FORMATTER = "ruff"


def pinned(pyproject: Path) -> dict[str, str]:
    """Return the exact versions of generator and formatter that the project asks for."""
    group = tomllib.loads(pyproject.read_text("utf-8"))["dependency-groups"]["generate"]
    pins = dict(entry.split("==") for entry in group if "==" in entry)
    return {tool: pins[tool] for tool in (GENERATOR, FORMATTER)}


def require_pinned(pins: dict[str, str]) -> None:
    """Raise SpecError unless each tool is installed in exactly its pinned version."""
    for tool, wanted in pins.items():
        try:
            found = version(tool)
        except PackageNotFoundError:
            found = "absent"
        if found != wanted:
            raise SpecError(
                tool,
                f"version {wanted} is pinned, {found} is installed; another one writes other code",
                "Run `make setup`, or move the pin and regenerate in one change.",
            )


def run(command: str | list[str], folder: Path, settings: Mapping[str, str] | None = None) -> None:
    """Run a tool of this environment in a folder, with further variables of the environment.

    Raises SpecError with its output if it fails.
    """
    words = shlex.split(command) if isinstance(command, str) else command
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 - the words are ours, from the committed config
        words,
        cwd=folder,
        env={**os.environ, "PATH": path, **(settings or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SpecError(
            words[0], f"failed with {done.returncode}", (done.stdout + done.stderr).strip()[-2000:]
        )
