"""A picture's size, read from its header: PNG, JPEG, GIF and WebP, without decoding anything."""

from __future__ import annotations

from typing import Literal, TypeAlias

Size: TypeAlias = tuple[int, int]
"""Width and height in pixels."""

# JPEG (ITU T.81, table B.1): the frame headers, and the markers that stand alone.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAME_SIZE = 9  # bytes of a frame header up to the size's end
_LOSSY_KEY = b"\x9d\x01\x2a"  # RFC 6386, section 9.1
_LOSSLESS_KEY = 0x2F  # WebP lossless bitstream, section 3
_14_BITS = 0x3FFF


def size_of(head: bytes) -> Size | None:
    """Return the size that the first bytes of a picture tell; None where they do not."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return _pair(head, 16, 4, "big")
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _pair(head, 6, 2, "little")
    if head.startswith(b"\xff\xd8"):
        return _of_jpeg(head)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _of_webp(head)
    return None


def _pair(head: bytes, at: int, length: int, order: Literal["big", "little"]) -> Size | None:
    """Read two numbers of the same length, one after the other."""
    first, second = head[at : at + length], head[at + length : at + 2 * length]
    if len(second) < length:
        return None
    return int.from_bytes(first, order), int.from_bytes(second, order)


def tells_more(head: bytes) -> bool:
    """Tell whether the size may stand behind these first bytes: a JPEG's may, far behind."""
    at = _frame_of_jpeg(head) if head.startswith(b"\xff\xd8") else None
    return at is not None and at + _FRAME_SIZE > len(head)


def _of_jpeg(head: bytes) -> Size | None:
    at = _frame_of_jpeg(head)
    if at is None or at + _FRAME_SIZE > len(head):
        return None
    found = _pair(head, at + 5, 2, "big")
    return None if found is None else (found[1], found[0])


def _frame_of_jpeg(head: bytes) -> int | None:
    """Return where the frame header lies, or the furthest place known before it; None: nowhere."""
    at = 2
    while at + _FRAME_SIZE <= len(head):
        marker = head[at + 1]
        if head[at] != 0xFF:  # noqa: PLR2004 - what every marker begins with
            return None
        if marker in _FRAMES:
            return at
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte
            at += 1
        elif marker in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return at


def _of_webp(head: bytes) -> Size | None:
    kind = head[12:16]
    if kind == b"VP8X" and (found := _pair(head, 24, 3, "little")):
        return found[0] + 1, found[1] + 1
    if kind == b"VP8 " and head[23:26] == _LOSSY_KEY and (found := _pair(head, 26, 2, "little")):
        return found[0] & _14_BITS, found[1] & _14_BITS
    if kind == b"VP8L" and len(head) >= 25 and head[20] == _LOSSLESS_KEY:  # noqa: PLR2004 - its header's end
        bits = int.from_bytes(head[21:25], "little")
        return (bits & _14_BITS) + 1, (bits >> 14 & _14_BITS) + 1
    return None
