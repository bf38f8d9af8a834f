"""What was learned is kept and found again; a file that is not ours costs a warning only."""

from __future__ import annotations

import json
import logging
import threading
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.lengths import LENGTHS
from benchmarks.schedules import watch
from chainhub_fal._learning_file import load, save
from chainhub_fal._learning_plan import BINS
from chainhub_fal._learning_shift import Shift
from chainhub_fal.learning import Learning

ENDPOINT = "any/model"


def experienced() -> Learning:
    learning, random = Learning(), Random(3)  # noqa: S311 - a simulation
    for _ in range(30):
        watch(learning.begin(ENDPOINT), LENGTHS["short"](random))
    job = learning.begin(ENDPOINT)
    for place in (9, 5, 1):
        job.pending(10.0 - place, "IN_QUEUE", place)
    job.pending(11.0, "IN_PROGRESS")
    job.abandoned(11.0)
    return learning


def test_what_was_learned_is_the_same_after_it_was_saved_and_loaded(tmp_path: Path) -> None:
    first, second = experienced(), Learning()
    assert save(first, tmp_path / "learned.json")
    assert load(second, tmp_path / "learned.json")
    assert second.known() == first.known()
    waits = [learning.begin(ENDPOINT).first(0.0) for learning in (first, second, Learning())]
    assert waits[0] == pytest.approx(waits[1])
    assert waits[1] > 1.2 * waits[2]
    assert [path.name for path in tmp_path.iterdir()] == ["learned.json"]


def edited(change: dict[str, Any]) -> str:
    document = {"chainhub_fal_learned": 1, "endpoints": experienced().known()}
    document["endpoints"][ENDPOINT].update(change)  # type: ignore[index]
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"chainhub_fal_learned": 2, "endpoints": {}}',
        '{"chainhub_fal_learned": 1}',
        '{"chainhub_fal_learned": 1, "endpoints": {"a": 7}}',
        edited({"line": None}),
        edited({"line": {"places": -1, "seconds": 1}}),
        edited({"running": {"weight": float("nan"), "ends": {}, "losses": {}}}),
        edited({"running": {"weight": 1, "ends": {str(BINS): 1}, "losses": {}}}),
        edited({"running": {"weight": 1, "ends": {"-1": 1}, "losses": {}}}),
        edited({"running": {"weight": 1, "ends": {"3": 1e300}, "losses": {}}}),
        edited({"queued": {"weight": 1, "ends": [], "losses": {}}}),
    ],
)
def test_a_file_that_cannot_be_used_is_said_in_words_and_nothing_of_it_is_believed(
    text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "learned.json"
    place.write_text(text)
    learning = experienced()
    before = learning.known()
    with caplog.at_level(logging.WARNING):
        assert not load(learning, place)
    assert learning.known() == before
    assert "polling starts afresh" in caplog.text
    assert str(place) in caplog.text


def test_no_file_yet_is_no_trouble_and_no_room_is_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert not load(Learning(), tmp_path / "none.json")
        assert caplog.text == ""
        assert not save(Learning(), tmp_path / "no such folder" / "learned.json")
    assert "is not kept" in caplog.text


def test_many_threads_share_one_schedule_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # In some orders the first few jobs look like a change of times, and what came before is forgotten.
    monkeypatch.setattr(Shift, "noted", lambda *_: False)
    learning = Learning()

    def work(seed: int) -> None:
        random = Random(seed)  # noqa: S311 - a simulation
        for _ in range(25):
            watch(learning.begin(ENDPOINT), LENGTHS["short"](random))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lore = learning.begin(ENDPOINT)._lore
    assert lore.flying == 1
    assert set(lore.running._flying) == {0}
    expected = 0.0
    for _ in range(200):
        expected = expected * (1 - 1 / 200) + 1
    assert lore.running.weight == pytest.approx(expected)
