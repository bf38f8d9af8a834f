import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.documents import dump, load, plain
from spec.errors import SpecError
from spec.nodes import Json
from spec.pages import Block
from spec.repair import repair

WORDS = st.text("abcXYZ 0123456789,.()-_'\"!?[]{}|>&*%", min_size=1, max_size=12)
PROSE = st.lists(WORDS, min_size=2, max_size=4).map(lambda words: "T" + ": ".join(words).strip())
LEAVES = st.none() | st.booleans() | st.integers() | st.text("ab: #'\"-\n|>{[", max_size=12)
KEYS = st.text("abcdef", min_size=1, max_size=4)
DOCUMENTS = st.dictionaries(
    KEYS,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


def block(text: str) -> Block:
    return Block("page.md", text, 7)


def described(values: list[str]) -> str:
    fields = (
        f"  field{i}:\n    type: string\n    description: {v}\n" for i, v in enumerate(values)
    )
    return "properties:\n" + "".join(fields) + "required:\n  - field0\n"


@settings(max_examples=60, deadline=None)
@given(DOCUMENTS)
def test_a_block_that_parses_comes_back_byte_for_byte(document: dict[str, Json]) -> None:
    original = block(dump(document))
    assert repair(original) == (original, [])


@settings(max_examples=60, deadline=None)
@given(st.lists(PROSE, min_size=1, max_size=4))
def test_a_page_broken_by_prose_repairs_to_its_correct_twin(values: list[str]) -> None:
    quoted = ["'" + value.replace("'", "''") + "'" for value in values]
    repaired, edits = repair(block(described(values)))
    assert load(repaired) == load(block(described(quoted)))
    assert [edit.line for edit in edits] == [10 + 3 * index for index in range(len(values))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(PROSE, min_size=1, max_size=3), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "- "]),
)
def test_text_that_goes_on_over_lines_repairs_to_its_correct_twin(
    texts: list[list[str]], end: str, dash: str
) -> None:
    def page(form: str, lines_of: Callable[[str], str]) -> str:
        deeper = f"\n{' ' * len(dash)}    "
        bodies = (deeper.join(map(lines_of, lines)) for lines in texts)
        entries = (f"{dash}k{i}: {form.format(body)}\n" for i, body in enumerate(bodies))
        return "top:\n" + "".join(f"  {entry}" for entry in entries) + "last: 1\n"

    twin = page("'{}'", lambda line: line.replace("'", "''"))
    broken = page("{}", str).replace("\n", end)
    assert plain(load(repair(block(broken))[0])) == plain(load(block(twin)))


def test_a_bomb_of_aliases_and_a_page_of_faults_are_refused_in_good_time() -> None:
    rows = [f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in itertools.pairwise("abcdefghijk")]
    with pytest.raises(SpecError, match="aliases stand for more than"):
        repair(block("a: &a [x]\n" + "\n".join(rows) + "\n"))
    with pytest.raises(SpecError, match="lines before this one had to be repaired"):
        repair(block("".join(f"k{i}: {'x' * 200}: y\n" for i in range(200))))


LOST = """
properties:
  stream:
    type: boolean
    description: first
    type: string
    description: second
  last: {type: integer}
x-apifox-orders: [stream, stop, last]
"""


def test_the_name_of_a_property_that_was_lost_within_another_is_put_back() -> None:
    repaired, (edit,) = repair(block(LOST))
    assert load(repaired)["properties"] == {
        "stream": {"type": "boolean", "description": "first"},
        "stop": {"type": "string", "description": "second"},
        "last": {"type": "integer"},
    }
    assert (edit.line, edit.old, edit.new) == (12, "", "  stop:")


@pytest.mark.parametrize(
    "orders", ["[stream, last]", "[stream, stop, pause, last]", "[stream, last, stop]"]
)
def test_a_key_given_twice_is_refused_where_nothing_says_whose_it_is(orders: str) -> None:
    with pytest.raises(SpecError) as refusal:
        repair(block(LOST.replace("[stream, stop, last]", orders)))
    assert (refusal.value.where, refusal.value.what) == ("page.md:12:5", 'duplicate key "type"')


def test_only_the_rejected_line_is_edited_and_the_edit_is_logged() -> None:
    text = "a: plain text\r\nb: Default: 4\r\n# c: d: e\r\n"
    repaired, (edit,) = repair(block(text))
    assert repaired.text == "a: plain text\r\nb: 'Default: 4'\r\n# c: d: e\r\n"
    assert (edit.page, edit.line, edit.old, edit.new) == (
        "page.md",
        8,
        "b: Default: 4",
        "b: 'Default: 4'",
    )


def test_of_two_block_indicators_the_last_is_kept() -> None:
    repaired, (edit,) = repair(block("description: |>-\n  two\n  lines\n"))
    assert load(repaired) == {"description": "two lines"}
    assert edit.new == "description: >-"


@pytest.mark.parametrize(
    "text",
    [
        '"auto" lets the model decide: or not',
        "'auto' or: none",
        "[Required] what to draw",
        "[a, b]: one of them",
        "{width}x{height}",
        "*bold* words",
        "`code` and more",
        "@name",
        "%, of the size",
        "| a: b",
        "> 4: more",
        "- one: two",
        ", and: more",
        "? what: that",
    ],
)
@pytest.mark.parametrize("key", ["description", "- summary"])
def test_a_text_may_begin_with_a_mark_of_yamls_own_where_only_text_can_stand(
    text: str, key: str
) -> None:
    source = f"top:\n  {key}: {text}\nlast: 1\n"
    repaired, (edit,) = repair(block(source))
    quoted = text.replace("'", "''")
    assert repaired.text == source.replace(text, f"'{quoted}'")
    assert edit.line == 8
    with pytest.raises(SpecError):
        repair(block(source.replace("description", "default").replace("summary", "default")))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("description: [a\n  b: c\n", "page.md:8:4"),
        ("description: 'a' b\n  c\n", "page.md:7:18"),
        ("a: 1\ntags: [x\nb: 2\n", "page.md:9:2"),
        ("a: first line\n  # b: c\n  Default: 4\n", "page.md:9:3"),
        ("a: 'first' line\n  Second part: 4\n", "page.md:7:12"),
        ("a: " + "[" * 101 + "\n", "page.md:7:104"),
        ("a: &a [*a]\n", "page.md:7:4"),
        ("a: {b: 1, b: 2}\n", "page.md:7:11"),
        ("a: 'x' y: z\n", "page.md:7:8"),
        ("a:\n\tb: 1\n", "page.md:8:1"),
        ("a: 1\nb: \x07\n", "page.md:8:4"),
    ],
    ids=[
        "open list in a text",
        "quoted text that ends within",
        "open list",
        "comment within",
        "quoted text that goes on",
        "too deep",
        "holds itself",
        "key given twice",
        "quoted already",
        "tab",
        "control character",
    ],
)
def test_what_no_rule_covers_is_refused_with_line_and_column(text: str, place: str) -> None:
    with pytest.raises(SpecError) as refusal:
        repair(block(text))
    assert refusal.value.where == place
    assert refusal.value.what
