"""The looks a variation can have; each takes a picture and dice, and returns a picture."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import ceil

from PIL import Image, ImageChops, ImageEnhance, ImageFilter, ImageOps

Style = Callable[[Image.Image, random.Random], Image.Image]

# Filters that look at a neighbourhood work on a smaller copy: they cost by the pixel.
_WORKING_SIDE = 384


def oil(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Paint flat strokes of strong colour over a little of the original grain."""
    small = _reduced(picture)
    strokes = small.filter(ImageFilter.ModeFilter(5)).filter(ImageFilter.MedianFilter(3))
    painted = strokes.resize(picture.size, Image.Resampling.BICUBIC)
    mixed = Image.blend(painted, picture.filter(ImageFilter.SMOOTH), 0.22)
    return ImageEnhance.Color(mixed).enhance(dice.uniform(1.35, 1.6))


def sunset(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Grade warm: amber in the lights, violet in the shadows."""
    warm = ImageOps.colorize(
        picture.convert("L"), black=(38, 16, 58), mid=(196, 92, 62), white=(255, 236, 190)
    )
    return ImageEnhance.Contrast(Image.blend(picture, warm, dice.uniform(0.5, 0.62))).enhance(1.08)


def ink(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Draw in pencil on tinted paper."""
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=1)
    soft = ImageChops.invert(grey).filter(ImageFilter.GaussianBlur(dice.uniform(7, 10)))
    lines = _dodge(grey, soft)
    shaded = ImageChops.multiply(lines, grey.point(lambda level: 120 + level * 135 // 255))
    return ImageOps.colorize(shaded, black=(34, 32, 48), white=(250, 243, 226))


def dream(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Add a soft glow, as by moonlight."""
    glow = picture.filter(ImageFilter.GaussianBlur(12))
    lit = ImageChops.screen(picture.point(lambda level: level * 70 // 100), glow.point(_half))
    cool = ImageOps.colorize(
        lit.convert("L"), black=(8, 20, 58), mid=(40, 130, dice.randrange(150, 180)), white="white"
    )
    return Image.blend(lit, cool, 0.58)


def poster(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Print in a few flat colours, their hues turned."""
    vivid = ImageEnhance.Color(_reduced(picture).filter(ImageFilter.MedianFilter(3))).enhance(1.7)
    flat = ImageEnhance.Contrast(vivid).enhance(1.2).quantize(dice.randrange(9, 13))
    turned = _turned(flat.convert("RGB"), dice.choice((-40, 28, 150, 200)))
    return turned.resize(picture.size, Image.Resampling.BICUBIC)


def watercolour(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Wash the colours until they fade to paper, held by faint outlines."""
    small = _reduced(picture)
    wash = small.filter(ImageFilter.MedianFilter(7)).resize(picture.size, Image.Resampling.BICUBIC)
    paper = Image.blend(wash, Image.new("RGB", picture.size, (252, 248, 238)), 0.24)
    grey = picture.convert("L").filter(ImageFilter.GaussianBlur(1))
    soft = ImageChops.invert(grey).filter(ImageFilter.GaussianBlur(4))
    lines = _dodge(grey, soft).point(lambda level: 128 + level // 2).convert("RGB")
    return ImageEnhance.Color(ImageChops.multiply(paper, lines)).enhance(dice.uniform(1.5, 1.8))


def silver(picture: Image.Image, dice: random.Random) -> Image.Image:
    """Print in black and white, with deep blacks."""
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=(2, 1))
    toned = ImageOps.colorize(grey, black=(10, 10, 16), mid=(118, 116, 120), white=(250, 248, 244))
    return ImageEnhance.Contrast(toned).enhance(dice.uniform(1.1, 1.25))


STYLES: tuple[Style, ...] = (oil, sunset, ink, dream, poster, watercolour, silver)


def _reduced(picture: Image.Image) -> Image.Image:
    factor = ceil(max(picture.size) / _WORKING_SIDE)
    return picture.reduce(factor) if factor > 1 else picture


def _dodge(grey: Image.Image, soft: Image.Image) -> Image.Image:
    """Divide by the blurred negative: only edges stay dark, as in a pencil drawing."""
    halves = ImageChops.add(grey, soft, scale=2)
    return halves.point(lambda level: min(255, max(0, (level - 64) * 4)))


def _half(level: int) -> int:
    return level // 2


def _turned(picture: Image.Image, degrees: int) -> Image.Image:
    hue, saturation, value = picture.convert("HSV").split()
    shift = degrees * 256 // 360
    turned = hue.point(lambda level: (level + shift) % 256)
    return Image.merge("HSV", (turned, saturation, value)).convert("RGB")
