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
        ({"servers": "[{url: 'https://a.example'}, {other: []}]"}, "a server without url"),
        ({"path": "/v1/chat/completions"}, "this is no queue endpoint"),
        ({"path": "/fal-ai/x'\"y"}, "this is no queue endpoint"),
        ({"prompt": "{type: string, type: integer}"}, 'duplicate key "type"'),
    ],
    ids=[
        "server without url",
        "foreign path",
        "path with quotes",
        "duplicate key",
    ],
)
def test_what_no_rule_brings_back_is_refused(
    make_block: MakeBlock, parts: dict[str, str], says: str
) -> None:
    with pytest.raises(SpecError) as refusal:
        normalise(make_block(**parts))
    assert says in refusal.value.what


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("{type: int}", {"type": "integer"}, "type 'int' read as integer"),
        ("{type: file}", {}, "type 'file' read as any value"),
        ("{type: array}", {"type": "array", "items": {}}, "does not say of what"),
        ("{type: string, description: }", {"type": "string"}, "description has been emptied"),
        ("{type: string, deprecated: f-x}", {"type": "string"}, "neither true nor false but 'f-x'"),
        ("{type: string, x-apifox-name: 'x-apifox-name: y'}", {"type": "string"}, "doubled"),
        ("{type: string, pattern: '^[a'}", {"type": "string"}, "is no regular expression"),
        ("{type: string, format: date-time}", {"type": "string"}, "the text is taken as it is"),
        ("{type: string, format: uri}", {"type": "string", "format": "uri"}, ""),
        ("{type: integer, default: 2.0}", {"type": "integer", "default": 2}, "2.0 of an integer"),
        ("{type: string, default: 2020-01-01}", {"type": "string", "default": "2020-01-01"}, ""),
    ],
)
def test_what_is_damaged_is_read_for_what_it_was_and_told(
    make_block: MakeBlock, before: str, after: object, says: str
) -> None:
    document, notes = normalise(make_block(prompt=before))
    assert at(document, *PROMPT) == after
    assert says in " ".join(note.what for note in notes)


