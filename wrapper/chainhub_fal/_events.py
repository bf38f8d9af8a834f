"""Cuts server-sent events out of what comes (WHATWG HTML, section 9.2). Pure: no I/O.

Lenient where the standard is: what is no data is passed over, and so is a last event that was cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

MAX_EVENT = 1024 * 1024
"""Bytes of one event that are kept at most."""
_BOM = b"\xef\xbb\xbf"


class EventTooLargeError(ValueError):
    """An event is larger than :data:`MAX_EVENT`."""


class Events:
    """The events of one stream, as its pieces come."""

    __slots__ = ("_after_cr", "_begun", "_data", "_rest", "_size")

    def __init__(self) -> None:
        self._begun = self._after_cr = False
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def take(self, piece: bytes) -> list[bytes]:
        """Return the data of each event that ends in this piece; raises EventTooLargeError."""
        return [data for line in self._lines(piece) if (data := self._read(line)) is not None]

    def _lines(self, piece: bytes) -> Iterator[bytes]:
        """Yield the lines that end here; LF, CRLF and CR end one, wherever the pieces are cut."""
        if not piece:
            return
        if self._after_cr:
            piece = piece.removeprefix(b"\n")
        self._after_cr = piece.endswith(b"\r")
        text = self._rest + piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = text.split(b"\n")
        if lines and not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(_BOM)
        yield from lines
        self._check(len(self._rest))

    def _read(self, line: bytes) -> bytes | None:
        """Take a line; return an event's data when the line ends it."""
        if not line:
            data, self._data, self._size = self._data, [], 0
            return b"\n".join(data) if data else None
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value)
            self._check(0)
        return None

    def _check(self, more: int) -> None:
        if self._size + more > MAX_EVENT:
            raise EventTooLargeError


def comes_in_events(status: int, headers: Mapping[str, str]) -> bool:
    """Tell by its head whether an answer is a stream of events."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return 200 <= status < 300 and media_type == "text/event-stream"  # noqa: PLR2004 - success
