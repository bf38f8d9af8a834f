"""Every fault the sandbox knows, once and for ever: paid once, never lost, never astray, never endless."""

from __future__ import annotations

import itertools
import time
import traceback
from pathlib import Path
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import errors
from chainhub_fal_sandbox import Sandbox
from chainhub_fal_sandbox.catalogue import CATALOGUE

KEY = "canary-0123456789"
DEADLINE = 0.6
IMPATIENT = {
    "schedule": lambda: itertools.repeat(0.02),
    "deadline": DEADLINE,
    "timeout": 0.15,
    "submit_timeout": 0.15,
    "connect_patience": 0.1,
    "missing_patience": 0.1,
}
NAMES = [name for name in CATALOGUE if not name.startswith("cancel-")]
# Every fault meets both colours, both dialects and both durations, in four runs instead of eight.
RUNS = [
    ("sync", "gateway", None),
    ("aiohttp", "fal", None),
    ("httpx", "gateway", 1),
    ("sync", "fal", 1),
]


def shown(error: BaseException | None) -> str:
    return "".join(traceback.format_exception(error)) if error else ""


@pytest.mark.parametrize(("drive", "dialect", "times"), RUNS, indirect=["drive"], ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_no_fault_costs_twice_loses_a_job_leaks_the_key_or_waits_for_ever(
    drive: Any,
    chainhub_sandbox_factory: Any,
    cat: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    times: int | None,
    dialect: str,
) -> None:
    key = f"id:{KEY}" if dialect == "fal" else KEY
    sandbox: Sandbox = chainhub_sandbox_factory(dialect=dialect, key=key)
    sandbox.faults.add(CATALOGUE[name].operation, CATALOGUE[name], times=times)
    speaks = {"api_key": key, "base_url": sandbox.base_url, "dialect": dialect}
    options = IMPATIENT | ({"updates": "stream"} if name.startswith("stream-") else {})
    caplog.set_level("DEBUG")
    began = time.monotonic()
    error = None
    try:
        drive.client(**speaks, **options).run(REDUX, image_url=cat).save(tmp_path)
    except errors.ChainHubError as caught:
        error = caught

    assert time.monotonic() - began < DEADLINE + 2
    assert sandbox.paid <= 1
    assert sandbox.foreign_hits == ()
    assert sandbox.keys_sent_to_files == 0
    assert KEY not in caplog.text + shown(error)
    assert len(list(tmp_path.iterdir())) == (error is None)
    if error is None:
        return
    assert error.hint
    if sandbox.paid and not isinstance(error, errors.SubmissionUnknownError):
        assert error.job is not None
        assert error.job.request_id in str(error)
        assert error.job.request_id in sandbox.paid_ids
    if error.job and not isinstance(error, errors.JobFailedError):
        sandbox.faults.clear()
        result = drive.client(**speaks, deadline=30).job(error.job).result()
        assert len(result.save(tmp_path)) == 1
        assert sandbox.paid == 1
