"""Lines of text from a file of any size: one at a time, none longer than memory can bear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from .. import InvalidInputError

LONGEST = 16 * 1024 * 1024
"""Bytes of a line that is read: room for a picture of 10 MB written as a data URI."""
_BOM = "\ufeff"


class Lines(Iterator[str]):
    """Yields lines with their ends; ``number`` counts them from 1.

    A line that is too long or no text raises InvalidInputError, after which the next may be read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.number = 0

    def __next__(self) -> str:
        """Return the next line; raises InvalidInputError for one that cannot be read."""
        line = self._stream.readline(LONGEST + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST:
            self._skip_rest(line)
            raise InvalidInputError(f"the line has more than {LONGEST // 1024**2} MB")
        return self._text(line)

    def _skip_rest(self, part: bytes) -> None:
        while part and not part.endswith(b"\n"):
            part = self._stream.readline(LONGEST)

    def _text(self, line: bytes) -> str:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InvalidInputError(f"byte {error.start + 1} of the line is no UTF-8") from None
        if "\0" in text:
            raise InvalidInputError("the line holds a NUL byte, so it is no text")
        return text.removeprefix(_BOM) if self.number == 1 else text
