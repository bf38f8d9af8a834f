"""The quick reader says what ruamel.yaml says, or says nothing."""

from __future__ import annotations

import random
import textwrap

import pytest

from spec.build import Built
from spec.documents import load, load_quickly, plain
from spec.nodes import JsonMap
from spec.pages import Block, extract
from spec.repair import repair
from spec.sources import Tree

WORDS = (
    "yes", "on", "True", "true", "FALSE", "~", "null", "Null", "", "16:9", "0o17", "017", "0x1F", "1_000",
    "1e3", "1.", ".5", "+1", "-0", ".inf", ".NaN", "2020-01-01", "2020-01-01T00:00:00Z", "=", "a:b", "a#b",
    "'1'", '"yes"', "1.0.0", "0b1", "视频", "-1", "[yes, 1]", "{a: no}", "|-\n  x\n  y", ">-\n  x\n  y", "a\n  b",
)  # fmt: skip
UNSURE = {
    "an alias": "a: &x 1\nb: *x\n",
    "an anchor": "a: &x 1\n",
    "a tag": "a: !!str 1\n",
    "a merge": "a: {<<: {b: 1}}\n",
    "a key twice": "a: 1\na: 2\n",
    "a list as a key": "? [a]\n: 1\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "a directive": "%YAML 1.1\n---\na: yes\n",
    "a tab": "a:\t1\n",
    "a line break of YAML 1.1": "a: b\u2028  c\n",
    "a mark with a comment": "a: >-#\n  b\n",
    "an empty line below a mark": "a: >-\n \n  b\n",
    "no mapping": "- a\n",
    "nothing": "",
    "broken": "a: b: c\n",
    "deep": "a: " + "[" * 200 + "]" * 200 + "\n",
}
DAMAGE = (": ", " #", "- ", "? ", "\n", "  ", '"', "'", "{", "}", "[", "]", ", ", "&a ", "*a", "!x ", "|", ">", "%", "~", "<<", "1_0", "\r", "：")  # noqa: RUF001 # fmt: skip


def slowly(text: str) -> JsonMap:
    found = plain(load(Block("x", text, 1)))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("word", WORDS)
def test_a_word_means_what_it_means_to_the_reader_of_yaml_1_2(word: str) -> None:
    text = f"a: {word}\n{word if word.isalnum() else 'key'}: 1\n"
    found = load_quickly(text)
    assert found is not None
    assert repr(found) == repr(slowly(text))


@pytest.mark.parametrize("text", UNSURE.values(), ids=UNSURE)
def test_what_two_readers_might_see_differently_is_left_to_the_other(text: str) -> None:
    assert load_quickly(text) is None


def test_pages_overlays_and_contract_are_read_alike(tree: Tree, built: Built) -> None:
    pages = [repair(extract(page))[0].text for page in tree.pages()]
    for text in (*pages, *(overlay.text for overlay in tree.overlays()), built.text):
        assert load_quickly(text) == slowly(text)


def test_a_damaged_text_is_read_alike_or_left_to_the_other(tree: Tree) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret; the same texts every time
    sources = [repair(extract(page))[0].text.splitlines(keepends=True) for page in tree.pages()]
    read = 0
    for _ in range(400):
        lines = chance.choice(sources)
        start = chance.randrange(len(lines))
        text = textwrap.dedent("".join(lines[start : start + 12]))
        for _ in range(chance.randint(0, 2)):
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(DAMAGE) + text[at:]
        found = load_quickly(text)
        if found is not None:
            read += 1
            assert repr(found) == repr(slowly(text))
    assert read > 50
