"""What was learned of the jobs' lengths is kept beside a journal, or where the caller says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chainhub_fal import FLUX_1_SCHNELL_REDUX as REDUX
from chainhub_fal import Backoff, ConfigurationError
from chainhub_fal_sandbox import Sandbox

INPUTS = {"image_url": "https://pictures.example/a.png", "image_size": {"width": 16, "height": 16}}


@pytest.fixture
def sandbox(chainhub_sandbox_factory: Any) -> Sandbox:
    return chainhub_sandbox_factory(queue_seconds=0, run_seconds=0, foreign_images="invent")  # type: ignore[no-any-return]


def weight(path: Path) -> float:
    """Return how many jobs a file has learned from."""
    lore = json.loads(path.read_text())["endpoints"][REDUX.id]
    return float(lore["running"]["weight"])


def test_a_batch_keeps_beside_its_journal_what_it_learned_and_the_next_goes_on_with_it(
    drive: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    for count in (4, 8):
        with drive.client(api_key=sandbox.key, base_url=sandbox.base_url) as client:
            rows = [{**INPUTS, "seed": n} for n in range(count)]
            journal = tmp_path / "run.db"
            assert all(item.ok for item in client.map(REDUX, rows, journal=journal))
            assert 3.5 < weight(tmp_path / "run.db.learned.json") / count * 4 < 4.1


def test_a_client_keeps_what_it_learned_where_it_is_told(
    drive: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    place = tmp_path / "learned.json"
    for count in (1, 2):
        with drive.client(api_key=sandbox.key, base_url=sandbox.base_url, learned=place) as client:
            client.run(REDUX, **INPUTS)
            client.with_options(timeout=20).close()  # a copy keeps nothing of its own
        assert weight(place) > count - 0.1


def test_a_schedule_that_does_not_learn_keeps_no_file(drive: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="learned"):
        drive.client(api_key="sk-canary-1234", learned=tmp_path / "a.json", schedule=Backoff())
