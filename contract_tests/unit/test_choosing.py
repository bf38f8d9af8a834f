"""Which transport a client takes, what it says of it, and what it refuses to promise."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Any

import httpx
import pytest

from chainhub_fal import AsyncClient, Client, ConfigurationError
from chainhub_fal._drivers_async import on_a_loop

KEYED: dict[str, Any] = {"api_key": "canary-key", "base_url": "https://gateway.test"}


def missing(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    monkeypatch.setattr(
        "chainhub_fal._choosing.find_spec",
        lambda name: None if name in packages else find_spec(name),
    )


def name(client: Client | AsyncClient) -> str:
    shown = repr(client)
    assert "canary-key" not in shown
    return shown.partition("transport=")[2].strip("')")


def test_an_event_loop_takes_aiohttp_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert name(AsyncClient(**KEYED)) == "aiohttp"
    assert name(AsyncClient(**KEYED, transport="httpx")) == "httpx"
    assert name(AsyncClient(**KEYED, transport="aiohttp")) == "aiohttp"
    assert name(Client(**KEYED)) == "httpx"
    missing(monkeypatch, "aiohttp")
    assert name(AsyncClient(**KEYED)) == "httpx"


@pytest.mark.parametrize("version", ["3.9.5", "3.15.0", "4.0.0a1", "4.0a1"])
def test_an_aiohttp_that_it_was_not_tried_with_is_left_alone(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.__version__", version)
    assert name(AsyncClient(**KEYED)) == "httpx"
    with pytest.raises(ConfigurationError, match="does not know the version"):
        AsyncClient(**KEYED, transport="aiohttp")


@pytest.mark.parametrize("version", ["3.10.0", "3.14.99"])
def test_an_aiohttp_that_it_was_tried_with_is_taken(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiohttp.__version__", version)
    assert name(AsyncClient(**KEYED)) == "aiohttp"


def test_the_loop_behind_a_sync_batch_chooses_like_an_async_client() -> None:
    def loop_of(client: Client) -> str:
        return on_a_loop(client._driver).transport.name

    assert loop_of(Client(**KEYED)) == "aiohttp"
    assert loop_of(Client(**KEYED, transport="httpx")) == "httpx"
    with httpx.Client() as theirs:
        assert loop_of(Client(**KEYED, http_client=theirs)) == "your http_client"


@pytest.mark.parametrize("variable", ["https_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_of_the_environment_is_taken_and_never_passed_by(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert name(AsyncClient(**KEYED)) == "httpx by a proxy"
    assert name(Client(**KEYED)) == "httpx by a proxy"
    with pytest.raises(ConfigurationError, match="names a proxy"):
        AsyncClient(**KEYED, transport="aiohttp")


def test_a_proxy_for_nobody_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "gateway.test")
    assert name(Client(**KEYED)) == "httpx"


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="the system may name a proxy")
def test_without_a_word_of_a_proxy_nothing_is_loaded_to_look_for_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "urllib.request", None)
    assert name(Client(**KEYED)) == "httpx"


def test_http2_is_httpx_and_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert name(AsyncClient(**KEYED, http2=True)) == "httpx with HTTP/2"
    assert name(Client(**KEYED, http2=True)) == "httpx with HTTP/2"
    missing(monkeypatch, "h2")
    with pytest.raises(ConfigurationError, match=r"needs the package h2.*chainhub-fal\[http2\]"):
        Client(**KEYED, http2=True)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown one": ({"transport": "urllib3"}, "Choose one of httpx, aiohttp"),
    "neither yes nor no": ({"http2": "yes"}, "http2 is 'yes'"),
    "aiohttp with HTTP/2": ({"transport": "aiohttp", "http2": True}, "does not speak HTTP/2"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_kept_is_refused(case: str) -> None:
    options, words = REFUSED[case]
    for make in (Client, AsyncClient):
        with pytest.raises(ConfigurationError, match=words):
            make(**KEYED, **options)


def test_aiohttp_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    missing(monkeypatch, "aiohttp")
    with pytest.raises(ConfigurationError, match=r"chainhub-fal\[aiohttp\]"):
        AsyncClient(**KEYED, transport="aiohttp")


@pytest.mark.parametrize("option", [{"transport": "httpx"}, {"http2": True}])
def test_a_http_client_of_the_callers_is_the_transport(option: dict[str, Any]) -> None:
    with httpx.Client() as theirs:
        assert name(Client(**KEYED, http_client=theirs)) == "your http_client"
        with pytest.raises(ConfigurationError, match="is the transport"):
            Client(**KEYED, http_client=theirs, **option)


def test_connections_that_are_shared_stay_what_they_are() -> None:
    client = Client(**KEYED)
    assert name(client.with_options(deadline=3)) == "httpx"
    with pytest.raises(ConfigurationError, match="http2 and transport belong to the connections"):
        client.with_options(transport="aiohttp", http2=True)
