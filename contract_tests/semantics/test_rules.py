"""Rules that are judged from values alone: addresses, names, data URIs, and what a submit costs."""

from __future__ import annotations

import base64

import pytest

from ..contract import Contract
from ..harness.target import Target
from .addresses import is_expected, is_safe_download, leading_to
from .budget import Budget, SpentError
from .endpoints import endpoints
from .entries import is_picture
from .files import BadFileError, decoded, look_at
from .orders import Order, read_order

CONTRACT = Contract.load()
(ENDPOINT,) = endpoints(CONTRACT)
SERVERS = {"servers": [{"url": "https://api.example/v1"}, {"url": "https://queue.example"}]}
LOCAL, REMOTE = Target("http://127.0.0.1:8080", "k"), Target("https://api.example", "k")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://queue.example/a/requests/1", True),
        ("https://QUEUE.example:443/a/requests/1", True),
        ("http://127.0.0.1:8080/a", True),
        ("http://127.0.0.1:8081/a", False),
        ("http://queue.example/a", False),
        ("https://queue.example.org/a", False),
        ("https://queue.example@fal.example/a", False),
        ("https://someone@queue.example/a", False),
        ("https://queue.example:8443/a", False),
        ("https://queue.example:port/a", False),
        ("javascript://queue.example/a", False),
        ("//queue.example/a", False),
        ("https://[queue.example/a", False),
        ("", False),
    ],
)
def test_a_key_follows_an_address_to_an_origin_that_is_exactly_expected(
    url: str, expected: object
) -> None:
    assert is_expected(url, LOCAL, SERVERS) is expected


def test_the_upstream_that_tickets_name_is_a_server_of_the_contract() -> None:
    tickets = CONTRACT.operations[ENDPOINT.submit.operation_id].examples(200)
    ticket = next(each for each in tickets.values() if isinstance(each, dict))
    told = dict(leading_to(ticket["request_id"], ticket))
    assert len(told) == 3
    assert all(is_expected(url, REMOTE, CONTRACT.document) for url in told.values())


def test_an_address_of_a_job_is_found_by_its_name_or_by_the_id_in_it() -> None:
    body = {
        "status_url": "anything",
        "more": {"next": "https://a.example/requests/one"},
        "note": "see https://a.example/requests/one",
        "other": "https://a.example/requests/two",
        "request_id": "one",
    }
    assert [name for name, _ in leading_to("one", body)] == ["status_url", "next"]


@pytest.mark.parametrize(
    ("url", "target", "safe"),
    [
        ("https://v3.fal.example/files/a.png", REMOTE, True),
        ("https://v3.fal.example/files/a.png", LOCAL, True),
        ("http://v3.fal.example/files/a.png", REMOTE, False),
        ("http://127.0.0.1:9/a.png", LOCAL, True),
        ("http://127.0.0.1:9/a.png", REMOTE, False),
        ("https://localhost/a.png", REMOTE, False),
        ("https://10.0.0.1/a.png", REMOTE, False),
        ("https://[fd00::1]/a.png", REMOTE, False),
        ("https://8.8.8.8/a.png", REMOTE, True),
        ("https://2130706433/a.png", REMOTE, False),
        ("https://0x7f.1/a.png", REMOTE, False),
        ("https://intranet/a.png", REMOTE, False),
        ("file:///etc/hostname", LOCAL, False),
        ("file://localhost/etc/hostname", LOCAL, False),
    ],
)
def test_a_file_is_fetched_from_public_hosts_and_from_a_local_target(
    url: str, target: Target, safe: object
) -> None:
    assert is_safe_download(url, target) is safe


def test_a_data_uri_is_read_as_it_says() -> None:
    coded = base64.b64encode(b"\x89PNG").decode()
    assert decoded(f"data:image/png;base64,{coded}") == (b"\x89PNG", "image/png")
    assert decoded("data:image/SVG+xml;charset=utf-8,%3Csvg/%3E") == (b"<svg/>", "image/svg+xml")
    for broken in ("data:image/png;base64,####", "data:image/png;base64,abc", "data:image/png"):
        with pytest.raises(BadFileError):
            decoded(broken)


@pytest.mark.parametrize(
    "entry",
    [
        {"url": "data:video/mp4,abc", "content_type": "video/webm"},
        {"url": "data:,abc", "content_type": "video/webm"},
        {"url": "data:video/mp4,", "content_type": "video/mp4"},
        {"url": "data:video/mp4,abc", "content_type": "video/mp4", "file_size": 4},
        {"url": "data:image/png,abc", "content_type": "image/png"},
    ],
)
def test_a_file_that_is_not_what_its_entry_says_is_bad(entry: dict[str, object]) -> None:
    look_at({"url": "data:video/mp4,abc", "content_type": "video/mp4"}, Order({}), LOCAL)
    with pytest.raises(BadFileError):
        look_at(entry, Order({}), LOCAL)


def test_a_file_beyond_this_machine_is_left_alone_by_a_local_target() -> None:
    look_at({"url": "https://v3.fal.example/files/a.png"}, Order({}), LOCAL)


def test_what_says_that_it_is_no_picture_is_none() -> None:
    assert is_picture({"url": "", "content_type": None})
    assert is_picture({"url": "", "content_type": "image/webp"})
    assert not is_picture({"url": "", "content_type": "video/mp4"})
    assert not is_picture({"url": "", "content_type": "image/svg+xml"})


def test_an_output_must_repeat_what_any_input_says_and_its_defaults() -> None:
    bare = read_order(ENDPOINT, {"image_url": "https://a.example", "seed": None})
    assert (bare.echoes, bare.counts, bare.size) == ({}, {"images": 1}, None)
    assert (bare.media_type, bare.inline) == ("image/jpeg", False)
    told = read_order(
        ENDPOINT,
        {
            "seed": 7,
            "num_images": 3,
            "image_size": {"width": 8, "height": 9},
            "output_format": "png",
            "sync_mode": True,
        },
        valid=False,
    )
    assert (told.echoes, told.counts, told.size) == ({"seed": 7}, {"images": 3}, (8, 9))
    assert (told.media_type, told.inline, told.certain) == ("image/png", True, False)


@pytest.mark.parametrize(
    ("status", "spent"), [(422, 0), (401, 0), (200, 1), (302, 1), (408, 1), (500, 1)]
)
def test_a_submit_counts_unless_it_was_plainly_refused(status: int, spent: int) -> None:
    budget = Budget(1)
    budget.spend()
    with pytest.raises(SpentError):
        budget.spend()
    budget.refund(status)
    assert budget.spent == spent
