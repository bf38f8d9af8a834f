"""Films and sounds are real: their containers hold what their tables say, and the length asked for."""

from __future__ import annotations

import struct
import wave
from io import BytesIO

import pytest
from PIL import Image

from chainhub_fal_sandbox.artefacts import kind_of
from chainhub_fal_sandbox.pictures import invent
from chainhub_fal_sandbox.scalars import scalar
from chainhub_fal_sandbox.sounds import Sound
from chainhub_fal_sandbox.videos import RATE, Film, frame_size

SOURCE = invent("a motif")


def boxes(data: bytes, *path: bytes) -> bytes:
    """Return the body of the box at a path of an MP4."""
    place = 0
    while place < len(data):
        size, kind = struct.unpack_from(">I4s", data, place)
        assert size >= 8
        if kind == path[0]:
            body = data[place + 8 : place + size]
            return boxes(body, *path[1:]) if path[1:] else body
        place += size
    raise KeyError(path)


def test_every_frame_of_a_film_is_a_picture_where_its_table_says() -> None:
    data = Film(SOURCE, (320, 180), 7, 0, 2).render()
    table = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
    count, *sizes = struct.unpack(f">{2 * RATE + 1}I", boxes(data, *table, b"stsz")[8:])
    assert count == 2 * RATE
    (begin,) = struct.unpack(">I", boxes(data, *table, b"stco")[8:])
    frames = []
    for size in sizes:
        with Image.open(BytesIO(data[begin : begin + size])) as frame:
            assert (frame.format, frame.size) == ("JPEG", (320, 180))
            frames.append(data[begin : begin + size])
        begin += size
    assert begin == len(data)
    assert len(set(frames)) == count  # it moves


def test_a_film_is_as_long_as_asked_within_reason_and_the_same_for_a_seed() -> None:
    film = Film(SOURCE, (64, 64), 7, 0, 2)
    assert film.render() == film.render() != Film(SOURCE, (64, 64), 8, 0, 2).render()
    _, _, _, scale, length = struct.unpack(
        ">5I", boxes(Film(SOURCE, (64, 64), 7, 0, 9999).render(), b"moov", b"mvhd")[:20]
    )
    assert length / scale == 10


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ((1280, 720), (640, 360)),
        ((720, 1280), (360, 640)),
        ((33, 33), (32, 32)),
        ((4, 4), (16, 16)),
    ],
)
def test_a_film_keeps_the_shape_asked_for(asked: tuple[int, int], made: tuple[int, int]) -> None:
    assert frame_size(asked) == made


def test_a_sound_lasts_as_long_as_asked_within_reason() -> None:
    for asked, lasts in ((0.5, 0.5), (1e9, 10)):
        with wave.open(BytesIO(Sound(3, 0, asked).render())) as sound:
            assert sound.getnframes() / sound.getframerate() == lasts
    assert Sound(3, 0, 0.1).render() != Sound(4, 0, 0.1).render()


@pytest.mark.parametrize(
    ("name", "schema", "kind"),
    [
        ("images", {}, "picture"),
        ("video", {"properties": {"width": {}, "height": {}}}, "film"),
        ("result", {"title": "Video file"}, "film"),
        ("speech", {}, "sound"),
        ("output", {"properties": {"width": {}, "height": {}}}, "picture"),
        ("mesh", {}, "bytes"),
    ],
)
def test_a_file_is_what_its_property_is_called(
    name: str, schema: dict[str, object], kind: str
) -> None:
    assert kind_of(schema, name) == kind


@pytest.mark.parametrize(
    ("schema", "kind", "value"),
    [
        ({"const": 3, "default": 4}, "integer", 3),
        ({"default": False, "example": True}, "boolean", False),
        ({"example": "text", "enum": ["a"]}, "string", "text"),
        ({"examples": [7], "enum": [8]}, "integer", 7),
        ({"enum": ["a", "b"]}, "string", "a"),
        ({"minimum": 5}, "integer", 5),
        ({"exclusiveMinimum": 5}, "integer", 6),
        ({"maximum": -2}, "integer", -2),
        ({"exclusiveMaximum": 0}, "number", -0.5),
        ({"minLength": 3}, "string", "xxx"),
        ({"format": "uuid"}, "string", "00000000-0000-4000-8000-000000000000"),
        ({}, "null", None),
    ],
)
def test_what_no_input_decides_is_the_least_that_the_schema_allows(
    schema: dict[str, object], kind: str, value: object
) -> None:
    assert scalar(schema, kind) == value
