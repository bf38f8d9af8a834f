"""Trials side by side in processes of their own, each with a limit: one that hangs is ended."""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Literal

from .run import Verdict

Work = Callable[[str], Iterable[Verdict]]
# Not forked: a fork of a process with threads may hang, and warns from Python 3.12 on.
_CONTEXT = multiprocessing.get_context("spawn")
_START_SECONDS = 60.0  # a new process imports the layers, which on a busy machine takes its time


@dataclass
class _Worker:
    """A process that tries one name after the other."""

    work: Work
    limit: float
    name: str
    verdicts: list[Verdict] = field(default_factory=list)
    due: float = 0.0

    def __post_init__(self) -> None:
        self.connection, theirs = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_serve, args=(self.work, theirs), daemon=True)
        self.process.start()
        theirs.close()
        self.begin(self.name)
        self.due += _START_SECONDS

    def begin(self, name: str) -> None:
        """Start a trial."""
        self.name, self.verdicts = name, []
        self.due = time.monotonic() + self.limit
        self.connection.send(name)

    def hear(self) -> Literal["busy", "done", "lost"]:
        """Take what has arrived; a worker that is overdue or dead is lost, and says so."""
        if not self.connection.poll():
            return self._lost(f"not done within {self.limit:g} s")
        try:
            verdict = self.connection.recv()
        except EOFError:
            return self._lost("its process died")
        if verdict is None:
            return "done"
        self.verdicts.append(verdict)
        self.due = time.monotonic() + self.limit
        return "busy"

    def _lost(self, reason: str) -> Literal["lost"]:
        self.verdicts.append(Verdict("the run", "error", text=reason))
        return "lost"

    def end(self) -> None:
        """End the process, whatever it does."""
        self.process.kill()
        self.process.join()
        self.connection.close()


def _serve(work: Work, connection: Connection) -> None:
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            for verdict in work(connection.recv()):
                connection.send(verdict)
            connection.send(None)


def side_by_side(
    work: Work, names: Sequence[str], *, jobs: int, limit: float
) -> Iterator[tuple[str, list[Verdict]]]:
    """Try names in ``jobs`` processes; yields each with its verdicts, in the order of their end.

    ``limit`` is in seconds and holds for each verdict. A trial that passes it, or whose process
    dies, ends with a verdict that says so. ``work`` must be picklable.
    """
    waiting = deque(names)
    busy: list[_Worker] = []
    try:
        while waiting and len(busy) < jobs:
            busy.append(_Worker(work, limit, waiting.popleft()))
        while busy:
            for worker in _ready(busy):
                state = worker.hear()
                if state == "busy":
                    continue
                ended = worker.name, worker.verdicts
                if waiting and state == "done":
                    worker.begin(waiting.popleft())
                else:
                    worker.end()
                    busy.remove(worker)
                if waiting and state == "lost":
                    busy.append(_Worker(work, limit, waiting.popleft()))
                yield ended
    finally:
        for worker in busy:
            worker.end()


def _ready(busy: Sequence[_Worker]) -> list[_Worker]:
    """Wait until a worker has something to say, or is overdue."""
    soonest = min(worker.due for worker in busy) - time.monotonic()
    speaking = wait([worker.connection for worker in busy], max(0.0, soonest))
    now = time.monotonic()
    return [worker for worker in busy if worker.connection in speaking or worker.due <= now]
