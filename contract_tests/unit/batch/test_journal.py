"""The journal keeps what it said it kept, and refuses what it cannot be sure of."""

from __future__ import annotations

import asyncio
import itertools
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal import JobRef, Journal, JournalError, Row, RowState, read_journal
from chainhub_fal._rows import digest_of

JOB = "acf05732-7cb3-445b-9f39-fdaeccb1d730"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.db"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with Journal(path) as opened:
        yield opened


def put(journal: Journal, row: Row) -> None:
    journal.write(row).result(timeout=10)


def test_a_row_comes_back_as_it_was_written(journal: Journal, path: Path) -> None:
    new = journal.claim("e", "digest", 3)
    assert (new.state, new.key, new.position) == (RowState.NEW, ("e", "digest", 0), 3)
    ref = JobRef("e", JOB, f"/e/requests/{JOB}", 5.0)
    row = replace(new, state=RowState.DONE, ref=ref, files=("a b.png", "ü.png"), submits=1)
    put(journal, row)
    (kept,) = read_journal(path)
    assert replace(kept, changed_at=0.0) == row
    assert kept.changed_at > 1e9


def test_the_same_input_twice_is_two_rows_and_the_same_two_on_the_next_run(path: Path) -> None:
    with Journal(path) as journal:
        rows = [journal.claim("e", "same", position) for position in range(3)]
        for row in rows[:2]:
            put(journal, replace(row, state=RowState.QUEUED))
    with Journal(path) as journal:
        again = [journal.claim("e", "same", position) for position in range(3)]
    assert [row.occurrence for row in again] == [0, 1, 2]
    assert [row.state for row in again] == [RowState.QUEUED, RowState.QUEUED, RowState.NEW]


def test_an_input_is_known_wherever_it_stands(path: Path) -> None:
    with Journal(path) as journal:
        put(journal, replace(journal.claim("e", "b", 0), state=RowState.FAILED))
    with Journal(path) as journal:
        assert journal.claim("e", "a", 0).state is RowState.NEW
        assert journal.claim("e", "b", 1).state is RowState.FAILED


def test_many_threads_write_at_once(journal: Journal, path: Path) -> None:
    rows = [replace(journal.claim("e", str(n), n), state=RowState.INTENDED) for n in range(300)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda row: put(journal, row), rows))
    assert [row.position for row in read_journal(path)] == list(range(300))


def test_more_rows_than_one_statement_may_hold(journal: Journal, path: Path) -> None:
    rows = [replace(journal.claim("e", str(n), n), state=RowState.INTENDED) for n in range(500)]
    for written in [journal.write(row) for row in rows]:
        written.result(timeout=10)
    assert [row.position for row in read_journal(path)] == list(range(500))


def test_a_row_is_changed_in_its_place(journal: Journal, path: Path) -> None:
    row = journal.claim("e", "d", 7)
    for state in (RowState.INTENDED, RowState.QUEUED, RowState.DONE):
        put(journal, replace(row, state=state, submits=1))
        assert [each.state for each in read_journal(path)] == [state]


def test_who_awaits_a_row_has_it_on_the_disk_whoever_else_gives_up(
    journal: Journal, path: Path
) -> None:
    async def record() -> list[object]:
        rows = [replace(journal.claim("e", str(n), n), state=RowState.INTENDED) for n in range(60)]
        tasks = [asyncio.create_task(journal.record(row)) for row in rows]
        await asyncio.sleep(0)
        for task in tasks[::3]:
            task.cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    told = asyncio.run(record())
    assert [answer for number, answer in enumerate(told) if number % 3] == [None] * 40
    assert len(list(read_journal(path))) == 60


def test_a_loop_that_is_gone_keeps_nobody_else_from_being_told(
    journal: Journal, path: Path
) -> None:
    loop = asyncio.new_event_loop()
    task = loop.create_task(journal.record(replace(journal.claim("e", "a", 0), submits=1)))
    hold = sqlite3.connect(path, isolation_level=None)
    with closing(hold):
        hold.execute("BEGIN IMMEDIATE")  # so that the row is written only when the loop is gone
        loop.call_soon(loop.stop)
        loop.run_forever()
        task.cancel()
        loop.run_until_complete(asyncio.wait([task]))
        loop.close()
        hold.execute("COMMIT")
    put(journal, replace(journal.claim("e", "b", 1), submits=1))
    assert [row.digest for row in read_journal(path)] == ["a", "b"]


