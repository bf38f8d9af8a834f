"""One peer's turn, in a process of its own, so that CPU time and memory are its alone.

``python -m benchmarks.child '<an order as JSON>'`` prints a JSON report, also when time runs out.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from benchmarks.adapters.roles import AsyncBatch, NotOfferedError, SyncBatch
from benchmarks.limits import allow_many_files
from benchmarks.peers import PEERS, Peer

WARM_CALLS = 30
_KIB = 1024
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder in memory, where there is one; a fresh one is made in it
_ROOM = 2


@dataclass(frozen=True)
class Order:
    """What a child is to do."""

    peer: str
    kind: str
    base: str
    count: int
    at_once: int
    limit: float
    file_size: int = 1024

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the order that was written as JSON."""
        return cls(**json.loads(text))

    @property
    def options(self) -> dict[str, object]:
        """What the adapter is told."""
        return {**PEERS[self.peer].options, "file_size": self.file_size}


@dataclass
class Report:
    """What came of it. Times are seconds; ``ended`` are those of the shared monotonic clock."""

    not_offered: str = ""
    timed_out: bool = False
    ended: dict[int, float] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0
    wall: float = 0.0
    rss_mib: float = 0.0

    def note(self, number: int, error: BaseException | None) -> None:
        """Take note that the caller has a job's result, or never will."""
        if error is None:
            self.ended[number] = time.monotonic()
        else:
            self.fail(type(error).__name__)

    def fail(self, name: str) -> None:
        """Count an error by its name."""
        self.errors[name] = self.errors.get(name, 0) + 1

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure what the block costs."""
        self._cpu, self._began = _cpu(), time.monotonic()
        try:
            yield
        finally:
            self.close()

    def close(self) -> None:
        """Read the clocks."""
        self.cpu, self.wall = _cpu() - self._cpu, time.monotonic() - self._began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.rss_mib = peak / _KIB if sys.platform != "darwin" else peak / _KIB**2

    def __post_init__(self) -> None:
        """Start the clocks, in case nothing is measured before time runs out."""
        self._cpu, self._began = _cpu(), time.monotonic()

    def write(self) -> None:
        """Print it as JSON."""
        sys.stdout.write(json.dumps(asdict(self)) + "\n")
        sys.stdout.flush()


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def jobs(peer: Any, order: Order, report: Report) -> None:
    """Run all jobs, so many at once."""
    numbers = range(order.count)
    with report.measured():
        if isinstance(peer, AsyncBatch):
            await peer.run_all(numbers, order.at_once, report.note)
            return
        todo = iter(numbers)
        await asyncio.gather(*(_worker(peer, todo, report) for _ in range(order.at_once)))


async def _worker(peer: Any, todo: Iterator[int], report: Report) -> None:
    for number in todo:
        try:
            await peer.run(number)
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is its result
            report.note(number, error)
        else:
            report.note(number, None)


async def calls(peer: Any, order: Order, report: Report) -> None:
    """Ask for the same pending job again and again."""
    await peer.begin(0)
    for _ in range(WARM_CALLS):
        await peer.call()
    with report.measured():
        for _ in range(order.count):
            await peer.call()


async def downloads(peer: Any, order: Order, report: Report) -> None:
    """Bring files to disk, so many at once."""
    for number in range(order.count):
        await peer.ready(number)
    todo = iter(range(order.count))

    async def fetch(folder: Path) -> None:
        for number in todo:
            await peer.fetch(number, folder)
            report.note(number, None)

    with _folder(order) as folder:
        with report.measured():
            await asyncio.gather(*(fetch(folder) for _ in range(order.at_once)))
        _check(folder, order)


def sync_jobs(peer: Any, order: Order, report: Report) -> None:
    """Run all jobs by the client's own batch."""
    if not isinstance(peer, SyncBatch):
        raise NotOfferedError("it has no batch of its own")
    with report.measured():
        peer.run_all(range(order.count), order.at_once, report.note)


def sync_calls(peer: Any, order: Order, report: Report) -> None:
    """Ask for the same pending job again and again."""
    peer.begin(0)
    for _ in range(WARM_CALLS):
        peer.call()
    with report.measured():
        for _ in range(order.count):
            peer.call()


def sync_downloads(peer: Any, order: Order, report: Report) -> None:
    """Bring files to disk from so many threads."""
    for number in range(order.count):
        peer.ready(number)

    def fetch(number: int) -> None:
        peer.fetch(number, folder)
        report.note(number, None)

    with _folder(order) as folder:
        with report.measured(), ThreadPoolExecutor(order.at_once) as threads:
            list(threads.map(fetch, range(order.count)))
        _check(folder, order)


@contextmanager
def _folder(order: Order) -> Iterator[Path]:
    """Yield an empty folder: in memory, if all fits there twice, so that no disk is measured."""
    needed = _ROOM * order.count * order.file_size
    roomy = _MEMORY.is_dir() and _free(_MEMORY) > needed
    with TemporaryDirectory(dir=_MEMORY if roomy else None) as name:
        yield Path(name)


def _free(folder: Path) -> int:
    status = os.statvfs(folder)
    return status.f_bavail * status.f_frsize


def _check(folder: Path, order: Order) -> None:
    whole = [path for path in folder.iterdir() if path.stat().st_size == order.file_size]
    if len(whole) != order.count:
        raise RuntimeError(f"{len(whole)} of {order.count} files are whole")


_ASYNC = {"jobs": jobs, "calls": calls, "downloads": downloads}
_SYNC: dict[str, Callable[[Any, Order, Report], None]] = {
    "jobs": sync_jobs,
    "calls": sync_calls,
    "downloads": sync_downloads,
}


def perform(peer: Peer, order: Order, report: Report) -> None:
    """Carry out an order."""
    adapter = import_module(f"benchmarks.adapters.{peer.adapter}")
    if peer.colour == "sync":
        with adapter.open_sync(order.base, order.options) as opened:
            _SYNC[order.kind](opened, order, report)
        return

    async def main() -> None:
        async with adapter.open_async(order.base, order.options) as opened:
            await _ASYNC[order.kind](opened, order, report)

    asyncio.run(main())


def _give_up_after(seconds: float, report: Report) -> None:
    """Report what there is when time runs out; the process ends there, whatever it was doing."""

    def stop(_signal: int, _frame: object) -> None:
        report.timed_out = True
        report.close()
        report.write()
        os._exit(0)

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def main(arguments: Sequence[str]) -> None:
    """Carry out the one order given, and print the report."""
    order = Order.read(arguments[0])
    peer = PEERS[order.peer]
    modules: dict[str, Any] = sys.modules
    for name in peer.hidden:
        modules[name] = None  # this is how an import is made to fail
    allow_many_files()
    report = Report()
    _give_up_after(order.limit, report)
    try:
        perform(peer, order, report)
    except NotOfferedError as reason:
        report.not_offered = str(reason)
    except Exception as error:  # noqa: BLE001 - a peer that cannot even begin is a result, too
        report.fail(f"{type(error).__name__}: {str(error)[:100]}")
    signal.setitimer(signal.ITIMER_REAL, 0)
    report.write()


if __name__ == "__main__":
    main(sys.argv[1:])
