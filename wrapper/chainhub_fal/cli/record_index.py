"""Finds the jobs of a folder in its record, however long that is, in little memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO

from .records import Record, completed


class RecordIndex:
    """Knows where each job stands in a file of records, which any process may add to.

    A job has a number, from 1, by when it was first recorded. Of several records of one job the
    last counts; what only an earlier one knew is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_to = 0
        # On disk where it grows, and gone with the process: a million jobs need no memory.
        self._jobs = sqlite3.connect("", isolation_level=None)
        self._jobs.execute(
            "CREATE TABLE jobs (number INTEGER PRIMARY KEY, request_id TEXT UNIQUE,"
            " last INTEGER NOT NULL, origin INTEGER)"
        )

    def close(self) -> None:
        """Forget everything."""
        self._jobs.close()

    @property
    def size(self) -> int:
        """How many jobs there are."""
        return int(self._jobs.execute("SELECT COUNT(*) FROM jobs").fetchone()[0])

    def knows(self, request_id: str) -> bool:
        """Tell whether a job is in the record, as far as it has been read."""
        query = "SELECT 1 FROM jobs WHERE request_id = ?"
        return self._jobs.execute(query, (request_id,)).fetchone() is not None

    def catch_up(self) -> list[int]:
        """Read what was added since; return the numbers of the jobs that changed.

        The first time that is nothing: all of it was there before. Raises OSError.
        """
        is_first = not self._read_to
        changed: list[int] = []
        with self._opened() as file:
            if file.seek(0, 2) < self._read_to:  # somebody made it anew
                self._read_to = 0
                self._jobs.execute("DELETE FROM jobs")
            file.seek(self._read_to)
            self._jobs.execute("BEGIN")
            for line in file:
                if line.endswith(b"\n"):
                    changed += self._note(line, self._read_to)
                    self._read_to += len(line)
            self._jobs.execute("COMMIT")
        return [] if is_first else changed

    def records(self, first: int, last: int) -> list[Record]:
        """Return the jobs with these numbers and those between; raises OSError."""
        query = "SELECT last, origin FROM jobs WHERE number BETWEEN ? AND ? ORDER BY number"
        with self._opened() as file:
            places = self._jobs.execute(query, (first, last))
            return [it for place in places for it in _read(file, *place)]

    def _opened(self) -> closing[IO[bytes]]:
        return closing(self._path.open("rb"))

    def _note(self, line: bytes, place: int) -> Iterator[int]:
        record = Record.from_line(line.decode("utf-8", "replace"))
        if record is None:
            return
        values = (record.request_id, place, place if record.image else None)
        (number,) = self._jobs.execute(
            "INSERT INTO jobs (request_id, last, origin) VALUES (?, ?, ?)"
            " ON CONFLICT (request_id) DO UPDATE"
            " SET last = excluded.last, origin = coalesce(excluded.origin, origin)"
            " RETURNING number",
            values,
        ).fetchone()
        yield number


def _read(file: IO[bytes], last: int, origin: int | None) -> Iterator[Record]:
    record = _record_at(file, last)
    if record is not None and not record.image and origin is not None:
        first = _record_at(file, origin)
        record = completed(record, first) if first else record
    if record is not None:
        yield record


def _record_at(file: IO[bytes], place: int) -> Record | None:
    file.seek(place)
    return Record.from_line(file.readline().decode("utf-8", "replace"))
