"""Real films: an MP4 whose frames are JPEG pictures, drawn as a slow pan over one variation.

The container is ISO/IEC 14496-12 and 14496-14, the codec JPEG under object type 0x6C of the MP4
registration authority: what common decoders play, and nothing but Pillow makes it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from chainhub_fal_sandbox.pictures import Size, encode, open_picture, variation

MEDIA_TYPE = "video/mp4"
RATE = 4
"""Frames per second."""
LONGEST = 10.0
"""Seconds of film that are made at most, whatever was asked for."""
_WIDEST = 640  # pixels of the longer side: a sandbox need not fill a screen
_ROOM = 1.3  # width of the picture panned over, in widths of the film
_JPEG = 0x6C
_SCALE = 1000  # ticks per second
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


@dataclass(frozen=True)
class Film:
    """Everything that decides the bytes of one film; ``source`` is an encoded picture."""

    source: bytes
    size: Size
    seed: int
    index: int
    seconds: float

    def render(self) -> bytes:
        """Return the film as MP4: the same recipe gives the same bytes."""
        size = frame_size(self.size)
        count = max(1, round(min(self.seconds, LONGEST) * RATE))
        wide = (round(size[0] * _ROOM), size[1])
        scene = variation(open_picture(self.source), wide, self.seed, self.index)
        return mp4([encode(frame, "jpeg") for frame in _pan(scene, size, count)], size)


def frame_size(size: Size) -> Size:
    """Return the size of a film's frames: the shape asked for, even and of at most 640 pixels."""
    scale = min(1.0, _WIDEST / max(size))
    width, height = (max(16, round(side * scale / 2) * 2) for side in size)
    return width, height


def mp4(frames: Sequence[bytes], size: Size) -> bytes:
    """Put JPEG frames of one size into an MP4 that plays :data:`RATE` of them a second."""
    head = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isomiso2mp41")
    begin = len(head) + len(_movie(frames, size, 0)) + 8
    return head + _movie(frames, size, begin) + _box(b"mdat", *frames)


def _pan(scene: Image.Image, size: Size, count: int) -> list[Image.Image]:
    room = scene.width - size[0]
    lefts = [round(room * index / max(1, count - 1)) for index in range(count)]
    return [scene.crop((left, 0, left + size[0], size[1])) for left in lefts]


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), *parts)


def _movie(frames: Sequence[bytes], size: Size, begin: int) -> bytes:
    """Write ``moov``; the first frame stands ``begin`` bytes into the file."""
    length = len(frames) * _SCALE // RATE
    times = struct.pack(">4I", 0, 0, _SCALE, length)
    movie = _full(
        b"mvhd", times, struct.pack(">IH10x", 0x10000, 0x100), _MATRIX, bytes(24), _numbers(2)
    )
    place = struct.pack(">8x4H", 0, 0, 0, 0)
    shape = struct.pack(">2I", size[0] << 16, size[1] << 16)
    track = _full(b"tkhd", struct.pack(">5I", 0, 0, 1, 0, length), place, _MATRIX, shape, flags=3)
    media = _box(
        b"mdia",
        _full(b"mdhd", times, struct.pack(">2H", 0x55C4, 0)),
        _full(b"hdlr", bytes(4), b"vide", bytes(12), b"sandbox\0"),
        _box(
            b"minf",
            _full(b"vmhd", bytes(8), flags=1),
            _box(b"dinf", _full(b"dref", _numbers(1), _full(b"url ", flags=1))),
            _samples(frames, size, begin),
        ),
    )
    return _box(b"moov", movie, _box(b"trak", track, media))


def _samples(frames: Sequence[bytes], size: Size, begin: int) -> bytes:
    count = len(frames)
    sizes = [len(frame) for frame in frames]
    return _box(
        b"stbl",
        _full(b"stsd", _numbers(1), _entry(size)),
        _full(b"stts", _numbers(1, count, _SCALE // RATE)),
        _full(b"stsc", _numbers(1, 1, count, 1)),
        _full(b"stsz", _numbers(0, count, *sizes)),
        _full(b"stco", _numbers(1, begin)),
    )


def _entry(size: Size) -> bytes:
    """Write the sample entry ``mp4v``, whose descriptors say that the frames are JPEG."""
    resolution = struct.pack(">2I", 72 << 16, 72 << 16)
    picture = struct.pack(">2H", *size) + resolution + struct.pack(">IH32xHh", 0, 1, 24, -1)
    config = _descriptor(4, bytes([_JPEG, 0x11]), bytes(11))
    stream = _descriptor(3, struct.pack(">HB", 1, 0), config, _descriptor(6, b"\x02"))
    return _box(b"mp4v", struct.pack(">6xH16x", 1), picture, _full(b"esds", stream))


def _descriptor(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def _numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)
