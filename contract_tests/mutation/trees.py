"""Copies of the checkout in which one thing can be broken, and the tests that are run in them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = ("wrapper", "generated", "sandbox")
_COPIED = ("wrapper", "contract_tests")
_TEST_SECONDS = 10  # a mutant that hangs a test has been noticed by then
_RUN_SECONDS = 180  # far above the slowest green run; past it a mutant hangs more than one test
_FAILED = re.compile(
    r"^(?:FAILED|ERROR) (?P<path>\S+?\.py)(?:::(?P<test>.*?))?(?: - (?P<why>.*))?$", re.MULTILINE
)
_STOPPED = re.compile(r"^(?P<path>\S*contract_tests\S+?\.py):\d+: (?P<why>\w+)$", re.MULTILINE)
_WIDEST = 200  # characters of a detail


@dataclass(frozen=True)
class Kill:
    """Who noticed: the folder below ``contract_tests``, and the test; ``test`` runs it again."""

    layer: str
    detail: str
    test: str = ""


class Tree:
    """A copy of the checkout: what can be broken is copied, the rest is linked."""

    def __init__(self, root: Path, source: Path = ROOT) -> None:
        self.root = root
        for entry in source.iterdir():
            if entry.name in _COPIED:
                # Compiled files come along: a copy keeps the time of its source, so they hold.
                shutil.copytree(entry, root / entry.name, ignore=shutil.ignore_patterns("*.pyc.*"))
            elif entry.is_file() and not entry.name.startswith("."):
                shutil.copy2(entry, root / entry.name)
            elif not entry.name.startswith("."):
                (root / entry.name).symlink_to(entry.resolve())

    @contextmanager
    def broken(self, name: str, text: str) -> Iterator[None]:
        """Put another text in the place of one copied file while the block runs."""
        path = self.root / name
        before, times = path.read_bytes(), path.stat()
        path.write_text(text, encoding="utf-8")
        try:
            yield
        finally:
            path.write_bytes(before)
            os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    def first_failure(self, tests: Sequence[str]) -> Kill | None:
        """Run tests until the first that fails, and fails again alone; None when all pass.

        A test that fails just once on a busy machine has noticed nothing. Tests that cannot even
        start have noticed: they can, while nothing is broken.
        """
        kill = self._failure(tests)
        if kill is None or not kill.test:
            return kill
        return self._failure([kill.test]) or self._failure(tests)

    def _failure(self, tests: Sequence[str]) -> Kill | None:
        arguments = ["-m", "pytest", "-q", "-x", "--tb=no", "-p", "pytest_timeout"]
        try:
            ended = self.run([*arguments, f"--timeout={_TEST_SECONDS}", *tests])
        except subprocess.TimeoutExpired:
            return Kill("timeout", f"the tests did not end within {_RUN_SECONDS} s")
        return None if ended.returncode == 0 else _read(ended, tests[0])

    def run(self, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
        """Run this Python in the tree; raises subprocess.TimeoutExpired when it does not end."""
        folders = [str(self.root / name) for name in SOURCES]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join([*folders, str(self.root)]),
            "PYTHONDONTWRITEBYTECODE": "1",  # a mutant's bytecode must not outlive it
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "CI": "1",  # Hypothesis then draws the same values each time and minds no clock
        }
        return subprocess.run(  # noqa: S603 - this Python, with arguments of ours
            [sys.executable, *arguments],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_RUN_SECONDS,
            check=False,
        )


def _read(ended: subprocess.CompletedProcess[str], first: str) -> Kill:
    """Find the test that failed in what pytest wrote; Ctrl-C let through stops it, and is one."""
    found = _FAILED.search(ended.stdout) or _STOPPED.search(ended.stdout)
    if found is None:
        words = " ".join((ended.stdout + ended.stderr).split())[-_WIDEST:]
        return Kill(Path(first).parts[1], f"the tests cannot start ({ended.returncode}): {words}")
    values = found.groupdict()
    path = Path(values["path"][values["path"].rfind("contract_tests") :])
    name = f"{path}::{values['test']}" if values.get("test") else str(path)
    detail = f"{name}: {values['why'] or 'it failed'}"[:_WIDEST]
    return Kill(path.parts[1], detail, name.partition("[")[0])
