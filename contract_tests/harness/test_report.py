"""The page: well-formed, whole by the contract, escaped, alone in the world, and without the key."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx
import pytest

from chainhub_fal_sandbox import Fault, Sandbox

from ..contract import OPENAPI, Contract
from ..suite import layer as suite
from .coverage_answers import answers, watched
from .coverage_requests import requests
from .findings import Finding, Ledger
from .floors import provokable
from .page_drift import Drift
from .page_elements import Html, element
from .page_kills import Kills
from .report_html import text
from .report_occasion import Occasion
from .run import main
from .runs import LayerRun, Run, judged, layer_run
from .target import Dialect, Target

CONTRACT = Contract.load()
_NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
OCCASION = Occasion.of("python -m contract_tests.harness", _NOON, _NOON, CONTRACT, OPENAPI)
_VOID = {"meta", "input", "wbr", "br"}


@dataclass
class Node:
    """An element as a browser would hold it."""

    tag: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(each if isinstance(each, str) else each.text for each in self.children)

    @property
    def classes(self) -> set[str]:
        return set((self.attributes.get("class") or "").split())

    def all(self, tag: str = "", kind: str = "") -> Iterator[Node]:
        for each in self.children:
            if isinstance(each, Node):
                if tag in {"", each.tag} and (not kind or kind in each.classes):
                    yield each
                yield from each.all(tag, kind)


class Tree(HTMLParser):
    """Builds the tree, and fails where a browser would have to guess."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Node("page")
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root], f"never closed: {[each.tag for each in self._open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len(dict(attrs)) == len(attrs), f"an attribute twice at {tag}"
        node = Node(tag, dict(attrs))
        self._open[-1].children.append(node)
        if tag not in _VOID:
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def run_of(*findings: Finding, ledger: Ledger | None = None, dialect: Dialect = "gateway") -> Run:
    layer = LayerRun("suite", findings, ledger or Ledger(), 0.1)
    target = Target("http://127.0.0.1:1", "some-secret-key", dialect)
    return judged("a server", target, CONTRACT, 7, [layer])


def page_of(*runs: Run, contract: Contract = CONTRACT, kills: Kills | None = None) -> Node:
    return Tree(text(runs, contract, OCCASION, kills, Drift())).root


def cells(page: Node, caption: str) -> dict[tuple[str, str], list[Node]]:
    """Return the marks of the first table with a caption, by row and column."""
    table = next(each for each in page.all("table") if next(each.all("b")).text == caption)
    columns = [each.text for each in next(table.all("thead")).all("th")]
    found = {}
    for row in next(table.all("tbody")).all("tr"):
        name = next(row.all("th")).text
        for column, cell in zip(columns, row.all("td"), strict=True):
            found[name, column] = list(cell.all("span", "m"))
    return found


@pytest.mark.parametrize("dialect", ["gateway", "fal"])
def test_each_documented_status_is_on_the_page_and_what_nobody_tried_is_a_hole(
    dialect: Dialect,
) -> None:
    marks = cells(page_of(run_of(dialect=dialect)), "Operations and statuses")
    for name, operation in CONTRACT.operations.items():
        wanted = frozenset().union(*provokable(CONTRACT, operation, dialect))
        for status in operation.statuses:
            (mark,) = marks.pop((name, str(status)))
            assert ("hole" if status in wanted else "excused") in mark.classes
            assert (mark.attributes["title"] or "").startswith(
                "in the contract, never tried" if status in wanted else "cannot be provoked, "
            )
    assert not any(marks.values()), "a status that is not documented has a mark"


def test_a_status_is_covered_only_when_it_was_asked_for_and_documented() -> None:
    ledger = Ledger()
    for status in (200, 422, 418, 503):
        ledger.answer("get_status", status)
    marks = cells(page_of(run_of(ledger=ledger)), "Operations and statuses")
    kinds = {
        status: (marks["get_status", status][0].classes - {"m"}).pop()
        for status in ("200", "400", "401", "418", "422", "503")
    }
    assert kinds == {
        "200": "l1",
        "400": "excused",  # 422 came, and either is right
        "401": "hole",
        "418": "alien",
        "422": "l1",
        "503": "unasked",
    }
    assert marks["get_result", "418"] == []


def test_an_endpoint_gets_its_cells_from_the_contract_alone() -> None:
    document: Any = copy.deepcopy(CONTRACT.document)
    schema = document["components"]["schemas"]["Flux1SchnellReduxInput"]
    schema["properties"]["strength"] = {"type": "number", "multipleOf": 0.5}
    grown = Contract.read(document)
    ledger = Ledger()
    ledger.keyword("submit_flux_1_schnell_redux", "body.strength", "multipleOf", "invalid")
    marks = cells(page_of(run_of(ledger=ledger), contract=grown), "submit_flux_1_schnell_redux")
    kinds = [each.classes - {"m"} for each in marks["body.strength", "multipleOf"]]
    assert kinds == [{"hole"}, {"l1"}]
    assert [each.classes - {"m"} for each in marks["body.strength", "type"]] == [{"hole"}] * 2


