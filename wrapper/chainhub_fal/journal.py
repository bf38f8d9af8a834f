"""The record of a batch: one SQLite file that knows, after any crash, what was paid for.

It holds no key, no input and no bytes of any picture: an input is known by its digest.
"""

from __future__ import annotations

import asyncio
import os
import queue
import sqlite3
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from . import _journal_file as file
from ._rows import Row
from .errors import JournalError

_Waiter: TypeAlias = "Future[None] | asyncio.Future[None]"
_Order: TypeAlias = tuple[Row, _Waiter]


class Journal:
    """A journal that this process alone writes; a second one that wants to is refused.

    What :meth:`write` says is done is on the disk: it outlives a kill and a power cut. Raises
    JournalError when the file is in use, is no journal, is of a newer version or cannot be written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        with file.told(self.path, "opened"):
            self._lock = file.lock(self.path)
            try:
                self._writer, self._reader = file.connect(self.path), file.connect(self.path)
                self._had_rows = file.has_rows(self._reader)
                # A database of its own, on disk where it grows: a million inputs need not fit into
                # memory to be told apart.
                self._seen = sqlite3.connect("", check_same_thread=False)
                self._seen.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, n INTEGER NOT NULL)")
            except BaseException:
                self._lock.close()
                raise
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._claiming = threading.Lock()
        self._closed = False
        name = f"journal {self.path.name}"
        # A daemon: what was promised is on the disk, so a program that forgets to close may end.
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def claim(self, endpoint: str, digest: str, position: int) -> Row:
        """Return what is known of the next input with this digest; the first time, a new row."""
        with self._claiming, file.told(self.path, "read"):
            seen = f"{endpoint} {digest}"
            query = "SELECT n FROM seen WHERE key = ?"
            found = self._seen.execute(query, (seen,)).fetchone()
            occurrence = found[0] if found else 0
            self._seen.execute("INSERT OR REPLACE INTO seen VALUES (?, ?)", (seen, occurrence + 1))
            # No key is claimed twice, so what this run writes is never looked for.
            key = endpoint, digest, occurrence
            known = file.find(self._reader, key) if self._had_rows else None
        return known or Row(endpoint, digest, occurrence, position)

    def write(self, row: Row) -> Future[None]:
        """Put a row into the file as it is now; the future is done when it is safe on the disk.

        Rows written at about the same time share one commit. The future raises JournalError.
        """
        future: Future[None] = Future()
        future.set_running_or_notify_cancel()  # a caller that is cancelled does not take it back
        self._order(row, future)
        return future

    async def record(self, row: Row) -> None:
        """Do what :meth:`write` does and wait for it: rows that share a commit are told at once."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._order(row, future)
        await future

    def _order(self, row: Row, waiter: _Waiter) -> None:
        if self._closed:
            waiter.set_exception(JournalError(f"the journal {self.path} is closed"))
        else:
            self._orders.put((row, waiter))

    def close(self) -> None:
        """Write what was asked for, let go of the file, and end the thread."""
        if self._closed:
            return
        self._closed = True
        self._orders.put(None)
        self._thread.join()
        for connection in (self._writer, self._reader, self._seen, self._lock):
            connection.close()

    def __enter__(self) -> Self:
        """Use the journal as a context."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _serve(self) -> None:
        """Write rows, as many as wait at a time, until None comes."""
        going = True
        while going:
            orders, going = self._waiting()
            if orders:
                self._carry_out(orders)

    def _waiting(self) -> tuple[list[_Order], bool]:
        """Wait for one order and take those that came meanwhile; False with the last of all."""
        orders: list[_Order] = []
        order = self._orders.get()
        while order is not None:
            orders.append(order)
            if len(orders) == file.GROUP:
                return orders, True
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                return orders, True
        return orders, False

    def _carry_out(self, orders: list[_Order]) -> None:
        failure: JournalError | None = None
        try:
            with file.told(self.path, "written"):
                file.store(self._writer, [row for row, _ in orders], at=time.time())
        except JournalError as error:
            failure = error
        _tell([waiter for _, waiter in orders], failure)


def _tell(waiters: Iterable[_Waiter], failure: JournalError | None) -> None:
    """Tell each that its row is written, or why not; an event loop is woken once for all of its."""
    by_loop: defaultdict[asyncio.AbstractEventLoop | None, list[_Waiter]] = defaultdict(list)
    for waiter in waiters:
        by_loop[waiter.get_loop() if isinstance(waiter, asyncio.Future) else None].append(waiter)
    for loop, those in by_loop.items():
        if loop is None:
            _settle(those, failure)
        else:
            with suppress(RuntimeError):  # its loop was closed, so nobody waits any more
                loop.call_soon_threadsafe(_settle, those, failure)


def _settle(waiters: Iterable[_Waiter], failure: JournalError | None) -> None:
    for waiter in waiters:
        if waiter.cancelled():
            continue
        if failure is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(failure)


def read_journal(path: str | os.PathLike[str]) -> Iterator[Row]:
    """Yield the rows of a journal, by position, whether or not a batch is writing it.

    Raises JournalError when there is none, or it cannot be read.
    """
    place = Path(path)
    if not place.is_file():
        raise JournalError(f"there is no journal at {place}", hint="Give the file of a batch")
    with file.told(place, "read"):
        reader = file.connect(place, to_write=False)
    return _read(reader, place)


def _read(reader: sqlite3.Connection, place: Path) -> Iterator[Row]:
    with closing(reader), file.told(place, "read"):
        yield from file.listed(reader)