_CHILD = """
import sys
from dataclasses import replace
from chainhub_fal import Journal, RowState
journal = Journal(sys.argv[1])
for n in range(10**9):
    row = journal.claim("e", str(n), n)
    journal.write(replace(row, state=RowState.INTENDED)).result()
    print(n, flush=True)
"""


def test_what_was_said_to_be_written_outlives_a_kill_and_the_lock_does_not(path: Path) -> None:
    command = [sys.executable, "-c", _CHILD, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - our own
        assert child.stdout is not None
        told = [int(line) for line in itertools.islice(child.stdout, 20)]
        with pytest.raises(JournalError, match="in use by another process"):
            Journal(path)
        assert len(list(read_journal(path))) >= 20  # a reader is let in meanwhile
        child.kill()
        told += [int(line) for line in child.stdout if line.endswith("\n")]
    with Journal(path):
        assert {row.position for row in read_journal(path)} >= set(told)


def test_the_same_process_may_not_open_it_twice(journal: Journal, path: Path) -> None:
    with pytest.raises(JournalError, match="in use"):
        Journal(path)
    journal.close()
    Journal(path).close()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", ""), (b"no database at all, but a text" * 40, "cannot be opened"), (b"SQLite", "cannot be opened")],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_and_left_alone(
    path: Path, content: bytes, words: str
) -> None:
    path.write_bytes(content)
    if not words:
        Journal(path).close()
        return
    with pytest.raises(JournalError, match=words):
        Journal(path)
    assert path.read_bytes() == content


def test_a_database_of_another_program_and_of_a_newer_version_are_refused(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs (a)")
    with pytest.raises(JournalError, match="another program"):
        Journal(path)
    path.unlink()
    Journal(path).close()
    with sqlite3.connect(path) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError, match=r"version 99.*Update"):
        Journal(path)
    with pytest.raises(JournalError, match="version 99"):
        read_journal(path)


def test_a_folder_that_is_not_there_and_a_journal_that_is_not_are_said_to_be(path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be opened"):
        Journal(path / "deeper" / "run.db")
    with pytest.raises(JournalError, match="there is no journal"):
        read_journal(path)
    assert not path.exists()


def test_a_full_disk_is_told_to_every_writer(journal: Journal) -> None:
    journal._writer.execute("PRAGMA max_page_count = 3")
    futures = [
        journal.write(replace(journal.claim("e", str(n), n), payload="x" * 2000, state=RowState.INTENDED))
        for n in range(40)
    ]  # fmt: skip
    failed = [future for future in futures if future.exception(timeout=10)]
    assert failed
    with pytest.raises(JournalError, match=r"cannot be written.*full.*Free the disk"):
        failed[-1].result()


def test_a_closed_journal_says_so(path: Path) -> None:
    journal = Journal(path)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        put(journal, Row("e", "d", 0, 0))
    with pytest.raises(JournalError, match="closed"):
        asyncio.run(journal.record(Row("e", "d", 0, 0)))


def test_each_commit_reaches_the_disk(journal: Journal) -> None:
    assert journal._writer.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
    assert journal._writer.execute("PRAGMA journal_mode").fetchone() == ("wal",)


TEXTS = st.text("ab1\0é€\U0001f600", max_size=3)  # few letters, so that two are often alike
INPUTS = st.dictionaries(
    TEXTS,
    st.one_of(st.integers(), TEXTS, st.binary(max_size=3), st.builds(Path, st.just("a"))),
    max_size=3,
)  # fmt: skip


@given(one=INPUTS, other=INPUTS)
def test_inputs_have_one_digest_if_and_only_if_they_are_the_same(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert digest_of(one) == digest_of(dict(reversed(one.items())))
    plain = [{k: os.fspath(v) if isinstance(v, Path) else v for k, v in it.items()} for it in (one, other)]  # fmt: skip
    assert (digest_of(one) == digest_of(other)) == (plain[0] == plain[1])


def test_an_input_that_cannot_be_known_again_is_refused() -> None:
    with pytest.raises(TypeError, match="object cannot be told apart"):
        digest_of({"image_url": object()})