def test_everything_the_suite_tries_falls_into_a_cell_and_leaves_few_holes() -> None:
    ledger = Ledger()
    with Sandbox(unrouted="404", foreign_images="invent") as server:
        target = Target(server.base_url, server.key)
        suite.run(target, watched(CONTRACT, ledger), ledger, seed=1, first=False)
    for name, operation in CONTRACT.operations.items():
        grid = requests(CONTRACT, operation, ledger)
        counts = sum(each.count for each in grid.marks())
        noted = sum(count for (of, *_), count in ledger.keywords.items() if of == name)
        with_key = sum(
            count for (of, code), count in ledger.answers.items() if of == name and code < 300
        )
        assert counts == noted + with_key
        assert grid.holes <= 1
        (right, *_) = answers(CONTRACT, operation, ledger)
        assert any(each.state == "done" for each in right.marks())


def test_an_answer_is_noted_by_what_it_really_holds() -> None:
    ledger = Ledger()
    operation = watched(CONTRACT, ledger).operations["get_status"]
    body = {"status": "IN_QUEUE", "request_id": "a", "queue_position": None, "logs": None}
    assert operation.answer_problems(httpx.Response(202, json=body)) == []
    assert operation.answer_problems(httpx.Response(404, json={"status": "NOT_FOUND"})) == []
    read = {(status, *rest) for _, status, *rest in ledger.reads}
    assert (202, "body.status", "enum=IN_QUEUE") in read
    assert (202, "body.queue_position", "type") in read
    assert (404, "body<RequestRefusal>.status", "enum=NOT_FOUND") in read
    for absent in (
        (202, "body.queue_position", "minimum"),  # a bound says nothing about null
        (202, "body.status", "enum=FAILED"),
        (202, "body.logs[]", "type"),
        (202, "body.error", "type"),
        (404, "body<FalErrorText>", "required"),  # of the shapes of an error, only the one it has
    ):
        assert absent not in read
    declared = answers(CONTRACT, CONTRACT.operations["get_status"], Ledger())
    assert declared == [], "no answer came, so there is nothing to lay out"


def test_each_event_of_a_stream_is_noted_by_what_it_holds() -> None:
    ledger = Ledger()
    operation = watched(CONTRACT, ledger).operations["stream_status"]
    states = ("IN_QUEUE", "COMPLETED")
    told = "".join(f'data: {{"status": "{it}", "request_id": "a"}}\n\n' for it in states)
    headers = {"content-type": "text/event-stream"}
    assert operation.answer_problems(httpx.Response(200, headers=headers, content=told)) == []
    assert operation.answer_problems(httpx.Response(200, headers=headers, content="data: a\n\n"))
    enums = {word for *_, place, word in ledger.reads if place == "event.status" and "=" in word}
    assert enums == {f"enum={state}" for state in states}
    ledger.answer("stream_status", 200)
    (grid,) = answers(CONTRACT, CONTRACT.operations["stream_status"], ledger)
    assert {row.name for row in grid.rows} >= {"event", "event.status", "event.logs[].message"}


def test_what_a_server_says_stays_text_and_each_finding_can_be_repeated() -> None:
    nasty = "</style><script>alert('&')</script><img src=x onerror=alert(1)>\x1b[2J\udcff"
    found = Finding("suite", nasty, "get_status", f"said {nasty}", f"curl '{nasty}'", 7)
    page = page_of(run_of(found))
    assert [*page.all("script"), *page.all("img")] == []
    assert len(list(page.all("style"))) == 1
    shown = nasty.replace("\x1b", "\N{REPLACEMENT CHARACTER}").replace(
        "\udcff", "\N{REPLACEMENT CHARACTER}"
    )
    (item,) = (each for each in page.all("li") if f"said {shown}" in each.text)
    assert next(item.all("pre")).text == f"curl '{shown}'"
    assert "seed 7" in item.text
    assert "a server" in item.text


def test_findings_that_differ_in_nothing_but_their_line_stand_together() -> None:
    same = [Finding("suite", "answer", "get_status", "wrong", f"curl {n}", 7) for n in range(3)]
    other = Finding("suite", "slow", "get_status", "slow", "curl slow", 7, "warning")
    page = page_of(run_of(*same, other))
    rules = {next(each.all("b")).text: each for each in page.all("details", "rule")}
    assert [each.text for each in rules["answer"].all("pre")] == ["curl 0", "curl 1", "curl 2"]
    assert "2 more like it" in rules["answer"].text
    assert "open" in rules["answer"].attributes
    (folded,) = page.all("details", "warnings")
    assert not any("open" in each.attributes for each in (folded, *folded.all("details")))
    assert "curl slow" in folded.text


