from collections.abc import Callable

import pytest

from spec.errors import SpecError
from spec.merge import merge
from spec.nodes import at, branch
from spec.normalise import normalise
from spec.pages import Block, Page, extract

MakeBlock = Callable[..., Block]
DRAW = ("paths", "/fal-ai/some-app/draw", "post")
PROMPT = ("components", "schemas", "SomeAppDrawInput", "properties", "prompt")


def test_a_page_gets_names_by_rule_and_loses_the_exporters_traces(make_block: MakeBlock) -> None:
    document, notes = normalise(make_block())
    assert at(document, "openapi") == "3.1.0"
    assert at(document, *DRAW, "operationId") == "submit_some_app_draw"
    assert at(document, *DRAW, "summary") == "Submit a job to fal-ai/some-app/draw"
    assert at(document, *DRAW, "requestBody", "required") is True
    assert at(document, *PROMPT) == {"type": "string"}
    assert at(document, *DRAW, "x-evidence", 0, "source") == "vendor-page"
    assert "x-apifox" not in str(document)
    assert [note.what.split(":")[0] for note in notes] == ["empty response schema dropped"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{type: string, nullable: true}", {"type": ["string", "null"]}),
        ("{type: string, nullable: false}", {"type": "string"}),
        ("{type: 'null'}", {"type": "null"}),
        (
            "{type: string, enum: [a], nullable: true, default: a}",
            {"default": "a", "oneOf": [{"type": "string", "enum": ["a"]}, {"type": "null"}]},
        ),
        (
            "{type: integer, minimum: 0, exclusiveMinimum: true}",
            {"type": "integer", "exclusiveMinimum": 0},
        ),
        (
            "{type: integer, minimum: 0, exclusiveMinimum: false}",
            {"type": "integer", "minimum": 0},
        ),
        (
            "{type: object, example: {nullable: true}, default: {x-apifox-name: 1}}",
            {"type": "object", "example": {"nullable": True}, "default": {"x-apifox-name": 1}},
        ),
    ],
)
def test_forms_of_3_0_become_forms_of_3_1_and_data_stay_as_they_are(
    make_block: MakeBlock, before: str, after: object
) -> None:
    document, _ = normalise(make_block(prompt=before))
    assert at(document, *PROMPT) == after


def test_headers_that_openapi_ignores_are_dropped_and_others_kept(make_block: MakeBlock) -> None:
    parameters = "[{name: Accept, in: header}, {name: X-Own, in: header}]"
    document, notes = normalise(make_block(parameters=parameters))
    assert at(document, *DRAW, "parameters") == [{"name": "X-Own", "in": "header"}]
    assert "header parameter Accept dropped" in str(notes[0])


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ({"orders": "prompt, seed"}, "x-apifox-orders lists 'seed'"),
        ({"servers": "[{url: 'https://a.example'}, {bearer: []}]"}, "a server without url"),
        ({"path": "/v1/chat/completions"}, "this is no queue endpoint"),
        ({"path": "/fal-ai/x'\"y"}, "this is no queue endpoint"),
        ({"prompt": "{type: string, type: integer}"}, 'duplicate key "type"'),
    ],
    ids=[
        "lost property",
        "swallowed security",
        "foreign path",
        "path with quotes",
        "duplicate key",
    ],
)
def test_what_a_page_has_lost_is_refused(
    make_block: MakeBlock, parts: dict[str, str], says: str
) -> None:
    with pytest.raises(SpecError) as refusal:
        normalise(make_block(**parts))
    assert says in refusal.value.what


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("# Title\n\nprose\n", "p.md:1", "no ```yaml block"),
        ("# Title\n\n```yaml\na: 1\n", "p.md:3", "has no end"),
    ],
)
def test_a_page_without_a_whole_block_is_refused(text: str, where: str, says: str) -> None:
    with pytest.raises(SpecError) as refusal:
        extract(Page("p.md", text))
    assert refusal.value.where == where
    assert says in refusal.value.what


def test_pages_join_and_shared_components_are_held_once(make_block: MakeBlock) -> None:
    shared = {"schemas": "{Picture: {type: string}}"}
    first = normalise(make_block(**shared))[0]
    second = normalise(make_block(path="/fal-ai/other", servers="[{url: 'https://b'}]", **shared))[
        0
    ]
    merged = merge([("a.md", first), ("b.md", second)])
    assert list(branch(merged, "paths")) == ["/fal-ai/some-app/draw", "/fal-ai/other"]
    assert at(merged, "components", "schemas", "Picture", "type") == "string"
    assert at(merged, "servers", 1, "url") == "https://b"


def test_two_pages_that_contradict_each_other_are_refused(make_block: MakeBlock) -> None:
    first = normalise(make_block())[0]
    second = normalise(make_block(prompt="type: integer"))[0]
    with pytest.raises(SpecError) as refusal:
        merge([("a.md", first), ("b.md", second)])
    assert "a.md gives the same name another shape" in refusal.value.what
