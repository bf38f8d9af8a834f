"""The files the sandbox has made: drawn when they are first read, served without a key."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from chainhub_fal_sandbox.answers import Answer

_KEPT = 64
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class StoredFile:
    """A file by how to make it; the same call makes the same bytes."""

    content_type: str
    make: Callable[[], bytes]


@dataclass
class FileStore:
    """Files by unguessable name; the bytes of the last few are kept."""

    _files: dict[str, StoredFile] = field(default_factory=dict)
    _bytes: OrderedDict[str, bytes] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, file: StoredFile, suffix: str) -> str:
        """Keep a file and return the name it is served under."""
        name = f"{secrets.token_urlsafe(16)}{suffix}"
        self._files[name] = file
        return name

    def find(self, name: str) -> StoredFile | None:
        """Return the file of this name, or None."""
        return self._files.get(name)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, making them if need be; takes time: call it in a thread.

        Raises KeyError for a name that was never given out.
        """
        with self._lock:
            if name in self._bytes:
                self._bytes.move_to_end(name)
                return self._bytes[name]
        data = self._files[name].make()
        with self._lock:
            self._bytes[name] = data
            if len(self._bytes) > _KEPT:
                self._bytes.popitem(last=False)
        return data


def file_answer(
    data: bytes, content_type: str, wanted_range: str | None, if_range: str | None = None
) -> Answer:
    """Answer with a file or the one byte range asked for (RFC 9110, section 14).

    ``if_range`` holds what the client takes the file for; the whole is sent if it is another.
    """
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {"content-type": content_type, "accept-ranges": "bytes", "etag": tag}
    same = if_range is None or if_range.strip() == tag
    span = _span(wanted_range, len(data)) if wanted_range and same else None
    if span is None:
        return Answer(200, data, headers)
    first, last = span
    if first > last:
        return Answer(416, b"", {**headers, "content-range": f"bytes */{len(data)}"})
    part = f"bytes {first}-{last}/{len(data)}"
    return Answer(206, data[first : last + 1], {**headers, "content-range": part})


def _span(wanted: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte; an empty span cannot be served, None means the whole file."""
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size - 1 if int(found[2]) else -1
    first, last = int(found[1]), int(found[2] or size - 1)
    if last < first and found[2]:
        return None
    return (first, min(last, size - 1)) if first < size else (size, -1)
