"""File types read from the bytes themselves, data URIs, and how private content may be shown."""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True, slots=True)
class Media:
    """A file type: the names it goes by in contracts, its media type and its file extension."""

    names: tuple[str, ...]
    media_type: str
    extension: str

    @property
    def kind(self) -> str:
        """The first word of the media type: image, video, audio or application."""
        return self.media_type.partition("/")[0]


JPEG = Media(("jpg", "jpeg"), "image/jpeg", "jpg")
PNG = Media(("png",), "image/png", "png")
WEBP = Media(("webp",), "image/webp", "webp")
GIF = Media(("gif",), "image/gif", "gif")
AVIF = Media(("avif",), "image/avif", "avif")
MP4 = Media(("mp4",), "video/mp4", "mp4")
WEBM = Media(("webm",), "video/webm", "webm")
MP3 = Media(("mp3",), "audio/mpeg", "mp3")
WAV = Media(("wav",), "audio/wav", "wav")
ALL = (JPEG, PNG, WEBP, GIF, AVIF, MP4, WEBM, MP3, WAV)
UNKNOWN = Media((), "application/octet-stream", "bin")
PAGE = "a web page"
"""What :func:`text_kind` calls HTML."""

HEAD_SIZE = 64
"""Bytes that are enough for :func:`sniff`."""

_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"\x1a\x45\xdf\xa3", WEBM),
    (b"ID3", MP3),
    *((start, MP3) for start in (b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")),
)
HEADER_SIZE = 256 * 1024
"""Bytes that tell a picture's size in pixels: colour profiles and thumbnails may come before it."""
TAIL_SIZE = 1024
"""Bytes that are enough for :func:`is_whole`."""

_KILO = 1024
_RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
# The end markers: of JPEG, which stuffs its data so that the marker occurs nowhere else, of PNG,
# and of GIF (its trailer after the empty block that ends the last picture).
_ENDS = {"image/jpeg": b"\xff\xd9", "image/png": b"IEND", "image/gif": b"\x00;"}
_AVIF_BRANDS = (b"avif", b"avis")


def sniff(head: bytes) -> Media | None:
    """Tell the type of a file from its first :data:`HEAD_SIZE` bytes; None when it is not known."""
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        size = int.from_bytes(head[:4], "big")
        brands = head[8 : min(size, HEAD_SIZE)]
        return AVIF if any(brand in brands for brand in _AVIF_BRANDS) else MP4
    return next((media for start, media in _STARTS if head.startswith(start)), None)


def is_whole(media: Media, head: bytes, tail: bytes, size: int) -> bool:
    """Tell whether a file has its end, by its first and last bytes; True where that cannot be told.

    A file that is cut off comes with a good status, a good length and a good head.
    """
    if media is WEBP:  # RIFF says its own length, less the eight bytes that say so
        return size >= int.from_bytes(head[4:8], "little") + 8
    end = _ENDS.get(media.media_type)
    return end is None or end in tail[-TAIL_SIZE:]


def text_kind(head: bytes) -> str:
    """Tell what a file is that no picture, film or sound is: a web page, JSON, or neither ("")."""
    start = head[:_KILO].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return PAGE
    return "JSON" if start.startswith((b"{", b"[")) else ""


def by_name(name: str) -> Media | None:
    """Find a type by a contract's name for it (``jpg``) or its media type (``image/jpeg``)."""
    bare = name.partition(";")[0].strip().lower()
    bare = "image/jpeg" if bare == "image/jpg" else bare
    return next((media for media in ALL if bare in media.names or bare == media.media_type), None)


def data_uri(content: bytes, media: Media) -> str:
    """Write bytes as a base64 ``data:`` URI."""
    return f"data:{media.media_type};base64,{base64.b64encode(content).decode('ascii')}"


def read_data_uri(uri: str) -> bytes:
    """Return the bytes in a ``data:`` URI; raises ValueError when it cannot be decoded."""
    header, comma, payload = uri.partition(",")
    if not comma or not header[:5].lower() == "data:":
        raise ValueError("it has no comma between its type and its data")
    if not header.lower().endswith(";base64"):
        return unquote_to_bytes(payload)
    try:
        return base64.b64decode(unquote_to_bytes(payload), validate=True)
    except binascii.Error as error:
        raise ValueError(f"its base64 is broken: {error}") from None


def describe(value: object) -> object:
    """Return a value fit to be shown: files and data URIs become type, size and a short hash."""
    if isinstance(value, str):
        return _describe_text(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return _describe_bytes(bytes(value))
    if isinstance(value, dict):
        return {str(name): describe(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [describe(item) for item in value]
    return value


def _describe_text(text: str) -> str:
    if text[:5].lower() != "data:":
        return text
    try:
        return _describe_bytes(read_data_uri(text))
    except ValueError:
        return f"broken data URI, {len(text)} characters"


def _describe_bytes(content: bytes) -> str:
    media = sniff(content[:HEAD_SIZE])
    kind = media.media_type if media else "data"
    return f"{kind}, {show_size(len(content))}, sha256 {hashlib.sha256(content).hexdigest()[:12]}"


def show_size(size: int) -> str:
    """Write a number of bytes for people: ``184 kB``, ``10 MB`` (1 kB is 1024 bytes)."""
    if size < _KILO:
        return f"{size} B"
    if size < _KILO * _KILO:
        return f"{size / _KILO:.0f} kB"
    return f"{size / _KILO / _KILO:.1f} MB".replace(".0 ", " ")
