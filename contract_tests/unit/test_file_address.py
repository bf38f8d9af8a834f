"""A file's URL is sent as HTTP clients send it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainhub_fal._file_address import _PLAIN, FileUrl

CARELESS = st.text(alphabet="htps:/?#[]@!.%aB0é _\\'", max_size=40)
URLS = st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), CARELESS, CARELESS
)


def read(text: str, *, by_httpx: bool = False) -> FileUrl | None:
    try:
        url = FileUrl.of_any(text) if by_httpx else FileUrl.of(text)
        url.check()
    except ValueError:
        return None
    return url


@given(st.from_regex(_PLAIN, fullmatch=True) | URLS)
@example("http://127.1/")
@example("http://1.2.3.4:80")
@example("https://a.test:443?x")
@example("https://a.test:99999/")
@example("https://a.test/a/../b/./c?../d")
@example("http://01.2.3.4/")
def test_a_url_is_read_as_httpx_reads_it(text: str) -> None:
    assert read(text) == read(text, by_httpx=True)


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("https://v3.fal.media/files/b/x_1.jpg", "https://v3.fal.media/files/b/x_1.jpg"),
        ("https://user:secret@a.test/x#part", "https://a.test/x"),
        ("HTTP://A.Test:8080", "http://a.test:8080/"),
        ("http://[::1]:8080/a b", "http://[::1]:8080/a%20b"),
        ("https://bücher.test/ü", "https://xn--bcher-kva.test/%C3%BC"),
    ],
)
def test_what_is_sent_has_no_credentials_and_no_fragment(text: str, sent: str) -> None:
    assert str(FileUrl.of(text)) == sent
