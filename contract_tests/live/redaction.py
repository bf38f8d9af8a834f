"""Turns an exchange into the record of it that may be kept: no secret, no payload, no account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import httpx

from ..events import EventsError, is_event_stream, read_events
from ..schemas import StrictJsonError, parse_json
from .exchanges import Exchange
from .masks import MARK, Mask
from .vocabulary import Vocabulary

Record = Mapping[str, object]

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# Media types that say nothing about anyone, beside those of the contract (RFC 2046, IANA).
_PLAIN_TYPES = frozenset(
    {
        "application/json",
        "application/problem+json",
        "application/x-www-form-urlencoded",
        "application/xml",
        "text/html",
        "text/plain",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
    }
)
_SCHEMES = frozenset({"bearer", "key", "basic"})
_ID_HEADER = "x-fal-request-id"  # fal's own, on every answer about a job


class Redactor:
    """Makes records; ``authorization`` is the header's right value, which is told but not kept."""

    def __init__(self, mask: Mask, vocabulary: Vocabulary, authorization: str) -> None:
        self._mask, self._vocabulary = mask, vocabulary
        self._authorization = authorization

    def record(self, exchange: Exchange) -> dict[str, object]:
        """Return what may be kept of an exchange, as plain values."""
        request = exchange.request
        return {
            "method": request.method if request.method in _METHODS else "OTHER",
            "url": self._address(request.url),
            "request": {
                "authorization": self._credential(request.headers.get("authorization")),
                "headers": dict(self._headers(request.headers, frozenset({"content-type"}))),
                "body": self._body(request.headers, request.content),
            },
            "status": exchange.status,
            "headers": dict(self._headers(exchange.headers, self._known_headers)),
            "body": self._body(exchange.headers, exchange.held),
            "error": exchange.error,
            "seconds": round(exchange.seconds, 3),
        }

    @property
    def _known_headers(self) -> frozenset[str]:
        usual = {"content-type", "allow", "retry-after", "www-authenticate", "location", _ID_HEADER}
        return self._vocabulary.headers | usual

    def _address(self, url: httpx.URL) -> str:
        shown = self._mask.url(str(url))
        query = [
            (self._mask.name(name), self._query(name, text))
            for name, text in url.params.multi_items()
        ]
        return f"{shown}?{urlencode(query)}" if query else shown

    def _query(self, name: str, text: str) -> str:
        """Keep a number if the contract says that the parameter is one, and it is a short one."""
        number = name in self._vocabulary.numbers and text in {"0", "1"}
        return text if number else self._mask.text(text)

    def _credential(self, value: str | None) -> str:
        if value is None:
            return "none"
        return "right" if value == self._authorization else "other"

    def _headers(self, headers: httpx.Headers, known: frozenset[str]) -> Iterator[tuple[str, str]]:
        """Yield the headers that a contract or a rule reads; of all others not even the name."""
        for name, value in headers.items():
            if name.lower() in known:
                yield name.lower(), self._header(name.lower(), value)

    def _header(self, name: str, value: str) -> str:
        if name == "content-type":
            return self._media_type(value)
        if name == "allow":
            said = [word.strip() for word in value.split(",")]
            return ", ".join(word for word in said if word in _METHODS)
        if name == "www-authenticate":
            scheme = value.partition(" ")[0]
            return scheme if scheme.lower() in _SCHEMES else MARK
        return self._mask.text(value)

    def _media_type(self, value: str) -> str:
        kind = value.partition(";")[0].strip().lower()
        known = kind in _PLAIN_TYPES | self._vocabulary.media_types
        return kind if known else f"application/x-{MARK}"

    def _body(self, headers: httpx.Headers, content: bytes) -> object:
        """Return a JSON body with its values masked; of any other its type, size and hash.

        Of a stream, what each event holds, masked in the same way; its comments and all else go.
        """
        if not content:
            return None
        content_type = headers.get("content-type", "")
        try:
            if is_event_stream(content_type):
                told = [parse_json(data.encode()) for data in read_events(content).data]
                return {"events": [self._mask.value(each) for each in told]}
            if "json" in content_type:
                return {"json": self._mask.value(parse_json(content))}
        except (EventsError, StrictJsonError, RecursionError):
            return {"unreadable": self._size(content)}
        return {"opaque": self._size(content)}

    def _size(self, content: bytes) -> dict[str, object]:
        return {"bytes": len(content), "hash": self._mask.digest(content.hex())}
