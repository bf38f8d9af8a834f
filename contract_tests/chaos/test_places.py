"""A batch that shares its journal, or has no room or right to write it, is refused or resumed."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from chainhub_fal import RowState
from chainhub_fal.cli.exits import Exit
from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from .accounts import Accounts
from .process import Order, live, start

ROOM = 64 * 1024  # bytes: for the layout of a journal and some rows, not for all of them
JOBS = 60


@pytest.fixture
def sandbox(chainhub_sandbox_factory: SandboxFactory) -> Sandbox:
    return chainhub_sandbox_factory(
        queue_seconds=0, run_seconds=0, workers=JOBS, foreign_images="invent"
    )


@pytest.fixture
def order(tmp_path: Path) -> Order:
    return Order.below(tmp_path, jobs=4, concurrency=4)


@pytest.fixture
def shut(tmp_path: Path) -> Path:
    """Make a folder that cannot be written, or name one that not even root can write."""
    folder = tmp_path / "shut"
    folder.mkdir(mode=0o500)
    return Path("/proc") if os.access(folder, os.W_OK) else folder


def test_a_second_process_on_the_journal_is_refused_before_it_sends_anything(
    order: Order, chainhub_sandbox_factory: SandboxFactory
) -> None:
    sandbox = chainhub_sandbox_factory(queue_seconds=600, foreign_images="invent")
    with start(order.command("gateway"), sandbox) as first:
        while sandbox.paid < order.jobs:
            assert first.poll() is None
        second = live(order, sandbox)
        first.send_signal(signal.SIGINT)
        assert first.wait(10) == Exit.INTERRUPTED
    assert second.code == Exit.JOURNAL
    assert "in use by another process" in second.said
    assert sandbox.paid == order.jobs
    accounts = Accounts(sandbox, order)
    assert accounts.unbalanced(accounts.rows(), ended_by_itself=True) == []


def test_a_disk_that_fills_up_ends_the_batch_and_room_lets_it_go_on(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    order = Order.below(tmp_path, jobs=JOBS, concurrency=4)
    accounts = Accounts(sandbox, order)
    full = live(order, sandbox, preexec_fn=_leave_little_room)
    assert full.code == Exit.JOURNAL
    assert "cannot be written" in full.said
    assert "Free the disk" in full.said
    rows = accounts.rows()
    assert 0 < len(rows) < JOBS  # it stopped: nothing is submitted that cannot be written down
    assert accounts.unbalanced(rows, ended_by_itself=False) == []
    live(order, sandbox)
    rows = accounts.rows()
    assert accounts.unbalanced(rows, ended_by_itself=True) == []
    assert accounts.torn(rows) == []
    # Those whose receipt found no room; all the others are done.
    assert sum(row.state is RowState.UNKNOWN for row in rows) <= order.concurrency


def _leave_little_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_sent(
    order: Order, sandbox: Sandbox, shut: Path
) -> None:
    refused = live(replace(order, pictures=shut / "deeper"), sandbox)
    assert refused.code == Exit.USAGE
    assert "cannot be written" in refused.said
    assert not sandbox.calls


def test_a_journal_that_cannot_be_written_is_refused_before_anything_is_sent(
    order: Order, sandbox: Sandbox, shut: Path
) -> None:
    refused = live(replace(order, journal=shut / "run.db"), sandbox)
    assert refused.code == Exit.JOURNAL
    assert "cannot be opened" in refused.said
    assert not sandbox.calls


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(
    order: Order, sandbox: Sandbox
) -> None:
    assert live(order, sandbox).code == 0
    with sqlite3.connect(order.journal) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    before, calls = order.journal.read_bytes(), len(sandbox.calls)
    refused = live(order, sandbox)
    assert refused.code == Exit.JOURNAL
    assert "version 99" in refused.said
    assert "Update" in refused.said
    assert (order.journal.read_bytes(), len(sandbox.calls)) == (before, calls)
