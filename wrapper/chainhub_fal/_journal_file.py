"""The journal's file: its layout, its lock, and rows as SQLite keeps them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from ._refs import JobRef
from ._rows import Row, RowState
from .errors import JournalError

VERSION = 1
"""The version of the file's layout; a newer one is refused, never guessed at."""
_APPLICATION = 0x43484A4C  # "CHJL", so that another program's database is told from a journal
_PATIENCE = 30  # seconds for another connection of this process to let go of the file
_LAYOUT = """
CREATE TABLE rows (
    endpoint TEXT NOT NULL, digest TEXT NOT NULL, occurrence INTEGER NOT NULL,
    position INTEGER NOT NULL, state TEXT NOT NULL, ref TEXT NOT NULL, payload TEXT NOT NULL,
    error TEXT NOT NULL, problem TEXT NOT NULL, files TEXT NOT NULL,
    changed_at REAL NOT NULL, submits INTEGER NOT NULL,
    PRIMARY KEY (endpoint, digest, occurrence)
) WITHOUT ROWID;
CREATE INDEX rows_by_position ON rows (position);
"""
_COLUMNS = (
    "endpoint, digest, occurrence, position, state, ref, payload, error, problem, files,"
    " changed_at, submits"
)
# The statements are made of the names above and of question marks, so nothing foreign is in them.
_FIND = f"SELECT {_COLUMNS} FROM rows WHERE endpoint = ? AND digest = ? AND occurrence = ?"  # noqa: S608
_LIST = f"SELECT {_COLUMNS} FROM rows ORDER BY position, occurrence"  # noqa: S608
_PUT = f"INSERT INTO rows ({_COLUMNS}) VALUES "  # noqa: S608
_MARKS = f"({', '.join('?' * 12)})"
# A row that is there is updated in its place: to replace it would write the index anew as well.
_OVER = " ON CONFLICT (endpoint, digest, occurrence) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[3:]
)
GROUP = 80
"""Rows that one statement may hold: 12 values each, of which some SQLites take 999 at most."""


def connect(path: Path, *, to_write: bool = True) -> sqlite3.Connection:
    """Open the database; raises JournalError for one of another kind.

    Who may write lays it out if it is new; that takes the lock, so there is one at a time. Any
    thread may use the connection, one after the other.
    """
    connection = sqlite3.connect(
        path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
    )
    try:
        if connection.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
            _check(connection, path)
        elif to_write:
            _lay_out(connection)
        # An intent that a power cut takes back would be paid for twice, so every commit must reach
        # the disk: WAL with NORMAL would keep the file whole and might lose the last commits.
        connection.execute("PRAGMA synchronous = FULL")
    except BaseException:
        connection.close()
        raise
    return connection


def find(connection: sqlite3.Connection, key: tuple[str, str, int]) -> Row | None:
    """Return the row of this key, if the journal has it."""
    values = connection.execute(_FIND, key).fetchone()
    return _row(values) if values else None


def listed(connection: sqlite3.Connection) -> Iterator[Row]:
    """Yield every row, by position; none of a journal that is just being made."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'rows'").fetchone():
        yield from map(_row, connection.execute(_LIST))


def has_rows(connection: sqlite3.Connection) -> bool:
    """Tell whether anything was ever written down."""
    return connection.execute("SELECT 1 FROM rows LIMIT 1").fetchone() is not None


def store(connection: sqlite3.Connection, rows: Sequence[Row], *, at: float) -> None:
    """Put at most ``GROUP`` rows into the file: all of them are in it afterwards, or none.

    ``at`` is the moment, in Unix time. One statement commits itself. For each one more the thread
    would let go of the interpreter and have to get it back from a busy event loop.
    """
    statement = _PUT + ", ".join([_MARKS] * len(rows)) + _OVER
    connection.execute(statement, [value for row in rows for value in _values(row, at)])


def lock(path: Path) -> sqlite3.Connection:
    """Hold a lock that ends with this process, however it ends; raises JournalError if it is held.

    It is SQLite's own, on a file beside the journal: it works wherever the journal itself does, and
    leaves the journal readable.
    """
    held = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        held.execute("PRAGMA journal_mode = MEMORY")
        held.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        held.close()
        if "locked" not in str(error):
            raise
        raise JournalError(
            f"the journal {path} is in use by another process",
            hint="Wait for that batch to end, or give this one a journal of its own",
        ) from None
    return held


@contextmanager
def told(path: Path, doing: str) -> Iterator[None]:
    """Turn what SQLite raises into JournalError."""
    try:
        yield
    except (sqlite3.Error, ValueError) as error:
        if isinstance(error, JournalError):
            raise
        raise JournalError(
            f"the journal {path} cannot be {doing}: {error}",
            hint="Free the disk, or give a file in a folder that can be written",
        ) from error


def _lay_out(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(
        f"BEGIN; {_LAYOUT} PRAGMA application_id = {_APPLICATION};"
        f" PRAGMA user_version = {VERSION}; COMMIT;"
    )


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("application_id", "user_version")
    )
    if application != _APPLICATION:
        raise JournalError(f"{path} is a database of another program", hint="Give another file")
    if version > VERSION:
        raise JournalError(
            f"the journal {path} has version {version}, this client reads {VERSION}",
            hint="Update chainhub-fal",
        )


def _values(row: Row, at: float) -> tuple[object, ...]:
    ref = row.ref.to_json() if row.ref else ""
    return (
        *(row.endpoint, row.digest, row.occurrence, row.position, row.state.value, ref),
        *(row.payload, row.error, row.problem, json.dumps(row.files)),
        *(at, row.submits),
    )


def _row(values: tuple[object, ...]) -> Row:
    texts = cast("tuple[str, ...]", values)
    numbers = cast("tuple[int, ...]", values)
    return Row(
        endpoint=texts[0],
        digest=texts[1],
        occurrence=numbers[2],
        position=numbers[3],
        state=RowState(texts[4]),
        ref=JobRef.from_json(texts[5]) if texts[5] else None,
        payload=texts[6],
        error=texts[7],
        problem=texts[8],
        files=tuple(json.loads(texts[9])),
        changed_at=numbers[10],
        submits=numbers[11],
    )
