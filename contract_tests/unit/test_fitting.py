"""A place that does not fit is found, and named by the pointer that leads to it."""

from __future__ import annotations

import pytest

from chainhub_fal._fitting import Misfit, misfit

PICTURE = {
    "type": "object",
    "required": ["url"],
    "properties": {"url": {"type": "string"}, "width": {"type": ["integer", "null"]}},
}
SCHEMA = {
    "type": "object",
    "required": ["images"],
    "properties": {
        "images": {"type": "array", "items": PICTURE},
        "size": {"oneOf": [{"enum": ["small", "large"]}, PICTURE]},
        "a/b~c": {"allOf": [{"type": "number"}]},
        "state": {"type": "string", "enum": ["on", "off"]},
    },
    "additionalProperties": {"type": ["array", "object"]},
}
URL = "https://x.example/a.png"


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ([], ""),
        ({}, "/images"),
        ({"images": "no"}, "/images"),
        ({"images": [{"url": URL}, {"width": 3}]}, "/images/1/url"),
        ({"images": [{"url": URL, "width": "3"}]}, "/images/0/width"),
        ({"images": [{"url": URL, "width": True}]}, "/images/0/width"),
        ({"images": [], "size": "huge"}, "/size"),
        ({"images": [], "size": {"url": 5}}, "/size/url"),
        ({"images": [], "a/b~c": "x"}, "/a~1b~0c"),
        ({"images": [], "state": "between"}, "/state"),
        ({"images": [], "novelty": None}, "/novelty"),
    ],
)
def test_the_place_is_named(value: object, pointer: str) -> None:
    found = misfit(value, SCHEMA)
    assert found is not None
    assert found.pointer == pointer
    assert found.words


@pytest.mark.parametrize(
    "value",
    [
        {"images": [], "novelty": [1]},
        {"images": [{"url": "", "width": None}]},
        {"images": [{"url": URL, "width": 512.0}], "state": "on"},
        {"images": [], "size": "small"},
        {"images": [], "size": {"url": URL, "more": 1}},
    ],
)
def test_what_a_reader_can_use_fits(value: object) -> None:
    assert misfit(value, SCHEMA) is None


def test_it_says_what_came_and_what_belongs_there() -> None:
    assert misfit({"images": 1.5}, SCHEMA) == Misfit("/images", "number where array belongs")
