"""What a server repeats of the inputs is taken out of its words, and nothing else is."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal import _masking, errors
from chainhub_fal._log import word
from chainhub_fal._masking import MASK, WINDOW, Mask

SCHEMA = {
    "properties": {"size": {"enum": ["landscape_4_3"], "x-aliases": {"4:3": "landscape_4_3"}}}
}
PROMPT = "a Canary that sings\nof the customer's secret plans"


def mask(**inputs: Any) -> Mask:
    return Mask(inputs, SCHEMA, {"image": ("png",)})


@pytest.mark.parametrize(
    ("inputs", "text", "shown"),
    [
        ({"prompt": PROMPT}, f"blocked: {PROMPT}!", "blocked: [input]!"),
        ({"prompt": PROMPT}, f"blocked: {PROMPT.upper()}", "blocked: [input]"),
        ({"prompt": PROMPT}, "blocked: a Canary that s…", "blocked: [input]…"),
        ({"nested": [{"deep": PROMPT}]}, f"<{PROMPT}>", "<[input]>"),
        ({"size": "landscape_4_3"}, "landscape_4_3 is too large", "landscape_4_3 is too large"),
        ({"word": "moonlit"}, "no moonlit scenes", "no [input] scenes"),
        ({"word": "no"}, "no moonlit scenes", "no moonlit scenes"),
        ({"image": "https://a.test/x?sig=1234"}, "get https://a.test/x?sig=1234", "get [input]"),
        ({"image": "/home/ann/cat.jpg"}, "no '/home/ann/cat.jpg'", "no '[input]/cat.jpg'"),
        ({"image": "pets/cat.jpg"}, "no 'pets/cat.jpg'", "no 'pets/cat.jpg'"),
        ({}, base64.b64encode(bytes(60)).decode(), "[80 characters]"),
        ({}, "a" * 64, "a" * 64),
    ],
)
def test_inputs_are_masked_and_the_rest_stays(
    inputs: dict[str, Any], text: str, shown: str
) -> None:
    assert mask(**inputs).text(text) == shown


def test_every_part_of_an_error_and_the_file_it_came_from_are_masked() -> None:
    fields = (errors.FieldProblem("prompt", f"not {PROMPT}", PROMPT),)
    error = errors.JobFailedError(f"failed: {PROMPT}", code=PROMPT, fields=fields, hint=PROMPT)
    error.__cause__ = FileNotFoundError(2, "No such file", "/home/ann/cat.jpg")
    mask(prompt=PROMPT).error(error)
    assert (error.problem, error.code, error.hint) == (f"failed: {MASK}", MASK, MASK)
    assert error.fields == (errors.FieldProblem("prompt", f"not {MASK}", MASK),)
    assert "Canary" not in repr(vars(error)) + repr(error)
    assert str(error.__cause__) == "[Errno 2] No such file: 'cat.jpg'"


@given(prompt=st.text(min_size=WINDOW), before=st.text(max_size=40), after=st.text(max_size=40))
def test_no_window_of_an_input_is_ever_left(prompt: str, before: str, after: str) -> None:
    shown = mask(prompt=prompt).text(before + prompt + after)
    assert prompt not in shown.replace(MASK, "\0")


@pytest.mark.parametrize(
    ("text", "shown"),
    [("IN_QUEUE", "IN_QUEUE"), ("a b", "(3 characters)"), ("x\ny", "(3 characters)"), ("é" * 9, "(9 characters)")],
)  # fmt: skip
def test_only_a_word_of_a_servers_is_logged_as_it_is(text: str, shown: str) -> None:
    assert word(text) == shown


def test_schemas_without_end_are_not_remembered_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_masking, "_known", {})
    monkeypatch.setattr(_masking, "_MOST_KNOWN", 2)
    for number in range(5):
        mask = Mask({"size": f"choice {number}"}, {"enum": [f"choice {number}"]}, {})
        assert mask.text(f"choice {number}, my own") == f"choice {number}, my own"
    assert len(_masking._known) <= 2
