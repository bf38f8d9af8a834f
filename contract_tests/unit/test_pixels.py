"""A picture's header tells its size, as Pillow wrote it; what is cut short tells nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from chainhub_fal._pixels import size_of, tells_more

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "png": ("PNG", {}),
    "gif": ("GIF", {}),
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "jpeg with a profile": ("JPEG", {"icc_profile": bytes(100_000)}),
    "lossy webp": ("WEBP", {}),
    "lossless webp": ("WEBP", {"lossless": True}),
    "extended webp": ("WEBP", {"exif": b"Exif\0\0 a camera"}),
}


def picture(kind: str) -> bytes:
    name, options = KINDS[kind]
    buffer = io.BytesIO()
    Image.new("RGB", (300, 7)).save(buffer, name, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_the_size_stands_in_the_header(kind: str) -> None:
    data = picture(kind)
    assert size_of(data) == (300, 7)
    assert {size_of(data[:end]) for end in range(min(len(data), 200))} <= {None, (300, 7)}
    assert size_of(data[:9]) is None


def test_only_of_a_jpeg_more_need_be_read_and_not_once_its_size_is_known() -> None:
    wide = picture("jpeg with a profile")
    assert tells_more(wide[:4096])
    assert not tells_more(wide)
    assert [kind for kind in KINDS if tells_more(picture(kind))] == []
    assert tells_more(picture("jpeg")[:9])
    assert not tells_more(b"\xff\xd8" + bytes(4096))


def test_what_is_no_picture_has_no_size() -> None:
    assert size_of(b"\xff\xd8\xff") is None
    assert size_of(b"\xff\xd8" + bytes(100)) is None
    assert size_of(b"<html>") is None
