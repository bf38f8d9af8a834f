# ruff: noqa: RUF001 - Chinese prose has Chinese punctuation
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spec.importing.prose import About, claims

D, R, C = About.DEFAULT, About.RANGE, About.CHOICES
MINIMUM, MAXIMUM, F = About.MINIMUM, About.MAXIMUM, About.FILES
SAID: dict[str, list[tuple[About, tuple[str, ...]]]] = {
    "Steps to be performed. Default: 4. Range: 1-12": [(D, ("4",)), (R, ("1", "12"))],
    "Default: 3.5 Range: 1-20": [(D, ("3.5",)), (R, ("1", "20"))],
    "Range value: 1-50": [(R, ("1", "50"))],
    "Number of images generated: 1-6": [(R, ("1", "6"))],
    "range: 0.01-1": [(R, ("0.01", "1"))],
    "Default: landscape_4_3 Range (3:4, 4:3)": [(D, ("landscape_4_3",)), (C, ("3:4", "4:3"))],
    'Default: "jpeg" Supported formats: default, png': [(D, ("jpeg",)), (C, ("default", "png"))],
    "Supported options: default, none, high. Faster": [(C, ("default", "none", "high"))],
    "enumerated values: 21:9, 16:9": [(C, ("21:9", "16:9"))],
    "enumeration values: 5 and 10": [(C, ("5", "10"))],
    "Supported verses: 21:9": [(C, ("21:9",))],
    "range [16:9, 9:16, 1:1]": [(C, ("16:9", "9:16", "1:1"))],
    'Resolution: Enumerated values: "1K", "2K"': [(C, ("1K", "2K"))],
    "Options: square pro, square": [(C, ("square pro", "square"))],
    "must be between 1024 and 4096": [(R, ("1024", "4096"))],
    "(default: true)": [(D, ("true",))],
    'Default value: "2"': [(D, ("2",))],
    "The default value is 1.\nThis determines": [(D, ("1",))],
    "The default value is a number between 0 and 2.0": [(R, ("0", "2.0"))],
    "A maximum of 4 sequences": [(MAXIMUM, ("4",))],
    "minimum: 0.5, maximum: 2": [(MINIMUM, ("0.5",)), (MAXIMUM, ("2",))],
    "accepts the following file types: jpg, png": [(F, ("jpg", "png"))],
    "max 2,500 characters, default 1,000": [(MAXIMUM, ("2500",)), (D, ("1000",))],
    "Range: 1,024-4,096": [(R, ("1024", "4096"))],
    "by default the picture is square": [],
    "choose a range of colours": [],
    "默认值：4 范围值：1-12": [(D, ("4",)), (R, ("1", "12"))],
    "默认28，范围1-50": [(D, ("28",)), (R, ("1", "50"))],
    "默认1，1-4": [(D, ("1",)), (R, ("1", "4"))],
    "取值范围：0.1～1.0，默认值为0.8": [(R, ("0.1", "1.0")), (D, ("0.8",))],
    "枚举值：“1K”、“2K”": [(C, ("1K", "2K"))],
    "支持格式：default、png、jpeg，默认 jpeg": [(C, ("default", "png", "jpeg")), (D, ("jpeg",))],
    "最小值：1，最大值：4": [(MINIMUM, ("1",)), (MAXIMUM, ("4",))],
    "输入图片的URL(必填)": [(About.REQUIRED, ())],
    "种子，非必填": [(About.OPTIONAL, ())],
    "生成图片尺寸，可选字符串或指定宽/高": [],
}
NUMBERS = st.integers(-999, 999).map(str) | st.decimals(0, 99, places=2).map(str)


@pytest.mark.parametrize(("prose", "said"), SAID.items(), ids=SAID)
def test_prose_is_read_for_what_it_claims(
    prose: str, said: list[tuple[About, tuple[str, ...]]]
) -> None:
    assert [(claim.about, claim.values) for claim in claims(prose)] == said


def test_a_claim_quotes_its_own_sentence_as_the_page_has_it() -> None:
    found = claims("Faster is  dearer.\nDefault: 4.5. Range：1-12")
    assert [claim.sentence for claim in found] == ["Default: 4.5.", "Range：1-12"]


@settings(max_examples=80, deadline=None)
@given(
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(
        ["Default: {}. Range: {}-{}", "默认值：{}，范围：{}-{}", "default {} range {} to {}"]
    ),
)
def test_any_default_and_range_come_back_as_written(
    default: str, low: str, high: str, form: str
) -> None:
    low = low.lstrip("-")
    found = {
        claim.about: claim.values for claim in claims(form.format(default, low, high.lstrip("-")))
    }
    assert found == {D: (default,), R: (low, high.lstrip("-"))}


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=80), st.sampled_from(["default: ", "range (", "options: ", "默认", "max "]))
def test_no_text_breaks_the_reader(text: str, label: str) -> None:
    for claim in claims(text + label + text):
        assert claim.sentence


def test_a_long_text_is_read_in_good_time() -> None:
    began = time.perf_counter()
    claims("options: " + "a, b and c / " * 20_000 + "a a " * 20_000)
    assert time.perf_counter() - began < 5
