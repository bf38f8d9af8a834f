"""Runs Python modules in forks of one process that has imported what no mutant can change.

Run as a script it is that process, which reads one request a line. It then needs nothing of this
project, so a copy of a checkout is free to hold any other version of it.
"""

from __future__ import annotations

import importlib
import json
import os
import runpy
import select
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn

_IMPORTED = (
    *("pytest", "hypothesis.strategies", "httpx", "respx", "jsonschema_rs"),
    *("yaml", "ruamel.yaml"),
    *("attrs", "PIL.Image", "starlette.applications", "uvicorn"),
)


class Ended(NamedTuple):
    """How a run ended: its exit code, negative for a signal, and what it wrote."""

    code: int
    text: str


class Warm:
    """A process that is ready to run modules in one folder; it starts when it is first needed."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, dict(environment)
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str], limit: float) -> Ended:
        """Run what ``python -m`` would; raises TimeoutError when it takes more than ``limit`` s."""
        process = self._process or self._start()
        with tempfile.NamedTemporaryFile() as output:
            request = json.dumps({"output": output.name, "arguments": list(arguments)})
            assert process.stdin, "it was started with a pipe"
            process.stdin.write(f"{request}\n")
            process.stdin.flush()
            code = self._answer(process, limit)
            return Ended(code, output.read().decode("utf-8", "replace"))

    def _start(self) -> subprocess.Popen[str]:
        self._process = subprocess.Popen(  # noqa: S603 - this Python, and this file
            [sys.executable, "-P", __file__],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that whatever a run leaves behind can be ended with it
        )
        return self._process

    def _answer(self, process: subprocess.Popen[str], limit: float) -> int:
        assert process.stdout, "it was started with a pipe"
        if not select.select([process.stdout], [], [], limit)[0]:
            self.close()
            raise TimeoutError(f"it did not end within {limit:g} s")
        line = process.stdout.readline()
        if not line:
            self.close()
            raise RuntimeError(f"{Path(__file__).name} died: its own words are above")
        return int(line)

    def close(self) -> None:
        """End the process and all that it started."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with self._process:
            self._process = None


def serve() -> None:
    """Answer each request with the exit code of a fork that carried it out."""
    for name in _IMPORTED:
        importlib.import_module(name)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _carry_out(**json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _carry_out(output: str, arguments: Sequence[str]) -> NoReturn:
    """Become ``python -m`` with these arguments, and never return to the loop above."""
    code: object = 1
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(os.open(output, os.O_WRONLY | os.O_APPEND), stream)
        sys.argv = list(arguments)
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:  # noqa: BLE001 - the fork ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve()
