"""Placeholders: what stands in a recording for a value that must not be told.

A placeholder is of the same JSON type, form and length as the value, and the same value has the
same placeholder throughout a recording, so that a schema and a relation between answers can still
be checked. It is made with a salt that is written nowhere, so that a short value cannot be guessed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit
from uuid import UUID

import jsonschema_rs

from .routes import Routes
from .vocabulary import Vocabulary

MARK = "redacted"
_SIGN = "~"  # begins every text of no form, so that a short placeholder is one to the eye as well

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?")
_DIGITS = re.compile(r"[0-9]+")
_SHORT = 16  # hexadecimal digits of a hash that is shown
_NOWHERE = "invalid"  # the domain that is nobody's (RFC 2606)
_FORMATS = {
    name: jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)
    for name in ("uri", "date", "date-time", "email")
}


def is_placeholder(value: object) -> bool:
    """Tell whether a value of a record may be a placeholder that keeps no more than a length."""
    return isinstance(value, str) and (value.startswith(_SIGN) or MARK in value)


class Mask:
    """Replaces values for one recording; ``salt`` must be fresh and kept nowhere."""

    def __init__(self, vocabulary: Vocabulary, routes: Routes, salt: bytes) -> None:
        self._vocabulary, self._routes, self._salt = vocabulary, routes, salt
        self._forms: tuple[Callable[[str], str | None], ...] = (
            self._uuid,
            self._instant,
            self._day,
            self._uri,
            self._email,
            self._digits,
        )

    def value(self, value: object, name: str = "") -> object:
        """Return a JSON value without anything that the contract does not name itself.

        ``name`` is the property that holds it: its numbers stay if the contract says that it is
        one.
        """
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(each, name) for each in value]
        if isinstance(value, Mapping):
            return {self.name(key): self.value(each, key) for key, each in value.items()}
        if isinstance(value, bool) or value is None or name in self._vocabulary.numbers:
            return value
        return _sign(value) if isinstance(value, int) else 0.5

    def name(self, name: str) -> str:
        """Return a property's name, or a placeholder if the contract does not know it."""
        known = name in self._vocabulary.names
        return name if known else f"{MARK}-{self.digest(name)}"

    def text(self, text: str) -> str:
        """Return a placeholder of the same form; a word of the contract stays."""
        if not text or text in self._vocabulary.words:
            return text
        for form in self._forms:
            if (placeholder := form(text)) is not None:
                return placeholder
        return self._plain(text)

    def digest(self, text: str, length: int = _SHORT) -> str:
        """Return the first hexadecimal digits of a text's hash."""
        return hmac.digest(self._salt, text.encode("utf-8", "surrogatepass"), "sha256").hex()[
            :length
        ]

    def url(self, url: str) -> str:
        """Return an address with its scheme, its host if that is known, and its route.

        Raises ValueError for a port that cannot be one.
        """
        parts = urlsplit(url)
        return urlunsplit((parts.scheme, self._netloc(parts), self._path(parts.path), "", ""))

    def _netloc(self, parts: SplitResult) -> str:
        host = parts.hostname or ""
        if host not in self._vocabulary.hosts:
            return f"{self.digest(host)}.{MARK}.{_NOWHERE}"
        shown = f"[{host}]" if ":" in host else host
        return shown if parts.port is None else f"{shown}:{parts.port}"

    def _path(self, path: str) -> str:
        if path in {"", "/"}:
            return path
        place = next(self._routes.at(path), None)
        if place is None:
            ending = PurePosixPath(path).suffix.removeprefix(".")
            kept = f".{ending}" if ending in self._vocabulary.words else ""
            return f"/{MARK}/{self.digest(path)}{kept}"
        values = {name: quote(self.text(text), safe="") for name, text in place.values.items()}
        return place.operation.template.format_map(values)

    def _uuid(self, text: str) -> str | None:
        if not _UUID.fullmatch(text):
            return None
        return str(UUID(hex=self.digest(text.lower(), 32), version=4))

    def _instant(self, text: str) -> str | None:
        match = _INSTANT.fullmatch(text)
        if match is None or not _FORMATS["date-time"].is_valid(text if match[1] else f"{text}Z"):
            return None
        return "2000-01-01T00:00:00" + ("Z" if match[1] else "")

    def _day(self, text: str) -> str | None:
        return "2000-01-01" if _FORMATS["date"].is_valid(text) else None

    def _uri(self, text: str) -> str | None:
        if not _FORMATS["uri"].is_valid(text):
            return None
        try:
            if text.lower().startswith(("http://", "https://")):
                return self.url(text)
        except ValueError:  # RFC 3986 allows ports and hosts that exist nowhere
            return f"{MARK}:{self.digest(text)}"
        return f"{MARK}:{self.digest(text)}"

    def _email(self, text: str) -> str | None:
        valid = _FORMATS["email"].is_valid(text)
        return f"{self.digest(text)}@{MARK}.{_NOWHERE}" if valid else None

    def _digits(self, text: str) -> str | None:
        if not _DIGITS.fullmatch(text):
            return None
        length = min(len(text), self._vocabulary.longest)
        return "".join(str(int(sign, 16) % 10) for sign in self.digest(text, 64))[:length].ljust(
            length, "0"
        )

    def _plain(self, text: str) -> str:
        length = min(len(text), self._vocabulary.longest)
        return f"{_SIGN}{self.digest(text)}-{MARK}"[:length].ljust(length, "-")


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
