# ruff: noqa: RUF001 - Chinese prose has Chinese punctuation
from collections.abc import Iterable

import pytest

from spec.importing.enums import enum
from spec.importing.field import Field, fields
from spec.importing.judging import judged
from spec.importing.proposals import Confidence, Proposal
from spec.importing.sizes import sizes
from spec.nodes import Json, JsonMap

CERTAIN, LIKELY, QUESTION = Confidence.CERTAIN, Confidence.LIKELY, Confidence.QUESTION
ROOT = ("components", "schemas", "In")
SHARED: JsonMap = {
    "ImageSizePreset": {"enum": ["landscape_4_3", "portrait_4_3"]},
    "ImageSize": {"type": "object"},
}


def of(properties: JsonMap, example: JsonMap | None = None) -> list[Field]:
    return [*fields({"properties": properties}, ROOT, () if example is None else (example,))]


def one(name: str, kind: str, prose: str, example: Json = None, **more: Json) -> list[Proposal]:
    given: JsonMap | None = None if example is None else {name: example}
    return judged(of({name: {"type": kind, "description": prose, **more}}, given))


def told(found: Iterable[Proposal]) -> list[tuple[str, Confidence]]:
    return [(proposal.what, proposal.confidence) for proposal in found]


SURE: dict[str, tuple[str, str, str, Json, list[tuple[JsonMap, Confidence]]]] = {
    "confirmed by the example": (
        "steps",
        "integer",
        "Default: 4. Range: 1-12",
        4,
        [({"default": 4}, CERTAIN), ({"minimum": 1, "maximum": 12}, CERTAIN)],
    ),
    "without an example": ("steps", "integer", "Default: 4.", None, [({"default": 4}, LIKELY)]),
    "a range without a label": (
        "num_images",
        "integer",
        "Number of images: 1-6",
        1,
        [({"minimum": 1, "maximum": 6}, LIKELY)],
    ),
    "chinese": (
        "scale",
        "number",
        "默认值：3.5，范围：1-20",
        3.5,
        [({"default": 3.5}, CERTAIN), ({"minimum": 1, "maximum": 20}, CERTAIN)],
    ),
    "text that looks like a number": (
        "tolerance",
        "string",
        'Default value: "2"',
        "2",
        [({"default": "2"}, CERTAIN)],
    ),
    "a choice": (
        "level",
        "string",
        "Options: low, high",
        "high",
        [({"enum": ["low", "high"]}, CERTAIN)],
    ),
    "ratios where ratios belong": (
        "aspect_ratio",
        "string",
        "Range [16:9, 1:1]",
        "1:1",
        [({"enum": ["16:9", "1:1"], "x-enum-varnames": ["VALUE_16_9", "VALUE_1_1"]}, LIKELY)],
    ),
    "a file": (
        "image_url",
        "string",
        "It accepts the following file types: jpg, PNG",
        "https://x.example/a.png",
        [({"minLength": 1, "format": "uri", "x-file-types": ["jpg", "png"]}, CERTAIN)],
    ),
    "a lone bound": ("n", "integer", "Maximum: 4", 1, [({"maximum": 4}, LIKELY)]),
}
DUBIOUS: dict[str, tuple[str, str, str, Json, str]] = {
    "default outside its list": ("f", "string", 'Default: "a" Options: b, c', "b", "own list"),
    "default outside its range": ("f", "integer", "Default: 9. Range: 1-4", 2, "own range"),
    "default of another type": ("f", "integer", "Default: auto", None, "is no integer"),
    "default as a value": ("f", "string", "Default: default", None, "is no value"),
    "two defaults": ("f", "integer", "Default: 1. Default: 2.", None, "several defaults"),
    "a list with the word default": ("f", "string", "Options: default, x", "x", "is no value"),
    "a list of one": ("f", "string", "Supported verses: 21:9", None, "list of one"),
    "values of several words": ("f", "string", "Options: square pro, x", "x", "several words"),
    "values that differ in case": ("f", "string", "Options: PNG, png", "png", "in case"),
    "ratios for a size": ("image_size", "string", "Range (3:4, 4:3)", None, "preset"),
    "a list for a list": ("f", "array", "Options: a, b", None, "its items"),
    "a range for a text": ("f", "string", "Range: 1-4", None, "range of numbers for string"),
    "a fraction for an integer": ("f", "integer", "Range: 0.5-4", None, "no integer"),
    "a range upside down": ("f", "integer", "Range: 4-1", None, "nothing between"),
    "a range that misses the example": ("f", "integer", "Range: 1-4", 9, "9 is outside"),
    "none of a number of things": ("num_x", "integer", "Range: 0-5", 1, "counted"),
    "a bound with a unit": ("f", "integer", "at most 10 MB", 1, "unit"),
    "a bound in percent": ("f", "number", "Max: 50%", 1, "unit"),
    "a bound beside a range": ("f", "number", "range: 0-1. Maximum: 5", 1, "its own range is 0-1"),
    "a bound beside the default": ("f", "integer", "Minimum: 5. Default: 2.", None, "outside"),
    "no address": ("image_url", "string", "File types: png", "a.png", "no address"),
    "file types nobody gives": ("video_url", "string", "The video.", None, "which file types"),
}


