import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.documents import dump, load
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
    ("text", "place"),
    [
        ("a: 1\ntags: [x\nb: 2\n", "page.md:9:2"),
        ("a: first line\n  Default: 4\n", "page.md:8:10"),
        ("a: first line\n  Second part: 4\n", "page.md:8:14"),
        ("a: 'x' y: z\n", "page.md:7:8"),
        ("a:\n\tb: 1\n", "page.md:8:1"),
        ("a: 1\nb: \x07\n", "page.md:8:4"),
    ],
    ids=[
        "open list",
        "continued, one word",
        "continued",
        "quoted already",
        "tab",
        "control character",
    ],
)
def test_what_no_rule_covers_is_refused_with_line_and_column(text: str, place: str) -> None:
    with pytest.raises(SpecError) as refusal:
        repair(block(text))
    assert refusal.value.where == place
    assert "no rule repairs it" in refusal.value.what
