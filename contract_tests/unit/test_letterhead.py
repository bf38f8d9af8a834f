"""Where requests to the API go, and under which name, whatever the base URL looks like."""

from __future__ import annotations

import pytest

from chainhub_fal._effects import Exchange
from chainhub_fal._letterhead import Letterhead
from chainhub_fal.settings import Settings

GET = Exchange("look", "GET", "/jobs/1")

URLS = {
    "https://gateway.test": ("gateway.test", None, "gateway.test", "/jobs/1"),
    "https://Gateway.Test:443": ("gateway.test", None, "gateway.test", "/jobs/1"),
    "http://gateway.test:443": ("gateway.test", 443, "gateway.test:443", "/jobs/1"),
    "http://[::1]:8000": ("::1", 8000, "[::1]:8000", "/jobs/1"),
    "https://gateway.test/v1/a%20b é": ("gateway.test", None, "gateway.test", "/v1/a%20b%20%C3%A9/jobs/1"),
    "https://bücher.test": ("xn--bcher-kva.test", None, "xn--bcher-kva.test", "/jobs/1"),
}  # fmt: skip


@pytest.mark.parametrize("url", URLS)
def test_a_base_url_is_read_once_and_right(url: str) -> None:
    head = Letterhead.of(Settings.load(api_key="canary-key", base_url=url))
    host, port, named, target = URLS[url]
    assert (head.host, head.port, head.headers["Host"], head.target(GET)) == (host, port, named, target)  # fmt: skip
    assert head.origin == f"{url.partition(':')[0]}://{named}"


def test_a_query_is_written_as_it_is_read() -> None:
    head = Letterhead.of(Settings.load(api_key="canary-key", base_url="https://gateway.test"))
    asked = Exchange("look", "GET", "/jobs/1", query=(("logs", "1"), ("a b", "ü&")))
    assert head.target(asked) == "/jobs/1?logs=1&a+b=%C3%BC%26"
