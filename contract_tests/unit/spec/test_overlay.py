import pytest

from spec.documents import load
from spec.errors import SpecError
from spec.nodes import JsonMap, at
from spec.overlay import Overlay, apply
from spec.pages import Block

DOCUMENT = """
info: {title: t}
paths:
  /a: {post: {responses: {'200': {description: d, content: {j: {example: {url: old}}}}}}}
  /b: {post: {responses: {'200': {description: d}}}}
components:
  schemas:
    A: {type: object, properties: {size: {type: string, enum: [s]}}}
  responses: {}
"""
WHY = "x-evidence: {source: upstream, note: because}"
MARK = [{"source": "upstream", "note": "because"}]


def applied(*actions: str) -> JsonMap:
    document = load(Block("document.yaml", DOCUMENT, 1))
    entries = "".join(f"  - {{{action}}}\n" for action in actions)
    apply(document, Overlay("own.yaml", f"overlay: 1.0.0\nactions:\n{entries}"))
    return document


def test_an_update_merges_objects_joins_lists_and_replaces_values() -> None:
    place = ("components", "schemas", "A", "properties", "size")
    document = applied(
        f"target: $.components.schemas.A.properties.size, update: {{enum: [m], type: x}}, {WHY}"
    )
    assert at(document, *place) == {"type": "x", "enum": ["s", "m"], "x-evidence": MARK}


def test_a_remove_takes_the_node_and_leaves_its_evidence() -> None:
    document = applied(f"target: $.components.schemas.A.properties.size, remove: true, {WHY}")
    assert at(document, "components", "schemas", "A") == {
        "type": "object",
        "properties": {},
        "x-evidence": MARK,
    }


def test_what_goes_to_several_places_is_not_shared() -> None:
    document = applied(f"target: '$.paths.*.post', update: {{x-new: {{n: [1]}}}}, {WHY}")
    first = at(document, "paths", "/a", "post", "x-new", "n")
    second = at(document, "paths", "/b", "post", "x-new", "n")
    assert first == second == [1]
    assert first is not second


@pytest.mark.parametrize(
    ("action", "carrier"),
    [
        ("target: $.info, update: {title: new}", ("info",)),
        (
            "target: $.components.schemas, update: {B: {type: string}}",
            ("components", "schemas", "B"),
        ),
        (
            "target: $.components, update: {responses: {R: {description: d}}}",
            ("components", "responses", "R"),
        ),
        (
            "target: '$.paths[\"/b\"].post', update: {responses: {'400': {$ref: '#/x'}}}",
            ("paths", "/b", "post"),
        ),
        (
            'target: \'$.paths["/a"].post.responses["200"].content.j.example\', update: {n: {m: 1}}',
            ("paths", "/a", "post", "responses", "200", "content", "j"),
        ),
        (
            "target: $.components.schemas.A, update: {items: {type: string}}",
            ("components", "schemas", "A"),
        ),
    ],
    ids=["object", "named entry", "new entry", "reference", "example data", "schema keyword"],
)
def test_evidence_lands_on_the_object_that_may_carry_it_and_nowhere_else(
    action: str, carrier: tuple[str, ...]
) -> None:
    document = applied(f"{action}, {WHY}")
    assert at(document, *carrier, "x-evidence") == MARK
    assert str(document).count("because") == 1


@pytest.mark.parametrize(
    ("action", "says"),
    [
        (f"target: $.components.schemas.Gone, remove: true, {WHY}", "matches nothing"),
        (f"target: '$.components[', remove: true, {WHY}", "no JSONPath"),
        ("target: $.info, update: {title: new}", "x-evidence must be"),
        (
            "target: $.info, update: {}, x-evidence: {source: rumour, note: n}",
            "x-evidence must be",
        ),
        (f"target: $.info, remove: 'true', {WHY}", "updates or removes"),
        (f"target: $.info, update: {{}}, copy: $.paths, {WHY}", "unknown keys copy"),
    ],
    ids=["dead target", "no path", "no evidence", "unknown source", "remove 'true'", "unknown key"],
)
def test_an_action_that_cannot_count_is_refused_by_file_and_number(action: str, says: str) -> None:
    with pytest.raises(SpecError) as refusal:
        applied(f"target: $.info, update: {{title: first}}, {WHY}", action)
    assert refusal.value.where.startswith("own.yaml: actions[1] $.")
    assert says in refusal.value.what
