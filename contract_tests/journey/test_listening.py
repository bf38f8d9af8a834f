"""Jobs that are heard over real sockets: told soon, asked for once, and never let go of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE

ORDER = ["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]


@pytest.fixture(params=["gateway", "fal"])
def dialect(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def speaks(sandbox: Sandbox, **options: Any) -> dict[str, Any]:
    where = {"api_key": sandbox.key, "base_url": sandbox.base_url}
    return {**where, "dialect": sandbox.settings.dialect, "updates": "stream", **options}


def kinds(sandbox: Sandbox) -> list[str]:
    return [call.operation for call in sandbox.calls if call.operation != "file"]


def test_a_job_takes_three_requests_however_long_it_takes(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path, tmp_path: Path, dialect: str
) -> None:
    sandbox = chainhub_sandbox_factory(dialect=dialect, queue_seconds=0.1, run_seconds=0.3)
    told: list[str] = []
    client = drive.client(**speaks(sandbox, on_update=lambda _, update: told.append(update.state)))
    result = client.run(REDUX, image_url=cat)
    assert len(result.save(tmp_path)) == 1
    assert kinds(sandbox) == ["submit", "stream", "result"]
    assert list(dict.fromkeys(told)) == ORDER
    assert told == sorted(told, key=ORDER.index)
    assert result.receipt.polls == 2


@pytest.mark.parametrize("name", [name for name in CATALOGUE if name.startswith("stream-")])
def test_a_job_comes_to_its_end_whatever_its_stream_does(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path, name: str
) -> None:
    sandbox = chainhub_sandbox_factory(dialect="fal", queue_seconds=0.05, run_seconds=0.1)
    sandbox.faults.add("stream", CATALOGUE[name], times=None)
    told: list[tuple[str, int | None]] = []

    def note(_: object, update: Any) -> None:
        told.append((update.state, update.queue_position))

    client = drive.client(**speaks(sandbox, deadline=4.0, on_update=note))
    result = client.run(REDUX, image_url=cat)  # the longest silence is half of the deadline
    assert result.receipt.request_id == sandbox.paid_ids[0]
    assert told[-1][0] == "COMPLETED"
    assert len(told) == len(set(told)) or name == "stream-backwards"
    assert 1 <= len(sandbox.calls_to("stream")) <= 3


def test_every_log_line_is_told_once(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path, dialect: str
) -> None:
    sandbox = chainhub_sandbox_factory(dialect=dialect, queue_seconds=0, run_seconds=0.2)
    job = drive.client(**speaks(sandbox)).submit(REDUX, image_url=cat)
    lines = [line.message for update in job.updates() for line in update.new_logs]
    assert len(lines) == len(set(lines)) >= 5
    assert lines[0] == "started"


def test_where_there_is_no_stream_a_batch_asks_for_it_a_few_times(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path
) -> None:
    sandbox = chainhub_sandbox_factory(gateway_routes="no-stream", workers=8, queue_seconds=0)
    client = drive.client(**speaks(sandbox))
    inputs = [{"image_url": cat, "seed": seed} for seed in range(12)]
    items = list(client.map(REDUX, inputs, concurrency=2))
    assert [item.error for item in items] == [None] * 12
    streams = [call for call in sandbox.calls if call.path.endswith("/stream")]
    assert 3 <= len(streams) <= 4


def test_a_batch_is_heard(drive: Any, chainhub_sandbox_factory: Any, cat: Path) -> None:
    sandbox = chainhub_sandbox_factory(workers=50, queue_seconds=0, run_seconds=0.5)
    client = drive.client(**speaks(sandbox))
    inputs = [{"image_url": cat, "seed": seed} for seed in range(40)]
    items = list(client.map(REDUX, inputs, concurrency=40))
    assert [item.error for item in items] == [None] * 40
    heard = sandbox.calls_to("stream")
    assert {call.status for call in heard} == {200}
    assert sandbox.paid == 40


def test_a_wait_that_is_given_up_leaves_no_stream_behind(
    drive: Any, chainhub_sandbox_factory: Any, cat: Path
) -> None:
    sandbox = chainhub_sandbox_factory(run_seconds=60)
    job = drive.client(**speaks(sandbox)).submit(REDUX, image_url=cat)
    for update in job.updates():
        if update.state == "IN_PROGRESS":
            break
    assert job.status().state == "IN_PROGRESS"
    with pytest.raises(errors.DeadlineExceededError) as caught:
        drive.client(**speaks(sandbox, deadline=0.3)).job(job.ref).result()
    assert caught.value.job == job.ref
