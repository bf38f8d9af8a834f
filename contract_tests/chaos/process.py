"""The batch as a process: how it is started, struck, and waited for."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange

from ..processes import surroundings
from .given import ENDPOINT, inputs

DEADLINE = 60.0
"""Seconds that one job may take."""
ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that a process may take before it is taken for stuck, and a batch half a second a job more."""
LATELY = 10.0
"""Seconds of which a batch that is stuck is asked for an account."""
SIGNALS = {"kill": signal.SIGKILL, "interrupt": signal.SIGINT, "terminate": signal.SIGTERM}
OUTAGE = "outage"


@dataclass(frozen=True)
class Order:
    """What a batch is asked to do, and where its manifest, its journal and its pictures are."""

    manifest: Path
    journal: Path
    pictures: Path
    jobs: int
    concurrency: int

    @classmethod
    def below(cls, folder: Path, *, jobs: int, concurrency: int) -> Self:
        """Ask for everything in one folder, and write the manifest."""
        manifest = folder / "rows.jsonl"
        manifest.write_text("".join(f"{json.dumps(row)}\n" for row in inputs(jobs)))
        return cls(manifest, folder / "run.db", folder / "out", jobs, concurrency)

    def command(self, dialect: str) -> list[str]:
        """Return the command that runs it, and resumes it."""
        python = [sys.executable, "-X", "faulthandler", "-m", "chainhub_fal"]
        places = [str(self.manifest), f"--out={self.pictures}", f"--journal={self.journal}"]
        service = [f"--endpoint={ENDPOINT.id}", f"--dialect={dialect}", f"--deadline={DEADLINE:g}"]
        updates = ["--updates=stream"] if dialect == "fal" else []  # as each offers it for certain
        return [*python, "batch", *places, f"--concurrency={self.concurrency}", *service, *updates]


@dataclass
class Blow:
    """What is done to a batch, ``delay`` seconds after request number ``after`` of its ``kind``.

    It falls when the work of that request is done and not yet answered.
    """

    name: str
    kind: str
    after: int
    delay: float
    fell_at: float | None = None
    _timer: threading.Timer | None = None
    _strike: Callable[[], object] = field(default=lambda: None, repr=False)

    def aim(
        self, sandbox: Sandbox, child: subprocess.Popen[str], others: Sequence[Blow] = ()
    ) -> None:
        """Say at what it will fall."""
        if self.name == OUTAGE:
            self._strike = lambda: _restart(sandbox, others)
        else:
            self._strike = lambda: child.send_signal(SIGNALS[self.name])

    def wait_in(self, sandbox: Sandbox, after: int) -> None:
        """Fall when the sandbox has done the work of the request after so many."""
        sandbox.faults.add(self.kind, strike_at(self.kind, self.fall), after=after)

    @property
    def is_open(self) -> bool:
        """Tell whether it has neither fallen nor is about to."""
        return self.fell_at is None and self._timer is None

    def fall(self) -> None:
        """Do it after the delay; called on the sandbox's loop, which an outage must not be."""
        if not self.is_open:
            return
        if self.delay == 0 and self.name != OUTAGE:
            self._hit()
            return
        self._timer = threading.Timer(self.delay, self._hit)
        self._timer.start()

    def settle(self) -> None:
        """Wait until it has fallen, if it is about to."""
        if self._timer is not None:
            self._timer.join()

    def _hit(self) -> None:
        self.fell_at = time.monotonic()
        self._strike()


def _restart(sandbox: Sandbox, others: Sequence[Blow]) -> None:
    sandbox.stop()
    sandbox.start()
    for blow in others:
        if blow.is_open:  # the request that it waited for may have been cut off
            blow.wait_in(sandbox, 0)


def strike_at(kind: str, blow: Callable[[], object]) -> Fault:
    """Return a fault that changes nothing and calls ``blow`` when the work is done, unanswered."""

    def alter(answer: Answer, _: Exchange) -> Answer:
        blow()
        return answer

    return Fault(operation=kind, alter=alter)


class StuckError(Exception):
    """A batch neither ended nor obeyed."""


@dataclass(frozen=True)
class End:
    """How a process ended: its exit code (negative: the signal), what it said, and when."""

    code: int
    said: str
    at: float


def start(command: Sequence[str], sandbox: Sandbox, **options: Any) -> subprocess.Popen[str]:
    """Start a child from the root of the project; ``options`` are those of Popen."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen(command, cwd=ROOT, env=surroundings(sandbox), text=True, **pipes)  # noqa: S603 - our own command


def _lately(sandbox: Sandbox) -> str:
    """Say what was asked lately: a batch that goes on is slow, one that asks nothing hangs."""
    now = sandbox.settings.clock()
    calls = [f"{call.operation} {call.status}" for call in sandbox.calls if now - call.at < LATELY]
    return f"{dict(Counter(calls))} in {LATELY:g} s"


def live(order: Order, sandbox: Sandbox, blows: Sequence[Blow] = (), **options: Any) -> End:
    """Run the batch until it ends, by itself or by a blow; ``options`` are those of Popen.

    Raises StuckError, which tells where it stood, if it does not end.
    """
    with start(order.command(sandbox.settings.dialect), sandbox, **options) as child:
        for blow in blows:
            blow.aim(sandbox, child, blows)
        try:
            _, said = child.communicate(timeout=PATIENCE + order.jobs / 2)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGABRT)  # of which Python's fault handler tells the stacks
            _, stacks = child.communicate()
            raise StuckError(f"{blows}, then {_lately(sandbox)}, and no end: {stacks}") from None
        finally:
            child.kill()
    ended = time.monotonic()
    sandbox.faults.clear()
    for blow in blows:
        blow.settle()
    return End(child.returncode, said, ended)
