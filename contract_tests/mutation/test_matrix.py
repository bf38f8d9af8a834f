"""The proof of the kill table: scores, survivors, what a layer alone keeps out, and what is partial."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from . import matrix_parts
from .__main__ import main
from .matrix import lost_without, undecided
from .matrix_parts import SOURCES, Source
from .matrix_rows import Part, Row, failings, score
from .table import markdown

LAYERS = ("suite", "semantics")


def row(name: str, *killers: str, group: str = "time", **fields: Any) -> Row:
    first = killers[0] if killers else None
    return Row(name, group, "late", first, "how", **{"looked": LAYERS, **fields})


def judged(name: str, *killers: str, **fields: Any) -> Row:
    return row(name, *killers, killed_by_all=killers, **fields)


def part(*rows: Row, known: int | None = None) -> Part:
    return Part("Faults", "the command", rows, LAYERS, len(rows) if known is None else known)


ROWS = (
    judged("alone", "suite"),
    judged("both", "semantics", "suite"),
    judged("survivor"),
    judged("excused", excused=True, warned_by="suite (it)"),
    judged("broke", "suite", undecided=True),
    Row("untried", "mechanical", "", None, skipped="out of reach"),
)


def test_only_what_a_client_can_observe_is_scored() -> None:
    assert str(score(ROWS)) == "3 of 4 (75.0%)"
    assert score([]).rate == 0
    assert (score(ROWS).reaches(0.75), score(ROWS).reaches(0.76)) == (True, False)


def test_what_one_layer_alone_kills_is_lost_without_it() -> None:
    assert [each.name for each in lost_without(ROWS, "suite")] == ["alone", "broke"]
    assert lost_without(ROWS, "semantics") == []
    assert [each.name for each in undecided(ROWS, LAYERS)] == ["broke"]
    # A layer that never looked might have been the second one to kill it.
    names = [each.name for each in undecided(ROWS, (*LAYERS, "conformance"))]
    assert names == ["alone", "survivor", "broke"]


def test_the_table_names_survivors_excuses_and_what_is_lost() -> None:
    table = markdown([part(*ROWS, known=5)], "the command")
    assert "| Faults | 3 of 4 (75.0%) | none | suite 2, semantics 1 |" in table
    assert "- **survivor** (time): late; how\n" in table
    assert "- **excused**: late; how. Warned of by suite (it).\n" in table
    assert "**This is partial: 1 not judged by every layer (broke).**" in table
    assert "| all | 3 of 4 | 1 (-2) | 3 |" in table
    assert "<summary>Lost without suite: 2</summary>\n\n- alone (time): late\n" in table
    assert "<summary>1: out of reach</summary>" in table
    assert "| both | time | late | semantics: how; suite too |" in table
    assert "| untried |" not in table


def test_a_run_until_the_first_kill_says_nothing_about_switching_off() -> None:
    table = markdown([part(row("alone", "suite"))], "the command")
    assert "switched off" not in table
    assert "This is a part" not in table


def test_a_part_says_what_did_not_take_part() -> None:
    unasked = row("alone", looked=("suite",))
    assert part(unasked, known=7).shortfall == (
        "1 of 7 faults, semantics did not look at all survivors"
    )
    assert part(row("killed", "suite", looked=("suite",))).shortfall == ""


def test_a_part_is_red_below_its_floor_and_for_what_is_rotten() -> None:
    good = part(row("a", "suite"), row("b", "suite", group="mechanical"))
    assert failings(good, 1.0) == []
    assert failings(part(), 0.0) == ["nothing was tried"]
    made = part(row("a", "suite"), row("b", group="mechanical"))
    assert failings(made, 0.5) == [
        "0 of 1 (0.0%) faults made by rule killed, and the floor is 50.0%"
    ]
    rotten = part(row("a", "suite"), row("b", "suite", excused=True), row("c", stale=True))
    assert failings(rotten, 0.5) == ["b: excused, yet suite reports it", "c: stale"]


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[dict[str, object]] | None]:
    """Give three parts that write what the test says, and None for nothing at all."""
    written: dict[str, list[dict[str, object]] | None] = {}

    def source(name: str) -> Source:
        def write(arguments: Sequence[str]) -> int:
            found = written[name]
            only = [to for flag, to in pairwise(arguments) if flag == "--only"]
            if found is not None:
                found = [each for each in found if not only or each["name"] in only]
                Path(arguments[arguments.index("--json") + 1]).write_text(json.dumps(found))
            return 1

        return Source(name, f"Faults in {name}", write, LAYERS, (f"{name}-fault", "new", "newer"))

    for name in SOURCES:
        written[name] = [{"name": f"{name}-fault", "group": "g", "why": "w", "killed_by": "suite"}]
        monkeypatch.setitem(matrix_parts.SOURCES, name, lambda name=name: source(name))  # type: ignore[misc]
    return written


def test_all_parts_end_in_one_table_and_one_verdict(
    sources: dict[str, list[dict[str, object]] | None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    page = tmp_path / "table.md"
    run = ["all", "--markdown", str(page), "--json", str(tmp_path)]
    assert main(run) == 0
    assert [f"{name}-fault" in page.read_text() for name in sources] == [True] * len(sources)
    consumer = sources["consumer"] = [*(sources["consumer"] or ()), {}]
    consumer[-1] = {"name": "lives", "group": "g", "why": "w", "killed_by": None, "detail": "d"}
    assert main(run) == 1
    assert "faults in consumer: 1 of 2 (50.0%) faults by name killed" in capsys.readouterr().out
    assert main([*run, "--floor", "consumer=.5"]) == 0
    again = tmp_path / "again.md"
    assert main(["table", str(tmp_path), "--markdown", str(again)]) == 1
    assert "- **lives** (g): w; d\n" in again.read_text()


def test_one_part_is_run_anew_beside_the_records_of_the_others(
    sources: dict[str, list[dict[str, object]] | None], tmp_path: Path
) -> None:
    page = tmp_path / "table.md"
    run = ["all", "--markdown", str(page), "--json", str(tmp_path)]
    assert main([*run, "--part", "consumer"]) == 0
    assert "provider-fault" not in page.read_text()
    assert main(run) == 0
    whole = page.read_text().replace(" It took 0 s.", "")
    sources["provider"] = None  # it is not run, so it cannot fall silent
    assert main([*run, "--part", "consumer", "--part", "contract"]) == 0
    assert page.read_text().replace(" It took 0 s.", "") == whole
    record = (tmp_path / "provider.json").read_text()
    assert record == (
        '[\n{"name": "provider-fault", "group": "g", "why": "w", "killed_by": "suite"}\n]\n'
    )


def test_a_record_is_completed_by_what_it_says_nothing_of(
    sources: dict[str, list[dict[str, object]] | None], tmp_path: Path
) -> None:
    run = ["all", "--json", str(tmp_path), "--part", "consumer"]
    fault: dict[str, object] = {"group": "g", "why": "w", "killed_by": "suite"}
    sources["consumer"] = [{**fault, "name": "gone"}, {**fault, "name": "consumer-fault"}]
    assert main(run) == 0
    news: list[dict[str, object]] = [
        {**fault, "name": name, "killed_by": "semantics"} for name in ("newer", "new")
    ]
    sources["consumer"] = [{**fault, "name": "consumer-fault", "killed_by": None}, *news]

    def recorded() -> list[tuple[str, str]]:
        found = json.loads((tmp_path / "consumer.json").read_text())
        return [(row["name"], row["killed_by"]) for row in found]

    assert main([*run, "--missing", "1"]) == 0
    assert recorded() == [("consumer-fault", "suite"), ("new", "semantics")]
    assert main([*run, "--missing", "9"]) == 0
    whole = recorded()
    assert whole == [("consumer-fault", "suite"), ("new", "semantics"), ("newer", "semantics")]
    sources["consumer"] = None  # nothing is missing, so nothing is run
    assert main([*run, "--missing", "9"]) == 0
    assert recorded() == whole


def test_a_completed_record_keeps_the_only_killer_of_its_new_faults(
    sources: dict[str, list[dict[str, object]] | None], tmp_path: Path
) -> None:
    run = ["all", "--json", str(tmp_path), "--part", "consumer", "--matrix"]
    fault: dict[str, object] = {"group": "g", "why": "w", "killed_by": "suite"}
    both = {**fault, "name": "consumer-fault", "killed_by_all": ["suite", "semantics"]}
    sources["consumer"] = [both]
    assert main(run) == 0
    sources["consumer"] = [{**fault, "name": "new", "killed_by_all": ["suite"]}]
    assert main([*run, "--missing", "1"]) == 0
    found = json.loads((tmp_path / "consumer.json").read_text())
    assert [row["killed_by_all"] for row in found] == [["suite", "semantics"], ["suite"]]


def test_a_record_names_no_folder_of_one_run(
    sources: dict[str, list[dict[str, object]] | None], tmp_path: Path
) -> None:
    said = f"test_x: {gettempdir()}/pytest-1/out cannot be written"
    fault: dict[str, object] = {"group": "g", "why": "w", "killed_by": "unit", "detail": said}
    sources["consumer"] = [{**fault, "name": "consumer-fault"}]
    main(["all", "--json", str(tmp_path), "--part", "consumer"])
    record = json.loads((tmp_path / "consumer.json").read_text())
    assert record[0]["detail"] == "test_x: (temporary) cannot be written"


def test_a_part_that_says_nothing_proves_nothing(
    sources: dict[str, list[dict[str, object]] | None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["all", "--json", str(tmp_path)]) == 0
    sources["contract"] = None  # and what the run before left behind does not count
    assert main(["all", "--json", str(tmp_path)]) == 2
    assert "the part contract proved nothing" in capsys.readouterr().err
    assert main(["table", str(tmp_path / "nowhere")]) == 2


def test_a_floor_that_is_none_ends_with_a_sentence() -> None:
    for text in ("consumer", "consumer=high", "nobody=.9", "consumer=9"):
        with pytest.raises(SystemExit, match="is no floor"):
            main(["table", "anywhere", "--floor", text])


def test_an_unknown_part_ends_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert main(["nobody"]) == 2
    assert "provider, consumer, contract, consistent, all, table" in capsys.readouterr().err


def test_a_matrix_is_known_by_a_fault_with_two_killers(tmp_path: Path) -> None:
    source = Source("provider", "Faults", lambda _: 0, LAYERS, ("a", "b"))
    rows = [
        {"name": name, "group": "g", "why": "w", "killed_by": killers[0], "killed_by_all": killers}
        for name, killers in (("a", ["suite"]), ("b", ["suite", "semantics"]))
    ]
    for count, expected in ((1, [None]), (2, [("suite",), ("suite", "semantics")])):
        source.file(tmp_path).write_text(json.dumps(rows[:count]))
        assert [each.killed_by_all for each in source.read(tmp_path).rows] == expected


def test_a_row_is_read_back_as_it_was_written() -> None:
    written = judged("a", "suite", "semantics", stale=True, warned_by="b")
    plain = json.loads(json.dumps(written.__dict__))
    assert Row.read({**plain, "verdicts": []}) == written
    assert Row.read(json.loads(json.dumps(written.plain()))) == written
    assert Row.read(row("survivor").plain()) == row("survivor")
    assert replace(written, name="b") != written
