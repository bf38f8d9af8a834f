"""Variations: size, format and number as asked; the same seed gives the same bytes."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat

from chainhub_fal_sandbox.pictures import (
    PictureRefusedError,
    Recipe,
    check_size,
    encode,
    invent,
    open_picture,
)
from chainhub_fal_sandbox.sources import load_source
from chainhub_fal_sandbox.styles import STYLES

SOURCE = invent("a motif")


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        picture.load()
        return picture.copy()


@pytest.mark.parametrize(("name", "kind"), [("jpeg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
@pytest.mark.parametrize("size", [(96, 64), (64, 96), (1, 1)])
def test_a_picture_has_the_size_and_format_asked_for(
    name: str, kind: str, size: tuple[int, int]
) -> None:
    with Image.open(BytesIO(Recipe(SOURCE, size, 1, 0, name).render())) as picture:
        assert (picture.size, picture.format) == (size, kind)


def test_the_same_recipe_gives_the_same_bytes_and_another_seed_other_bytes() -> None:
    recipe = Recipe(SOURCE, (96, 64), 7, 0, "png")
    assert recipe.render() == Recipe(SOURCE, (96, 64), 7, 0, "png").render()
    assert recipe.render() != Recipe(SOURCE, (96, 64), 8, 0, "png").render()


def test_each_variation_looks_different_from_every_other() -> None:
    stripes = Image.linear_gradient("L").resize((96, 64))  # no mirror or crop can tell them apart
    source = encode(ImageOps.colorize(stripes, black=(40, 20, 10), white=(240, 190, 90)), "png")
    looks = [opened(Recipe(source, (96, 64), 3, n, "png").render()) for n in range(len(STYLES))]
    for number, first in enumerate(looks):
        for second in looks[number + 1 :]:
            difference = ImageStat.Stat(ImageChops.difference(first, second)).mean
            assert sum(difference) > 25


def test_a_transparent_rotated_picture_becomes_upright_and_opaque() -> None:
    source = Image.new("RGBA", (4, 2), (0, 0, 0, 0))
    exif = source.getexif()
    exif[0x0112] = 6
    stream = BytesIO()
    source.save(stream, "PNG", exif=exif)
    picture = open_picture(stream.getvalue())
    assert (picture.size, picture.mode, picture.getpixel((0, 0))) == ((2, 4), "RGB", (255,) * 3)


@pytest.mark.parametrize("data", [b"", b"<html>", SOURCE[:500]])
def test_what_is_no_picture_is_refused_in_fals_words(data: bytes) -> None:
    with pytest.raises(PictureRefusedError) as refusal:
        open_picture(data)
    assert refusal.value.kind == "image_load_error"


def test_a_picture_too_large_is_refused_with_its_bounds() -> None:
    with pytest.raises(PictureRefusedError) as refusal:
        check_size((4000, 4001), 16)
    assert (refusal.value.kind, refusal.value.context["max_width"]) == ("image_too_large", 4000)


@pytest.mark.parametrize(
    "url",
    [
        "https://fal.media/a.png",
        "http://192.0.2.1/a.png",
        "http://127.0.0.1.example/a.png",
        "ftp://127.0.0.1/a.png",
        "http://[::1/a.png",
        "data:image/png;base64,%%%",
        "data:image/png",
    ],
)
def test_no_host_but_loopback_is_ever_contacted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("http.client.HTTPConnection.request", lambda *_: pytest.fail("contacted"))
    with pytest.raises(PictureRefusedError) as refusal:
        load_source(url)
    assert refusal.value.kind == "file_download_error"
