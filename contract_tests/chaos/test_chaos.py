"""A batch that is killed and told to leave in a storm of faults pays once and loses nothing."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from chainhub_fal.cli.exits import Exit
from chainhub_fal_sandbox.pytest_plugin import SandboxFactory

from .accounts import Accounts
from .campaign import Campaign
from .process import Blow, Order, live


@pytest.mark.timeout(150)
@pytest.mark.parametrize(("seed", "dialect"), [(1, "gateway"), (6, "fal")])
def test_killed_again_and_again_in_a_storm_the_accounts_agree_to_the_job(
    seed: int, dialect: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = Order.below(tmp_path, jobs=48, concurrency=8)
    campaign = Campaign(seed, order, kills=4, dialect=dialect)
    figures = campaign.run()
    with capsys.disabled():
        print(f"\nchaos: {figures}")  # noqa: T201 - the figures are what the test is for
    assert campaign.wrong == []
    assert campaign.fallen["kill"] == 4  # a batch that nobody killed has proved nothing


@pytest.mark.parametrize(
    ("kind", "left", "ended", "code"),
    [
        ("submit", "intended", "unknown", Exit.UNKNOWN),
        ("result", "queued", "done", Exit.OK),
        ("file", "queued", "done", Exit.OK),
    ],
)
def test_killed_when_the_work_is_done_and_not_yet_answered(
    kind: str,
    left: str,
    ended: str,
    code: Exit,
    tmp_path: Path,
    chainhub_sandbox_factory: SandboxFactory,
) -> None:
    sandbox = chainhub_sandbox_factory(queue_seconds=0, run_seconds=0, foreign_images="invent")
    order = Order.below(tmp_path, jobs=1, concurrency=1)
    accounts = Accounts(sandbox, order)
    blow = Blow("kill", kind, after=0, delay=0)
    blow.wait_in(sandbox, 0)
    assert live(order, sandbox, [blow]).code == -signal.SIGKILL
    assert [row.state for row in accounts.rows()] == [left]
    assert accounts.unbalanced(accounts.rows(), ended_by_itself=False) == []
    for _ in range(2):  # the second run finds nothing left to do
        assert live(order, sandbox).code == code
        assert accounts.unbalanced(accounts.rows(), ended_by_itself=True) == []
    assert [row.state for row in accounts.rows()] == [ended]
    assert accounts.torn(accounts.rows()) == []
    assert sandbox.paid == 1
