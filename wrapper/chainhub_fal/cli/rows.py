"""``jobs``: the journal of a batch listed, exported, and the files that are missing fetched."""

from __future__ import annotations

import csv
import io
import json
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from .. import ChainHubError, Client, Row, RowState, read_journal
from .exits import Exit
from .folder import Folder
from .run import save
from .session import Session
from .troubles import Troubles
from .wording import counted, one_line, place

JOURNAL = "batch.db"
"""The name of a batch's journal in its folder, unless another is given."""
_TABLE = (
    *("position", "state", "request_id", "endpoint", "changed_at", "submits"),
    *("error", "problem", "files"),
)
_WITH_RESULT = frozenset({RowState.QUEUED, RowState.DONE})


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows of which journal, and how they are shown."""

    journal: str
    states: Collection[RowState]
    as_csv: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield the rows by position; raises JournalError."""
        path = Path(self.journal)
        rows = read_journal(path / JOURNAL if path.is_dir() else path)
        return (row for row in rows if not self.states or row.state in self.states)


def list_rows(session: Session, query: Query) -> Exit:
    """Print the rows, a line each, and count them."""
    if query.as_csv:
        session.talk.show([_csv(_TABLE)], {})
    counts: Counter[RowState] = Counter()
    for row in query.rows():
        counts[row.state] += 1
        facts = _facts(row)
        line = _table_line(facts) if query.as_csv else _line(row)
        session.talk.show([line], facts)
    states = ", ".join(f"{count} {state.value}" for state, count in sorted(counts.items()))
    total = counted(sum(counts.values()), "row")
    words = f"{total}: {states}" if states else total
    facts = {"event": "counted", "states": {state.value: n for state, n in counts.items()}}
    session.talk.tell("", words, facts)
    return Exit.OK


def fetch_rows(session: Session, query: Query, out: str) -> Exit:
    """Fetch the results of jobs that ended and whose files are not there; that costs nothing."""
    troubles = Troubles(session.talk)
    waiting = 0
    with Folder(out) as folder, session.service.client() as client:
        folder.read()
        for row in query.rows():
            if not _is_missing(row, folder):
                continue
            try:
                waiting += not _fetch(session, client, row, folder)
            except ChainHubError as error:
                troubles.add(error, f"row {row.position}", row.ref, position=row.position)
            if troubles.stopped_by is not None:
                break
    if waiting:
        words = f"{counted(waiting, 'job')} not ended yet; the same command again looks once more"
        session.talk.tell("", words, {"event": "waiting", "jobs": waiting})
    return troubles.exit


def _fetch(session: Session, client: Client, row: Row, folder: Folder) -> bool:
    """Save a job's files if it has ended; tell whether it has."""
    assert row.ref is not None  # noqa: S101 - a row without a job is not missing its files
    job = client.job(row.ref)
    session.hold(row.ref)
    seen = job.status()
    if not seen.terminal:
        words = f"job {job.request_id}: {place(seen.state, seen.queue_position)}"
        session.talk.tell(f"row {row.position}", words, {"event": "waiting", "row": row.position})
        return False
    save(session, job.result(), folder)
    return True


def _is_missing(row: Row, folder: Folder) -> bool:
    """Tell whether a job has, or may have, a result that is in neither of the two places."""
    if row.ref is None or row.state not in _WITH_RESULT:
        return False
    if row.files:
        moved = (folder.path / Path(path).name for path in row.files)
        return not all(map(_is_file, row.files)) and not all(map(_is_file, moved))
    return not folder.knows(row.ref.request_id)


def _is_file(path: str | Path) -> bool:
    return Path(path).is_file()


def _line(row: Row) -> str:
    """Write a row for people: the columns that have a width first."""
    job = row.ref.request_id if row.ref else "-"
    end = f"{row.error}: {row.problem}" if row.error else " ".join(row.files)
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row.changed_at))
    return f"{row.position:7} {row.state.value:9} {when} {job:36} {row.endpoint}  {end}".rstrip()


def _facts(row: Row) -> dict[str, object]:
    return {
        "position": row.position,
        "state": row.state.value,
        "request_id": row.ref.request_id if row.ref else None,
        "ref": row.ref.to_json() if row.ref else None,
        "endpoint": row.endpoint,
        "changed_at": row.changed_at,
        "submits": row.submits,
        "error": row.error,
        "problem": row.problem,
        "files": list(row.files),
    }


def _table_line(facts: Mapping[str, object]) -> str:
    moment = datetime.fromtimestamp(cast("float", facts["changed_at"]), UTC)
    told = {**facts, "changed_at": moment.isoformat(timespec="seconds")}
    return _csv([told[name] for name in _TABLE])


def _csv(cells: Collection[object]) -> str:
    """Write a line of a table; several files in a cell are a JSON list."""
    buffer = io.StringIO()
    texts = [json.dumps(cell) if isinstance(cell, list) else cell for cell in cells]
    csv.writer(buffer, lineterminator="").writerow(texts)
    return one_line(buffer.getvalue())
