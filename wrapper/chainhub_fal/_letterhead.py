"""What stands on every request: where it goes and under which headers, made once per client.

The key is written here, on requests below the base URL, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from ._bodies import ACCEPTED
from ._effects import Exchange
from ._version import __version__
from .settings import Settings

USER_AGENT = f"chainhub-fal/{__version__}"
EVENTS = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
"""The headers in which a request for events differs from others."""
_SCHEMES = {"gateway": "Bearer", "fal": "Key"}  # upstream facts, table 0
_AS_IT_IS = "/%!$&'()*+,;=:@-._~"  # RFC 3986: what a path may hold, what is escaped already too


def own_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of every request to the API: the only place that writes the key."""
    return {
        "Authorization": f"{_SCHEMES[settings.dialect]} {settings.api_key.reveal()}",
        "Accept": "application/json",
        "User-Agent": USER_AGENT,
    }


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The API as requests name it; header names are as they are sent, ``Host`` the first."""

    scheme: str
    host: str
    port: int | None
    prefix: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Letterhead:
        """Read the base URL once."""
        parts = urlsplit(settings.base_url)
        host = _ascii_host(settings.base_url, parts.hostname or "")
        bracketed = f"[{host}]" if ":" in host else host
        default = parts.port == {"http": 80, "https": 443}[parts.scheme]
        port = None if default else parts.port
        named = bracketed if port is None else f"{bracketed}:{port}"
        headers = {"Host": named, **own_headers(settings), "Accept-Encoding": ACCEPTED}
        return cls(parts.scheme, host, port, quote(parts.path, safe=_AS_IT_IS), headers)

    @property
    def origin(self) -> str:
        """The API's origin, as a URL begins."""
        return f"{self.scheme}://{self.headers['Host']}"

    def target(self, exchange: Exchange) -> str:
        """Return what is asked for: a path below the base URL's, whatever the exchange names."""
        target = self.prefix + exchange.path
        return f"{target}?{urlencode(exchange.query)}" if exchange.query else target

    def headers_for(self, exchange: Exchange) -> Mapping[str, str]:
        """Return the headers of one request."""
        about = about_body(exchange)
        return {**self.headers, **about} if about else self.headers

    def headers_to_listen(self) -> Mapping[str, str]:
        """Return the headers of a request for events; compressed, they would come in heaps."""
        return {**self.headers, **EVENTS}


def about_body(exchange: Exchange) -> dict[str, str]:
    """Return the headers that a request has for its body's sake."""
    if exchange.body is None:
        return {}
    return {"Content-Type": "application/json", "Content-Length": str(len(exchange.body))}


def _ascii_host(url: str, host: str) -> str:
    if host.isascii():
        return host
    import httpx  # noqa: PLC0415 - it knows how names in other scripts are written

    return httpx.URL(url).raw_host.decode("ascii")