@pytest.mark.parametrize(("name", "kind", "prose", "example", "expected"), SURE.values(), ids=SURE)
def test_sound_prose_is_proposed_with_the_confidence_it_has(
    name: str,
    kind: str,
    prose: str,
    example: Json,
    expected: list[tuple[JsonMap, Confidence]],
) -> None:
    found = one(name, kind, prose, example)
    assert [(proposal.update, proposal.confidence) for proposal in found] == expected


@pytest.mark.parametrize(("name", "kind", "prose", "example", "why"), DUBIOUS.values(), ids=DUBIOUS)
def test_dubious_prose_becomes_a_question_that_says_why(
    name: str, kind: str, prose: str, example: Json, why: str
) -> None:
    found = one(name, kind, prose, example)
    questions = [proposal for proposal in found if proposal.confidence is QUESTION]
    assert why in " ".join(proposal.reason for proposal in questions)


def test_a_range_copied_from_a_field_of_another_type_is_a_question() -> None:
    prose = {"description": "Range: 2-100"}
    fields_ = of({"steps": {"type": "integer", **prose}, "scale": {"type": "number", **prose}})
    assert told(judged(fields_)) == [("range 2-100", LIKELY), ("range 2-100", QUESTION)]
    apart = of({"steps": {"type": "integer", **prose}, "width": {"type": "integer", **prose}})
    assert told(judged(apart)) == [("range 2-100", LIKELY), ("range 2-100", LIKELY)]


def test_what_the_schema_says_already_is_not_proposed_and_what_it_denies_is_asked() -> None:
    assert one("f", "integer", "Default: 4. Range: 1-9", default=4, minimum=1, maximum=9) == []
    (denied,) = one("f", "integer", "Default: 4.", default=5)
    assert (denied.confidence, denied.reason) == (QUESTION, "the schema says default 5")
    assert one("f", "string", "Options: a, b", enum=["a", "b"]) == []


def test_fields_within_objects_and_lists_are_read_with_their_part_of_the_example() -> None:
    scale: JsonMap = {"type": "number", "description": "Default: 1, range: 0-4"}
    loras: JsonMap = {"type": "array", "items": {"type": "object", "properties": {"scale": scale}}}
    found = judged(of({"loras": loras}, {"loras": [{"scale": 1}]}))
    assert told(found) == [("default 1", CERTAIN), ("range 0-4", CERTAIN)]
    assert found[0].place == (*ROOT, "properties", "loras", "items", "properties", "scale")


def test_a_field_that_prose_requires_goes_to_its_owner() -> None:
    (found,) = one("prompt", "string", "提示词（必填）")
    assert (found.place, found.update, found.confidence) == (ROOT, {"required": ["prompt"]}, LIKELY)


def test_a_size_given_as_text_is_asked_whether_it_is_the_shared_one() -> None:
    prose = "Default: landscape_4_3 Range (3:4, 4:3, 16:9)"
    (found,) = sizes(of({"image_size": {"type": "string", "description": prose}}), SHARED)
    assert found.confidence is QUESTION
    assert found.update["default"] == "landscape_4_3"
    assert found.update["x-aliases"] == {"3:4": "portrait_4_3", "4:3": "landscape_4_3"}
    assert not [*sizes(of({"image_size": {"type": "string"}}), {})]


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (["low", "high"], None),
        (["1K", "2K"], ["VALUE_1K", "VALUE_2K"]),
        (["none", "None_"], ["NONE", "NONE_2"]),
        (["JPEG", "jpeg"], ["JPEG", "JPEG_2"]),
        ([5, 10], None),
    ],
)
def test_enum_values_that_are_no_names_get_some(values: list[Json], names: object) -> None:
    assert enum(values).get("x-enum-varnames") == names
