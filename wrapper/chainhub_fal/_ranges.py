"""Continuing a download (RFC 9110, sections 13 and 14): what may be asked for, what may be glued.

Two files are never glued together: only a strong validator says that bytes are of the same file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ._effects import Part

Headers = Mapping[str, str]
"""Headers by name in lower case."""

_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e]*"')
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_SETTLED = 60  # seconds after which a file that changed again had another time (RFC 7232, 2.2.2)
_OK = 200
_PARTIAL = 206


def range_headers(part: Part, url: str) -> dict[str, str]:
    """Return the headers that ask for the rest of a part; none where it must begin anew."""
    if not part.size or not part.validator or part.url != url:
        return {}
    return {"Range": f"bytes={part.size}-", "If-Range": part.validator}


def begin(part: Part, url: str, headers: Headers) -> None:
    """Let a part begin anew, as a part of the file that an answer with these headers brings."""
    part.size = 0
    part.url = url
    part.validator = _validator(headers)
    length = headers.get("content-length", "")
    part.total = int(length) if length.isdecimal() and not _is_encoded(headers) else None


def start_of(part: Part, url: str, status: int, headers: Headers) -> int | None:
    """Return the place in the file that an answer's body belongs to; None where it has none."""
    if status == _OK:
        return 0
    asked = status == _PARTIAL and bool(range_headers(part, url))
    return part.size if asked and _continues(part, headers) else None


def _continues(part: Part, headers: Headers) -> bool:
    found = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
    if found is None or int(found[1]) != part.size or int(found[2]) < part.size:
        return False
    total = part.total if found[3] == "*" else int(found[3])
    if total is not None and (int(found[2]) >= total or total != (part.total or total)):
        return False
    part.total = total
    return _names(part.validator, headers) and not _is_encoded(headers)


def _names(validator: str, headers: Headers) -> bool:
    """Tell whether an answer is about the same file; it need not say so again."""
    said = headers.get("etag" if validator.startswith('"') else "last-modified", validator)
    return said == validator


def _validator(headers: Headers) -> str:
    if _is_encoded(headers) or headers.get("accept-ranges", "").strip().lower() == "none":
        return ""
    tag = headers.get("etag")
    if tag is not None:  # a weak one forbids the date, too
        return tag if _STRONG_TAG.fullmatch(tag) else ""
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - loaded with the first file

    try:
        changed = parsedate_to_datetime(headers.get("last-modified", ""))
        age = parsedate_to_datetime(headers.get("date", "")) - changed
    except (ValueError, TypeError, OverflowError):
        return ""
    return headers["last-modified"] if age.total_seconds() >= _SETTLED else ""


def _is_encoded(headers: Headers) -> bool:
    return headers.get("content-encoding", "").strip().lower() not in {"", "identity"}
