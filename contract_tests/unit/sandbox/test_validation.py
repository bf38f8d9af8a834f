"""Bodies: strict JSON, then the contract, with fal's words for what is wrong."""

from __future__ import annotations

import json

import pytest

from chainhub_fal_sandbox.contract import Endpoint, load_contract
from chainhub_fal_sandbox.validation import BodyRefusedError, contract_errors, parse_json

URL = "https://fal.media/files/example/a.png"


@pytest.fixture(scope="module")
def endpoint() -> Endpoint:
    return load_contract().endpoints["/fal-ai/flux-1/schnell/redux"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "Expecting"),
        (b'{"a":1,"a":2}', "twice"),
        (b'{"a":{"b":1,"b":1}}', "twice"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":1e999}', "too large"),
        (b'{"a":' + b"9" * 5000 + b"}", "too many digits"),
        (b"\xff\xfe{}", "Unicode"),
        (b'{"a":"\\ud800"}', "Unicode"),
        (b"[" * 100_000, "deeply"),
        (b"{} {}", "Extra data"),
    ],
)
def test_text_that_is_not_strict_json_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(BodyRefusedError, match=reason):
        parse_json(body)


def test_strict_json_is_read_as_it_is() -> None:
    assert parse_json('{"a":[1,1.5,"ü\\u00fc",null]}'.encode()) == {"a": [1, 1.5, "üü", None]}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"num_images": 4, "num_inference_steps": 12, "seed": 2**40, "output_format": "png"},
        {"image_size": {"width": 1, "height": 14142}, "sync_mode": True, "seed": None},
        {"image_url": "data:image/png;base64,AAAA", "no_such_field": 1},
    ],
)
def test_what_the_contract_allows_is_accepted(
    endpoint: Endpoint, change: dict[str, object]
) -> None:
    assert contract_errors(endpoint.validator, {"image_url": URL, **change}) == []


@pytest.mark.parametrize(
    ("field", "value", "kinds", "context"),
    [
        ("num_images", 5, ["less_than_equal"], {"le": 4}),
        ("num_images", 0, ["greater_than_equal"], {"ge": 1}),
        ("num_images", "x", ["int_parsing"], {}),
        ("num_images", "2", ["int_parsing"], {}),
        ("num_images", True, ["int_type"], {}),
        ("num_images", 1.5, ["int_type"], {}),
        ("num_images", [1], ["int_type"], {}),
        ("num_images", None, ["int_type"], {}),
        ("output_format", "default", ["literal_error"], {"expected": ["jpeg", "png"]}),
        ("image_url", 1, ["string_type"], {}),
        ("image_url", "no address", ["value_error"], {"format": "uri"}),
    ],
)
def test_each_broken_keyword_is_named(
    endpoint: Endpoint, field: str, value: object, kinds: list[str], context: dict[str, object]
) -> None:
    items = contract_errors(endpoint.validator, {"image_url": URL, field: value})
    assert [item["type"] for item in items] == kinds
    assert (items[0]["loc"], items[0]["ctx"], items[0]["input"]) == (
        ["body", field],
        context,
        value,
    )


def test_a_missing_field_is_located_where_it_should_be(endpoint: Endpoint) -> None:
    (item,) = contract_errors(endpoint.validator, {})
    assert (item["loc"], item["type"]) == (["body", "image_url"], "missing")


def test_a_union_reports_what_each_branch_misses(endpoint: Endpoint) -> None:
    body = {"image_url": URL, "image_size": "3:4"}
    kinds = {item["type"] for item in contract_errors(endpoint.validator, body)}
    assert kinds == {"literal_error", "model_attributes_type"}


def test_no_error_repeats_a_long_value(endpoint: Endpoint) -> None:
    picture = "data:image/png;base64," + "A" * 5000
    items = contract_errors(endpoint.validator, {"image_url": picture, "num_images": 9, "x": 1})
    items += contract_errors(endpoint.validator, {"image_url": [picture]})
    items += contract_errors(endpoint.validator, {"prompt": picture})
    assert len(items) == 3
    assert all(len(json.dumps(item["input"])) < 150 for item in items)
