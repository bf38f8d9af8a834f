"""The report: a pure rendering of the records, honest about what is missing."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks.drawing.labels import Box, place_labels
from benchmarks.goals import Goal, verdicts
from benchmarks.peers import PEERS
from benchmarks.promises import GOALS
from benchmarks.records import Record
from benchmarks.report import pictures, render, write_report
from benchmarks.scenarios import SCENARIOS
from benchmarks.tables import COLUMNS, number, spread_of

ROOT = Path(__file__).parents[3]
MACHINE = {
    "cores": 2,
    "system": "Linux",
    "python": "CPython 3.11.7",
    "chainhub-fal": "0",
    "packages": {},
}


def outcome(scale: float = 1.0, **other: object) -> dict[str, Any]:
    return {
        "polls": 10 * scale,
        "delay": 0.1 * scale,
        "delay_p99": 0.2,
        "product": scale * scale,
        "in_hand": 0.1,
        "in_hand_p99": 0.2,
        "cpu": 2.0 * scale,
        "cpu_per_job": 0.02,
        "delays": [0.01 * scale, 0.1 * scale, 0.2 * scale],
        "finished": 200,
        "failed": {},
        "timed_out": False,
        "server_share": 0.1,
        "server_late": 0.001,
        "others": 0.5,
        **other,
    }


def record(name: str, *rounds: dict[str, Any], **values: object) -> Record:
    found = {
        "scenario": name,
        "jobs": 200,
        "at_once": 20,
        "limit": 60,
        "rounds": list(rounds),
        "on": "2026-01-01",
    }
    return Record({**found, "machine": MACHINE, **values})


SHORT = record(
    "short",
    {
        "fal-client": outcome(),
        "chainhub-fal": outcome(0.5),
        "chainhub-fal, thrift": {"not_offered": "not yet"},
    },
    {
        "fal-client": outcome(2.0),
        "chainhub-fal": outcome(0.5),
        "chainhub-fal, thrift": {"not_offered": "not yet"},
    },
    frontier=[(5.0, 0.06), (10.0, 0.03), (20.0, 0.015)],
)


def test_a_table_has_medians_and_paired_ratios_and_says_who_took_no_part() -> None:
    text = render({"short": SHORT}, "")
    (row,) = re.findall(r"^\| \*\*chainhub-fal\*\* \|.*$", text, re.MULTILINE)
    assert "| 5 | 0.375 (0.250 to 0.500) |" in row
    assert "Took no part: chainhub-fal, thrift (not yet)." in text


def test_a_goal_is_met_missed_or_unmeasured_and_never_guessed() -> None:
    said = {
        verdict.goal.what: (verdict.measured, verdict.said)
        for verdict in verdicts({"short": SHORT}, GOALS)
    }
    assert said["short jobs: polls, against fal-client"] == (0.375, "stretch met")
    assert said["short jobs: p99 of the delay, against fal-client"] == (1.0, "stretch met")
    assert said["thrift: polls, against replicate"] == (None, "**missed**: not yet")
    assert said["5 % faults on reads: jobs without a result"] == (None, "not measured yet")


@pytest.mark.parametrize(
    ("measured", "stretch", "said"),
    [
        (0.9, 1.0, "stretch met"),
        (1.0, 1.0, "stretch met"),
        (1.5, 1.0, "met"),
        (2.1, 1.0, "**missed**"),
        (2.1, 3.0, "met"),
        (1.9, 3.0, "**missed**"),
    ],
)
def test_a_verdict_knows_which_side_is_good(measured: float, stretch: float, said: str) -> None:
    goal = Goal("x", "short", lambda _: None, 2.0, stretch, at_least=stretch > 2.0)
    assert goal.verdict(measured) == said


def test_who_finished_nothing_in_time_is_said_so_in_words() -> None:
    crowd = record(
        "thousand",
        {"fal-client": outcome(finished=0, timed_out=True), "aiohttp": outcome()},
        jobs=1000,
        limit=75,
    )
    text = render({"thousand": crowd}, "")
    assert "fal-client: none of 1000 finished in 75 s" in text
    assert "| 1,000 of 1000 |" in text


def test_a_server_that_works_too_hard_is_named_as_a_limit() -> None:
    busy = record("short", {"fal-client": outcome(server_share=0.9)})
    assert (
        "the server used 90 % of a core at most (with fal-client), so it may hold that client back"
        in render({"short": busy}, "")
    )
    assert "(with fal-client), so it is not what is measured" in render({"short": SHORT}, "")


def test_what_is_missed_is_explained_only_where_somebody_wrote_it_down() -> None:
    assert "and why" not in render({"short": SHORT}, " \n")
    assert "### What is missed, and why\n\nBecause." in render({"short": SHORT}, "Because.\n")


def test_the_report_and_its_pictures_are_written_from_the_records_alone(tmp_path: Path) -> None:
    folder = tmp_path / "performance"
    folder.mkdir()
    (folder / "short.json").write_text(json.dumps(SHORT.values))
    path = write_report(tmp_path)
    for name in re.findall(r"\(performance/(.+?)\)", path.read_text()):
        picture = ET.fromstring((folder / name).read_text())  # noqa: S314 - our own picture
        assert picture.tag.endswith("svg")
    assert (folder / "short-frontier.svg").is_file()
    assert path.read_text() == write_report(tmp_path).read_text()


def test_a_picture_without_numbers_is_not_drawn() -> None:
    empty = record("short", {"fal-client": {"finished": 0, "failed": {}, "timed_out": True}})
    assert dict(pictures({"short": empty})) == {}


def test_the_committed_report_is_what_the_committed_records_say(tmp_path: Path) -> None:
    folder = ROOT / "docs" / "performance"
    (tmp_path / "performance").mkdir()
    for path in [*folder.glob("*.json"), *folder.glob("*.md")]:
        (tmp_path / "performance" / path.name).write_bytes(path.read_bytes())
    assert write_report(tmp_path).read_text() == (ROOT / "docs" / "performance.md").read_text()
    drawn = {path.name: path.read_text() for path in (tmp_path / "performance").glob("*.svg")}
    assert drawn == {path.name: path.read_text() for path in folder.glob("*.svg")}


def test_words_beside_marks_cover_neither_each_other_nor_a_mark() -> None:
    marks = [(100.0, 100.0), (104.0, 100.0), (100.0, 106.0)]
    frame = Box(0, 0, 400, 200)
    boxes = place_labels(marks, ["one", "two", "three"], frame)
    assert all(box.outside(frame) == 0 for box in boxes)
    assert all(a.overlap(b) == 0 for place, a in enumerate(boxes) for b in boxes[place + 1 :])
    assert all(
        not (box.left < x < box.right and box.top < y < box.bottom)
        for box in boxes
        for x, y in marks
    )


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "-"), (0, "0"), (64.0, "64"), (0.0312, "0.031"), (1.234, "1.23"), (1234.5, "1,234")],
)
def test_numbers_are_shown_with_the_digits_that_count(value: float | None, shown: str) -> None:
    assert number(value) == shown


def test_a_ratio_that_no_round_has_is_a_dash() -> None:
    assert spread_of(None) == "-"


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=lambda scenario: scenario.name)
def test_every_scenario_names_peers_and_a_baseline_that_there_are(scenario: Any) -> None:
    assert set(scenario.peers) <= PEERS.keys()
    assert not scenario.peers or scenario.baseline in scenario.peers
    assert scenario.phases or scenario.name in COLUMNS
    assert scenario.plan(1) == scenario.plan(1)
    quick = scenario.quickly()
    assert (quick.jobs <= scenario.jobs, quick.rounds <= scenario.rounds) == (True, True)
    assert sum(quick.phases) in {0, quick.jobs}


def test_every_peer_has_its_adapter_and_every_goal_its_scenario() -> None:
    adapters = {path.stem for path in (ROOT / "benchmarks" / "adapters").glob("*.py")}
    assert {peer.adapter for peer in PEERS.values()} <= adapters
    assert {goal.scenario for goal in GOALS} <= {*SCENARIOS, "schedule"}
    assert {goal.peer for goal in GOALS} <= {*PEERS, "chainhub-fal, client made"}
