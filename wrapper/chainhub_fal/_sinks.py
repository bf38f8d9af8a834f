"""The body of a result's file on its way into a temporary file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Self

from ._bodies import unpacker
from ._effects import Download, Downloaded
from ._media import HEADER_SIZE, TAIL_SIZE, show_size
from ._pixels import tells_more
from ._ranges import begin, start_of
from ._wires import Wire
from .errors import SaveError

CHUNK = 256 * 1024
"""Bytes that come at once at most; asyncio reads as much."""
PIECE = 1024 * 1024
"""Bytes that are collected before they are written: few writes, and little memory for each file.

What is larger is written by a thread on an event loop, which a slow disk must not hold up."""
_NO_RANGE = frozenset({206, 416})
"""What answers that the part cannot be continued; a 206 that fits has been taken before."""
_ERRORS = 300
_FIRST_LOOK = 4096  # bytes in which most files say all that is asked of them


class Sink:
    """Takes the body of a file into its part: anew, or where the part ends.

    ``packed`` says that the body comes as the server sent it, compressed if it will.
    """

    def __init__(
        self, wire: Wire, file: IO[bytes], download: Download, *, packed: bool = True
    ) -> None:
        self._wire = wire
        self._file = file
        self._download = download
        self._part = download.part
        self._packed = packed
        self._taken: list[bytes | memoryview] = []
        self._waiting = 0
        self._status = 0
        self._headers: Mapping[str, str] = {}

    def __enter__(self) -> Self:
        """Begin; in the end what was taken is written, so that a broken download is a part."""
        return self

    def __exit__(self, *_: object) -> None:
        self.write()

    def begins(self, status: int, headers: Mapping[str, str]) -> bool:
        """Tell whether the body is wanted; raises SaveError when it is larger than the limit."""
        part, url = self._part, self._download.url
        self._status, self._headers = status, headers
        self._unpack = unpacker(self._wire, headers) if self._packed else None
        found = start_of(part, url, status, headers)
        if found is None:
            if status in _NO_RANGE:
                part.forget()
            return False
        if found == 0:
            begin(part, url, headers)
        self._check_size(part.total or 0)
        self._file.seek(found)
        self._file.truncate()
        return True

    def announced(self) -> int | None:
        """Return how many bytes the body has, where it comes as it is and its head tells."""
        length = self._headers.get("content-length", "")
        as_it_is = self._unpack is None and "transfer-encoding" not in self._headers
        return int(length) if as_it_is and length.isdecimal() else None

    def take(self, chunk: bytes | memoryview) -> bool:
        """Take one chunk, and tell whether it is time to write; raises SaveError past the limit."""
        size = self._part.size + self._waiting
        if self._unpack is not None:
            chunk = self._unpack(bytes(chunk), self._download.limit - size)
        self._check_size(size + len(chunk))
        self._wire.check_time()
        self._taken.append(chunk)
        self._waiting += len(chunk)
        return self._waiting > PIECE

    def write(self) -> None:
        """Write what was taken: it is a part from now on, which can be continued."""
        taken, self._taken, self._waiting = self._taken, [], 0
        for chunk in taken:
            self._file.write(chunk)
            self._part.size += len(chunk)

    def downloaded(self) -> Downloaded:
        """Return what lies in the file now; raises NoAnswerError when more was announced."""
        part = self._part
        if self._status < _ERRORS and part.total is not None and part.size < part.total:
            raise self._wire.no_answer("the file did not come whole")
        answer = self._wire.answer(self._status, dict(self._headers), b"")
        self._file.seek(0)
        head = self._file.read(_FIRST_LOOK)
        if tells_more(head):
            head += self._file.read(HEADER_SIZE - len(head))
        self._file.seek(max(0, part.size - TAIL_SIZE))
        return Downloaded(
            answer.status,
            answer.headers,
            head=head,
            tail=self._file.read(TAIL_SIZE),
            size=part.size,
            temporary=part.path,
            at=answer.at,
        )

    def _check_size(self, size: int) -> None:
        limit = self._download.limit
        if size > limit:
            raise SaveError(f"it is larger than {show_size(limit)}", hint="Raise max_download")
