"""Which real file stands where an output's schema has one: a picture, a film, a sound, or bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chainhub_fal_sandbox import sounds, videos
from chainhub_fal_sandbox.contract import Schema
from chainhub_fal_sandbox.files import StoredFile
from chainhub_fal_sandbox.orders import Order
from chainhub_fal_sandbox.pictures import FORMATS, Recipe, Size, check_size

_FILM_WORDS = ("video", "film", "movie", "clip")
_SOUND_WORDS = ("audio", "sound", "music", "speech", "voice")


@dataclass(frozen=True)
class Artefact:
    """A file to be served: its size in pixels where it has one, and the suffix of its name."""

    stored: StoredFile
    suffix: str
    size: Size | None = None


@dataclass(frozen=True)
class Studio:
    """Makes the files of one job; ``source`` is the encoded picture to start from."""

    order: Order
    source: bytes
    max_megapixels: float

    def make(self, schema: Schema, name: str, index: int) -> Artefact:
        """Return the ``index``-th file, for a schema at the property of this name.

        Raises PictureRefusedError if the picture asked for is too large to draw.
        """
        return _MAKERS[kind_of(schema, name)](self, index)

    def picture(self, index: int) -> Artefact:
        """Return a variation of the source, in the size and format asked for."""
        order = self.order
        check_size(order.size, self.max_megapixels)
        recipe = Recipe(self.source, order.size, order.seed, index, order.format)
        stored = StoredFile(FORMATS[order.format][1], recipe.render)
        return Artefact(stored, f".{order.format}", order.size)

    def film(self, index: int) -> Artefact:
        """Return a film of the shape and length asked for."""
        order = self.order
        film = videos.Film(self.source, order.size, order.seed, index, order.seconds)
        stored = StoredFile(videos.MEDIA_TYPE, film.render)
        return Artefact(stored, ".mp4", videos.frame_size(order.size))

    def sound(self, index: int) -> Artefact:
        """Return a tone of the length asked for."""
        sound = sounds.Sound(self.order.seed, index, self.order.seconds)
        return Artefact(StoredFile(sounds.MEDIA_TYPE, sound.render), ".wav")

    def bytes(self, index: int) -> Artefact:
        """Return plain bytes, for what nothing here can make."""
        data = f"sandbox file, seed {self.order.seed}, number {index}\n".encode()
        return Artefact(StoredFile("application/octet-stream", lambda: data), ".bin")


_MAKERS: Mapping[str, Callable[[Studio, int], Artefact]] = {
    "picture": Studio.picture,
    "film": Studio.film,
    "sound": Studio.sound,
    "bytes": Studio.bytes,
}


def kind_of(schema: Schema, name: str) -> str:
    """Tell what a file is, by its property's name and title; sizes make it a picture."""
    properties = schema.get("properties")
    sized = isinstance(properties, Mapping) and {"width", "height"} <= set(properties)
    words = f"{name} {schema.get('title', '')}".lower()
    for kind, known in (("film", _FILM_WORDS), ("sound", _SOUND_WORDS), ("picture", ("image",))):
        if any(word in words for word in known):
            return kind
    return "picture" if sized else "bytes"