ENUMS: dict[str, tuple[str, object, str]] = {
    "as it stands": ("{type: string, enum: [a, b]}", {"type": "string", "enum": ["a", "b"]}, ""),
    "numbers for texts": (
        "{type: string, enum: [5, 10s, 5]}",
        {"type": "string", "enum": ["5", "10s"]},
        "5 in the enum of a string: read as '5'",
    ),
    "texts for numbers": (
        "{type: integer, enum: ['4', x, 8]}",
        {"type": "integer", "enum": [4, 8]},
        "'x' is no integer: dropped",
    ),
    "nothing of its type": ("{type: integer, enum: [x]}", {"type": "integer"}, "is no integer"),
    "null in a text": (
        "{type: string, enum: [a, null]}",
        {"type": "string", "enum": ["a"]},
        "null is no string",
    ),
    "null where it is allowed": (
        "{type: [string, 'null'], enum: [a, null]}",
        {"oneOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]},
        "nullable",
    ),
    "several types": (
        "{enum: [a, 1, true]}",
        {
            "oneOf": [
                {"type": "string", "enum": ["a"]},
                {"type": "integer", "enum": [1]},
                {"type": "boolean"},
            ],
            "description": "One of a, 1, True.",
        },
        "a choice",
    ),
    "numbers with a point": (
        "{type: number, enum: [0.5, 1], description: How much.}",
        {"type": "number", "description": "How much. One of 0.5, 1."},
        "in words",
    ),
    "both truth values": ("{type: boolean, enum: [true, false]}", {"type": "boolean"}, ""),
    "no type": ("{enum: [a]}", {"type": "string", "enum": ["a"]}, ""),
    "objects": ("{enum: [{a: 1}]}", {"description": "One of {'a': 1}."}, "in words"),
}


@pytest.mark.parametrize(("before", "after", "says"), ENUMS.values(), ids=ENUMS)
def test_an_enum_has_values_of_its_type(
    make_block: MakeBlock, before: str, after: object, says: str
) -> None:
    document, notes = normalise(make_block(prompt=before))
    assert at(document, *PROMPT) == after
    assert says in " ".join(note.what for note in notes)


def test_a_pages_own_schemas_are_named_after_its_endpoint(make_block: MakeBlock) -> None:
    schemas = (
        "{LoRA 权重: {type: object, properties: {next: {$ref: '#/components/schemas/output'}}},"
        " output: {type: string}, 图: {type: integer}, Unused: {type: string}}"
    )
    written = "#/components/schemas/LoRA%20%E6%9D%83%E9%87%8D"
    arms = "[{$ref: '%s'}, {$ref: '#/components/schemas/图'}]"
    document, _ = normalise(make_block(prompt=f"{{oneOf: {arms % written}}}", schemas=schemas))
    named = branch(document, "components", "schemas")
    output = "SomeAppDrawOutput2"  # the first one is the endpoint's own
    assert set(named) == {"SomeAppDrawLoRA", output, "SomeAppDrawPart", "SomeAppDrawInput"}
    assert at(document, *PROMPT, "oneOf", 0, "$ref") == "#/components/schemas/SomeAppDrawLoRA"
    reference = at(named, "SomeAppDrawLoRA", "properties", "next", "$ref")
    assert reference == f"#/components/schemas/{output}"


def test_the_schema_that_the_body_refers_to_becomes_the_input(make_block: MakeBlock) -> None:
    block = make_block(schemas="{Request: {type: object, properties: {a: {type: string}}}}")
    start, end = block.text.index("schema:\n"), block.text.index("      responses:")
    body = "schema: {$ref: '#/components/schemas/Request'}\n"
    document, _ = normalise(Block("x", block.text[:start] + body + block.text[end:], 1))
    assert at(document, *PROMPT[:-1]) == {"a": {"type": "string"}}


def test_a_lost_property_comes_back_in_its_place_for_any_value(make_block: MakeBlock) -> None:
    document, notes = normalise(make_block(orders="seed, prompt"))
    properties = branch(document, *PROMPT[:-1])
    assert list(properties) == ["seed", "prompt"]
    assert at(properties, "seed", "x-evidence", 0, "source") == "vendor-page"
    assert "x-apifox-orders names it" in notes[0].what
    assert notes[0].place[-1] == "seed"


def test_a_swallowed_security_block_comes_back(make_block: MakeBlock) -> None:
    servers = "[{url: 'https://a.example'}, {bearer: []}]"
    document, notes = normalise(make_block(servers=servers))
    assert at(document, "servers") == [{"url": "https://a.example"}]
    assert at(document, "security", 0) == {"bearer": []}
    assert "restored" in notes[0].what


@pytest.mark.parametrize("path", ["/BASE_URL/fal-ai/some-app/draw", "/fal-ai/some-app/draw/"])
def test_a_path_is_read_from_its_owner_on(make_block: MakeBlock, path: str) -> None:
    document, notes = normalise(make_block(path=path))
    assert list(branch(document, "paths")) == [DRAW[1]]
    assert notes[0].what == f"path {path} read as {DRAW[1]}"


@pytest.mark.parametrize(
    ("first", "kept"),
    [("{}", "integer"), ("{properties: {a: {type: string}, b: {}, c: {}}}", "string")],
    ids=["first is empty", "first says more"],
)
def test_the_exporters_second_answer_is_folded_into_the_first(first: str, kept: str) -> None:
    media = "content: {application/json: {schema: "
    one = f"'200': {{description: d, {media}{first}}}}}}}"
    two = f"'x-200:OK': {{{media}{{properties: {{a: {{type: integer}}}}}}}}}}}}"
    block = Block("p.md", f"paths: {{/fal-ai/x: {{get: {{responses: {{{one}, {two}}}}}}}}}", 1)
    document, notes = normalise(block)
    answers = branch(document, "paths", "/fal-ai/x", "get", "responses")
    assert list(answers) == ["200"]
    place = ("200", "content", "application/json", "schema", "properties", "a", "type")
    assert at(answers, *place) == kept
    assert notes[0].place[-1] == "x-200:OK"


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
    first = normalise(make_block())[0]
    second = normalise(make_block(path="/fal-ai/other", servers="[{url: 'https://b'}]"))[0]
    merged = merge([("a.md", first), ("b.md", second)])
    assert list(branch(merged, "paths")) == ["/fal-ai/some-app/draw", "/fal-ai/other"]
    assert list(branch(merged, "components", "securitySchemes")) == ["bearer"]
    assert at(merged, "servers", 1, "url") == "https://b"


def test_two_pages_that_contradict_each_other_are_refused(make_block: MakeBlock) -> None:
    first = normalise(make_block())[0]
    second = normalise(make_block(prompt="type: integer"))[0]
    with pytest.raises(SpecError) as refusal:
        merge([("a.md", first), ("b.md", second)])
    assert "a.md gives the same name another shape" in refusal.value.what
