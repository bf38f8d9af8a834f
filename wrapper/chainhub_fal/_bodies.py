"""The bodies of answers as they come: unpacked, and never larger than was agreed."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Protocol

from ._wires import Wire

MAX_ANSWER = 256 * 1024 * 1024
"""Bytes of an API answer that are read at most; sync_mode puts whole pictures into it."""
ACCEPTED = "gzip, deflate"
"""What :func:`unpacker` can undo, as the header Accept-Encoding says it."""

_GZIP = 16 + zlib.MAX_WBITS
_WINDOWS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": zlib.MAX_WBITS}


class Unpack(Protocol):
    """Undoes a compression piece by piece; returns at most so many bytes and one more."""

    def __call__(self, chunk: bytes, limit: int, /) -> bytes: ...


class Body:
    """Collects the body of an API's answer."""

    __slots__ = ("_chunks", "_size", "_unpack", "_wire")

    def __init__(self, wire: Wire, headers: Mapping[str, str]) -> None:
        self._wire = wire
        self._unpack = unpacker(wire, headers) if "content-encoding" in headers else None
        self._chunks: list[bytes] = []
        self._size = 0

    def take(self, chunk: bytes) -> None:
        """Take what has come; raises NoAnswerError when it is too large, broken or too late."""
        if self._unpack is not None:
            chunk = self._unpack(chunk, MAX_ANSWER - self._size)
        self._size += len(chunk)
        self._wire.check(self._size, MAX_ANSWER)
        self._chunks.append(chunk)

    def whole(self) -> bytes:
        """Return all of it."""
        return b"".join(self._chunks)


def unpacker(wire: Wire, headers: Mapping[str, str]) -> Unpack | None:
    """Return what undoes a body's compression; None where there is none that is known."""
    window = _WINDOWS.get(headers.get("content-encoding", "").strip().lower())
    return None if window is None else _Unpacker(wire, window)


class _Unpacker:
    def __init__(self, wire: Wire, window: int) -> None:
        self._wire = wire
        self._window = window
        self._begun = False
        self._zlib = zlib.decompressobj(window)

    def __call__(self, chunk: bytes, limit: int) -> bytes:
        """Undo the compression; what is more than the limit is not made, only shown to be there."""
        try:
            return self._undo(chunk, limit)
        except zlib.error as error:
            raise self._wire.no_answer("the answer's compression is broken") from error

    def _undo(self, chunk: bytes, limit: int) -> bytes:
        begun, self._begun = self._begun, True
        try:
            return self._zlib.decompress(chunk, limit + 1)
        except zlib.error:
            if begun or self._window != zlib.MAX_WBITS:
                raise
            # Some servers send deflate without the header of zlib (RFC 9110, section 8.4.1.2).
            self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._zlib.decompress(chunk, limit + 1)
