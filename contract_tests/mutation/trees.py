"""Copies of the checkout in which one thing can be broken, and the tests that are run in them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from .warm import Ended, Warm

ROOT = Path(__file__).parents[2]
SOURCES = ("wrapper", "generated", "sandbox")
_COPIED = ("wrapper", "contract_tests")
_TEST_SECONDS = 10  # a mutant that hangs a test has been noticed by then
_RUN_SECONDS = 180  # far above the slowest green run; past it a mutant hangs more than one test
_ALONE_SECONDS = 60  # past it a test goes on that has been told to end
_NOTHING_RAN = (4, 5)  # pytest's exit codes where no test has the name that it was given
_FAILED = re.compile(
    r"^(?:FAILED|ERROR) (?P<path>\S+?\.py)(?:::(?P<test>.*?))?(?: - (?P<why>.*))?$", re.MULTILINE
)
_STOPPED = re.compile(r"^(?P<path>\S*contract_tests\S+?\.py):\d+: (?P<why>\w+)$", re.MULTILINE)
_WIDEST = 200  # characters of a detail


@dataclass(frozen=True)
class Kill:
    """What was noticed, in words; ``test`` runs again what noticed it, where that is a test."""

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
        self._warm = Warm(root, os.environ | _settings(root))

    @classmethod
    @contextmanager
    def planted(cls, source: Path = ROOT) -> Iterator[Self]:
        """Make a tree in a folder of its own, and fell it when the block ends."""
        with tempfile.TemporaryDirectory() as folder:
            tree = cls(Path(folder), source)
            try:
                yield tree
            finally:
                tree._warm.close()

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

    def run(self, arguments: Sequence[str], limit: float | None = None) -> Ended:
        """Run a module of this tree by ``python -m``; raises TimeoutError when it does not end."""
        return self._warm.run(arguments, _RUN_SECONDS if limit is None else limit)

    def first_failure(self, tests: Sequence[str]) -> Kill | None:
        """Run tests until the first that fails, and fails again alone; None when all pass.

        A test that fails just once on a busy machine has noticed nothing. Tests that cannot even
        start have noticed: they can, while nothing is broken.
        """
        kill = self._failure(tests)
        if kill is None or not kill.test:
            return kill
        return self._failure_of(kill.test) or self._failure(tests)

    def known_failure(self, test: str) -> Kill | None:
        """Run one test that is expected to fail; None if it passes, once or twice, or is gone."""
        kill = self._failure_of(test, gone=_NOTHING_RAN)
        return kill and self._failure_of(test, gone=_NOTHING_RAN)

    def _failure_of(self, test: str, *, gone: Sequence[int] = ()) -> Kill | None:
        return self._failure([test], gone=gone, limit=_ALONE_SECONDS)

    def _failure(
        self, tests: Sequence[str], *, gone: Sequence[int] = (), limit: float | None = None
    ) -> Kill | None:
        arguments = ["pytest", "-q", "-x", "--tb=no", "-p", "pytest_timeout"]
        # Folders of its own: the fork ends without the tidying up that pytest does at exit.
        options = [f"--timeout={_TEST_SECONDS}", f"--basetemp={self.root / '.tmp'}"]
        try:
            ended = self.run([*arguments, *options, *tests], limit)
        except TimeoutError as error:
            return Kill(f"the tests: {error}")
        return None if ended.code in {0, *gone} else _read(ended)


def _settings(root: Path) -> dict[str, str]:
    return {
        "PYTHONPATH": os.pathsep.join(
            str(folder) for folder in [*map(root.joinpath, SOURCES), root]
        ),
        "PYTHONDONTWRITEBYTECODE": "1",  # a mutant's bytecode must not outlive it
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "CI": "1",  # Hypothesis then draws the same values each time and minds no clock
    }


def _read(ended: Ended) -> Kill:
    """Find the test that failed in what pytest wrote; Ctrl-C let through stops it, and is one."""
    found = _FAILED.search(ended.text) or _STOPPED.search(ended.text)
    if found is None:
        words = " ".join(ended.text.split())[-_WIDEST:]
        return Kill(f"the tests cannot start ({ended.code}): {words}")
    values = found.groupdict()
    path = Path(values["path"][values["path"].rfind("contract_tests") :])
    name = f"{path}::{values['test']}" if values.get("test") else str(path)
    detail = f"{name}: {values['why'] or 'it failed'}"[:_WIDEST]
    return Kill(detail, name.partition("[")[0])
