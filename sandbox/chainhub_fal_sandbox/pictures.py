"""Variations of a picture: deterministic by seed, each different, all recognisably the source."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter, ImageOps, UnidentifiedImageError

from chainhub_fal_sandbox.styles import STYLES

Size = tuple[int, int]

# fal's picture formats by the name a request uses; Pillow's name, and the media type.
FORMATS: Mapping[str, tuple[str, str]] = {
    "jpeg": ("JPEG", "image/jpeg"),
    "jpg": ("JPEG", "image/jpeg"),
    "png": ("PNG", "image/png"),
    "webp": ("WEBP", "image/webp"),
}


class PictureRefusedError(ValueError):
    """A picture that cannot be used; `kind` is fal's error type, `context` its bounds."""

    def __init__(
        self, kind: str, message: str, context: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.context = context or {}


@dataclass(frozen=True)
class Recipe:
    """Everything that decides the bytes of one picture; `source` is an encoded picture."""

    source: bytes
    size: Size
    seed: int
    index: int
    format: str

    def render(self) -> bytes:
        """Return the encoded variation: the same recipe gives the same bytes."""
        source = open_picture(self.source)
        picture = variation(source, self.size, self.seed, self.index)
        return encode(picture, self.format)


def open_picture(data: bytes, max_megapixels: float = float("inf")) -> Image.Image:
    """Decode a picture, upright and in RGB; transparency becomes white.

    Raises PictureRefusedError for what is no picture, is broken, or is too large.
    """
    try:
        with Image.open(BytesIO(data)) as found:
            check_size(found.size, max_megapixels)
            upright = ImageOps.exif_transpose(found).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        if isinstance(error, PictureRefusedError):
            raise
        message = "Failed to load the image. Please make sure that it is a valid image."
        raise PictureRefusedError("image_load_error", message) from error
    white = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(white, upright).convert("RGB")


def check_size(size: Size, max_megapixels: float) -> None:
    """Raise PictureRefusedError if a picture of this size has too many pixels."""
    width, height = size
    if width * height > max_megapixels * 1e6:
        side = int((max_megapixels * 1e6) ** 0.5)
        message = f"Image is too large: {width}x{height}. This sandbox draws {max_megapixels} MP."
        raise PictureRefusedError(
            "image_too_large", message, {"max_height": side, "max_width": side}
        )


def invent(text: str) -> bytes:
    """Draw a picture from a text alone, for models without a source; returns PNG bytes."""
    dice = random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311 - not for secrets
    width, height = 512, 384
    picture = Image.new("RGB", (width, height), _colour(dice))
    draw = ImageDraw.Draw(picture)
    for _ in range(24):
        x, y, radius = dice.randrange(width), dice.randrange(height), dice.randrange(30, 160)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_colour(dice))
    return encode(picture.filter(ImageFilter.GaussianBlur(8)), "png")


def variation(source: Image.Image, size: Size, seed: int, index: int) -> Image.Image:
    """Draw the `index`-th variation of a source in the wanted size (pixels).

    Neighbours differ in style by construction, in crop and mirror by seed.
    """
    text = f"{seed}:{index}"
    dice = random.Random(hashlib.sha256(text.encode()).digest())  # noqa: S311 - not for secrets
    picture = _crop(source, size, dice)
    if index % 2:
        picture = ImageOps.mirror(picture)
    return STYLES[(seed + index) % len(STYLES)](picture, dice).resize(size)


def encode(picture: Image.Image, format_name: str) -> bytes:
    """Encode a picture in a format of `FORMATS`."""
    stream = BytesIO()
    picture.save(stream, FORMATS[format_name][0], quality=88)
    return stream.getvalue()


def _crop(source: Image.Image, size: Size, dice: random.Random) -> Image.Image:
    """Cut a window of the wanted shape: large enough to keep the motif, never the whole."""
    shape = size[0] / size[1]
    width = min(source.width, source.height * shape) * dice.uniform(0.8, 0.97)
    height = width / shape
    left = (source.width - width) * dice.uniform(0.25, 0.75)
    top = (source.height - height) * dice.uniform(0.1, 0.5)
    window = (left, top, left + width, top + height)
    return source.resize(size, Image.Resampling.BICUBIC, box=window)


def _colour(dice: random.Random) -> tuple[int, int, int]:
    return dice.randrange(256), dice.randrange(256), dice.randrange(256)
