"""The proof of the mutants that the contract makes: each breaks one thing, and only that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.contract import load_contract
from chainhub_fal_sandbox.events import PING, Blocks, data_of, event
from chainhub_fal_sandbox.exchange import Exchange, Route

from ..contract import Contract
from ..events import EVENT_STREAM
from ..harness.findings import Finding
from ..harness.target import Target
from .mechanical import catalogue, mechanical
from .mechanical_plan import ABSENT, ALLOWED, UNREACHED, planned
from .mechanical_spots import Schemas
from .provider_command import main
from .provider_world import LAYERS, World
from .run import Trial

WORLD = World("fal", waiting=True)
HEADERS = {"X-Left": {"required": True, "schema": {"type": "integer", "minimum": 0}}}


def run(target: Target, found: Contract, *_: object, **__: object) -> list[Finding]:
    """Ask for a job that nobody has, which makes this module a layer that looks at one answer."""
    operation = next(each for each in found.operations.values() if each.method == "GET")
    path = operation.template.format(model_name="flux-1", request_id="unknown")
    with target.client() as client:
        sent = client.get(path)
    answer = httpx.Response(sent.status_code, headers=sent.headers, content=sent.content)
    return [
        Finding("looks", "answer", operation.operation_id, problem)
        for problem in operation.answer_problems(answer)
    ]


def contract(schema: Mapping[str, Any], headers: Mapping[str, Any] | None = None) -> Contract:
    """Make a contract of two operations whose 200 has a schema, and whose 503 nobody can provoke."""
    answer = {"description": "", "content": {"application/json": {"schema": schema}}}
    ok = {**answer, "headers": headers or {}}

    def operation(name: str) -> dict[str, Any]:
        return {"operationId": name, "responses": {"200": ok, "503": answer}}

    paths = {"/one": {"get": operation("one")}, "/two": {"get": operation("two")}}
    return Contract.read({"paths": paths, "components": {"schemas": {"Tree": TREE}}})


def answered(value: object, headers: Mapping[str, str] | None = None) -> Answer:
    return Answer.json(200, value, headers)


TREE = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "leaves": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
    },
}
UNION = {"oneOf": [{"type": "object", "required": ["id"]}, {"type": "null"}]}


@pytest.mark.parametrize(
    ("schema", "value", "spot", "broken"),
    [
        ({"type": "integer"}, 7, "type", "7"),
        ({"type": "integer"}, 7, "null", None),
        ({"type": "string", "enum": ["A"]}, "A", "enum", "A_OR_NOT"),
        ({"type": "integer", "minimum": 1}, 5, "minimum", 0),
        ({"type": "integer", "maximum": 9}, 5, "maximum", 10),
        ({"type": "integer", "exclusiveMinimum": 0}, 5, "exclusiveMinimum", 0),
        ({"type": "integer", "multipleOf": 4}, 8, "multipleOf", 5),
        ({"type": "string", "minLength": 2}, "abc", "minLength", "a"),
        ({"type": "string", "maxLength": 2}, "a", "maxLength", "aaa"),
        ({"type": "string", "pattern": "^a"}, "a", "pattern", ""),
        ({"type": "string", "format": "uri"}, "https://a.example", "format", "no such thing"),
        ({"type": "array", "minItems": 1}, [7], "minItems", []),
        ({"type": "array", "maxItems": 2}, [7], "maxItems", [7, 7, 7]),
        ({"type": "array", "uniqueItems": True}, [7], "uniqueItems", [7, 7]),
        ({"type": "array", "items": {"type": "string"}}, ["a", "b"], "type:[]", [7, "b"]),
        ({"type": "object", "minProperties": 1}, {"a": 1}, "minProperties", {}),
        ({"additionalProperties": {"type": "number"}}, {"a": 1}, "type:{}", {"a": "1"}),
        ({"$ref": "#/components/schemas/Tree"}, {"name": "a"}, "required:name", {}),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, 7, "type", "7"),
        ({"properties": {"u": UNION}}, {"u": {"id": 1}}, "required:u.id", {"u": {}}),
    ],
)
def test_each_keyword_is_broken_alone(
    schema: dict[str, Any], value: object, spot: str, broken: object
) -> None:
    mutant = mechanical(contract(schema))[f"mechanical:one:200:{spot}"]
    found = mutant.broken(answered(value))
    assert found is not None
    assert json.loads(found.body) == broken
    assert found.headers == answered(value).headers


def proposed(schema: dict[str, Any], value: object, spot: str) -> list[object]:
    found = Schemas({"components": {}})
    (wanted,) = (each for each in found.spots(schema) if each.words == spot)
    return list(found.broken(schema, value, wanted))


def test_a_keyword_that_cannot_be_broken_alone_is_left() -> None:
    schema = {"type": "string", "minLength": 1, "format": "uri"}
    assert proposed(schema, "https://a.example", "minLength") == []
    assert "no such thing" in proposed(schema, "https://a.example", "format")


def test_a_value_is_broken_by_the_branch_that_it_keeps_and_by_no_other() -> None:
    schema = {"oneOf": [{"required": ["id"]}, {"required": ["name"]}]}
    assert proposed(schema, {"name": 1}, "required:name") == [{}]
    assert proposed(schema, {"name": 1}, "required:id") == []


@pytest.mark.parametrize(
    ("schema", "status", "value", "spot", "reason"),
    [
        ({"properties": {"a": {"type": "string"}}}, 200, {}, "type:a", ABSENT),
        ({"properties": {"u": UNION}}, 200, {"u": {"id": 1}}, "null:u", ALLOWED),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, 200, 7, "type", None),
        ({"type": "string"}, 503, "a", "type", UNREACHED),
    ],
)
def test_what_cannot_be_tried_says_why(
    schema: dict[str, Any], status: int, value: object, spot: str, reason: str | None
) -> None:
    name = f"mechanical:one:{status}:{spot}"
    plan = planned([mechanical(contract(schema))[name]], {WORLD: {"one": [answered(value)]}})
    assert plan.skipped == ({name: reason} if reason else {})
    assert plan.worlds == ({} if reason else {name: WORLD})


def test_a_documented_header_and_the_media_type_are_broken_too() -> None:
    found = mechanical(contract({"type": "string"}, HEADERS))
    good = answered("a", {"x-left": "7"})

    def headers(name: str) -> Mapping[str, str]:
        broken = found[f"mechanical:one:200:{name}"].broken(good)
        assert broken is not None
        assert broken.body == good.body
        return broken.headers

    assert "x-left" not in headers("header:X-Left:required")
    assert headers("header:X-Left:schema")["x-left"] != "7"
    assert headers("media type")["content-type"] not in ("", "application/json")


def test_what_an_event_holds_is_broken_in_each_event_that_has_it() -> None:
    media = {"schema": {"type": "string", "x-event": TREE}}
    answer = {"description": "", "content": {EVENT_STREAM: media}}
    paths = {"/told": {"get": {"operationId": "told", "responses": {"200": answer}}}}
    found = mechanical(Contract.read({"paths": paths, "components": {"schemas": {"Tree": TREE}}}))
    (fault,) = found["mechanical:told:200:type:leaves"].mutant(WORLD).make()
    assert fault.alter is not None
    bare, full = {"name": "a"}, {"name": "a", "leaves": []}

    async def blocks() -> Blocks:
        for block in (event(json.dumps(bare).encode()), PING, event(json.dumps(full).encode())):
            yield block

    async def sent() -> list[bytes]:
        changed = fault.alter(Answer.stream(blocks()), asked("told")) if fault.alter else None
        assert changed is not None
        assert changed.events is not None
        return [block async for block in changed.events]

    first, ping, last = asyncio.run(sent())
    assert json.loads(data_of(first) or b"") == bare
    assert ping == PING
    assert json.loads(data_of(last) or b"") == {"name": "a", "leaves": "a"}
    assert "mechanical:told:200:media type" in found


def test_every_operation_has_its_own_without_a_line_written() -> None:
    found = mechanical(contract({"type": "string"}))
    about = {(each.operation.operation_id, each.status) for each in found.values()}
    assert about == {("one", "200"), ("one", "503"), ("two", "200"), ("two", "503")}
    assert {each.operation.operation_id for each in catalogue().values()} == set(
        Contract.load().operations
    )


def asked(operation: str) -> Exchange:
    """Return an exchange with the endpoint of an operation."""
    endpoint = replace(next(iter(load_contract().endpoints.values())), operation_id=operation)
    return Exchange("POST", "/", "", {}, "", "", route=Route("submit", endpoint))


def test_a_mutant_of_one_endpoint_leaves_the_answers_of_another_alone() -> None:
    found = mechanical(contract({"type": "string"}))["mechanical:one:200:null"]
    (fault,) = found.mutant(WORLD).make()
    assert fault.alter is not None
    assert fault.alter(answered("a"), asked("one")).body == b"null"
    assert fault.alter(answered("a"), asked("two")).body == answered("a").body
    assert fault.alter(Answer.json(503, "a"), asked("one")).body == answered("a").body


def test_the_suite_kills_one_that_the_contract_made() -> None:
    name = next(name for name in catalogue() if name.endswith(":404:required:status"))
    (verdict,) = Trial({"suite": LAYERS["suite"]}, worlds={name: World()})(name)
    assert (verdict.state, verdict.rule) == ("killed", "answer")


def test_a_run_tries_what_can_be_tried_and_counts_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(LAYERS, "suite", __name__)
    operation = next(it for it in Contract.load().operations.values() if it.method == "GET")
    about = f"mechanical:{operation.operation_id}"
    file, page = tmp_path / "found.json", tmp_path / "table.md"
    wanted = ["--only", f"{about}:404:required:*", "--only", f"{about}:429:media type"]
    written = ["--json", str(file), "--markdown", str(page)]
    assert main([*wanted, "--only", "submit-500", "--layers", "suite", *written]) == 1
    assert "0 of 1 (0.0%) faults by name killed" in capsys.readouterr().err
    fates = {
        each["name"]: (each["killed_by"], each["skipped"]) for each in json.loads(file.read_text())
    }
    assert fates["submit-500"] == (None, "")
    assert fates[f"{about}:404:required:status"] == ("suite", "")
    assert fates[f"{about}:404:required:code"] == (None, ABSENT)
    assert fates[f"{about}:429:media type"] == (None, UNREACHED)
    assert "- **submit-500** (status): " in page.read_text()