def test_the_page_asks_nothing_of_the_world() -> None:
    page = page_of(run_of())
    for each in page.all():
        assert not {"src", "srcset", "action", "data"} & each.attributes.keys()
        assert (each.attributes.get("href") or "#").startswith("#")
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text
    policies = [each.attributes.get("http-equiv") for each in page.all("meta")]
    assert "Content-Security-Policy" in policies
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    links = {each.attributes["href"] for each in page.all("a")}
    assert links <= {f"#{name}" for name in ids}


def test_text_is_escaped_unless_it_was_made_as_markup() -> None:
    bold = element("b", "<&>")
    assert element("p", bold, "<i>", title='"', open=False) == (
        '<p title="&quot;"><b>&lt;&amp;&gt;</b>&lt;i&gt;</p>'
    )
    assert not isinstance(bold + "<i>", Html)


def test_no_part_of_the_key_is_kept_even_where_a_message_broke_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = "id-of-key:half/of a secret"
    said = f"{key}, half/of a secret, half%2Fof%20a%20secret, id-of-key, id, {key[:18]}"
    found = Finding("suite", "answer", "get_status", said, f"curl {key}")
    monkeypatch.setattr(suite, "run", lambda *_, **__: [found])
    (kept,) = layer_run("suite", Target("http://127.0.0.1:1", key), CONTRACT, 1).findings
    assert kept.message == "$API_KEY, $API_KEY, $API_KEY, $API_KEY, id, $API_KEY:$API_KEY"
    assert kept.curl == "curl $API_KEY"


KILLS = [
    {"name": "a-fault", "group": "auth", "killed_by": "suite", "of": {"a": "later version"}},
    {"name": "alive", "group": "auth", "why": "<it> lives", "killed_by": None},
    {"name": "equal", "group": "auth", "excused": True},
    {"name": "untried", "group": "auth", "skipped": "its operation has no body"},
    {
        "name": "twice",
        "group": "time",
        "killed_by": "suite",
        "killed_by_all": ["suite", "semantics"],
    },
]


def test_the_kill_table_counts_what_can_be_observed_and_names_survivors() -> None:
    page = page_of(run_of(), kills=Kills.read(KILLS))
    rows = {next(each.all("th")).text: each.text for each in page.all("tr", "part")}
    assert "1 of 2 50%suite" in rows["auth"]
    assert "2 of 3 67%suite, semantics" in rows["all"]
    (survivors,) = page.all("ul", "survivors")
    assert [each.text for each in survivors.all("li")] == ["alive (auth): <it> lives"]


@pytest.mark.parametrize("words", ["{", "[]", '{"mutants": []}'])
def test_a_file_that_is_no_kill_table_costs_no_run(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, page = tmp_path / "kills.json", tmp_path / "page.html"
    file.write_text(words, encoding="utf-8")
    page.write_text("green, an hour ago", encoding="utf-8")
    assert main(["--kill-table", str(file), "--html", str(page)]) == 2
    assert f"not testable: {file} is no kill table" in capsys.readouterr().err
    (verdict,) = Tree(page.read_text("utf-8")).root.all("h1", "verdict")
    assert "Not testable: " in verdict.text
    assert "red" in verdict.classes


def test_drift_is_in_step_or_told_line_by_line() -> None:
    drifted = Drift(("openapi.yaml:3: $.info: committed 'a<b'",))
    for drift, words in ((Drift(), "In step: "), (drifted, "committed 'a<b'")):
        page = Tree(text([run_of()], CONTRACT, OCCASION, None, drift)).root
        (section,) = (
            each for each in page.all("section") if each.attributes["aria-labelledby"] == "drift"
        )
        assert words in section.text


def test_the_command_writes_the_page_without_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, table = tmp_path / "page.html", tmp_path / "kills.json"
    table.write_text(json.dumps(KILLS), encoding="utf-8")
    with Sandbox(
        unrouted="404", foreign_images="invent", key="id-of-key:half/of a secret"
    ) as server:
        monkeypatch.setenv("API_KEY", server.key)
        echo = Fault.fields(status=f"<script>{server.key} half/of a secret id-of-key")
        server.faults.add("cancel_request", echo, times=2)
        url = ["--base-url", server.base_url, "--layers", "suite"]
        assert main([*url, "--html", str(file), "--kill-table", str(table)]) == 1
        page = file.read_text("utf-8")
        secrets = ["half/of a secret", "half%2Fof", "id-of-key"]
    assert not [secret for secret in secrets if secret in page]
    root = Tree(page).root
    assert list(root.all("script")) == []
    assert "<script>$API_KEY" in root.text
    (verdict,) = root.all("h1", "verdict")
    assert verdict.text.startswith("Red: ")
    facts = {
        next(each.all("dt")).text: next(each.all("dd")).text
        for each in root.all("div")
        if list(each.all("dt"))
    }
    assert OCCASION.contract == facts["contract"]
    assert f"--base-url {server.base_url} --layers suite --seed 1" in facts["repeat"]
    assert facts["sources"] == "in step"
    assert len(list(root.all("table", "bars"))) == 1
