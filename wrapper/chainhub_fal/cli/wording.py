"""How things are named on a line of text: images, states, durations, servers' own words."""

from __future__ import annotations

from pathlib import PurePath
from urllib.parse import urlsplit

from .. import Update

PROGRAM = "chainhub-fal"
_KILO = 1024
_MINUTE = 60


def one_line(text: str) -> str:
    """Return text that cannot steer a terminal: what does not print becomes a space."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def is_url(image: str) -> bool:
    """Tell whether an image is given by its web address."""
    return image[:8].lower().startswith(("http://", "https://"))


def is_data_uri(image: str) -> bool:
    """Tell whether an image is given as the data themselves."""
    return image[:5].lower() == "data:"


def name_of(image: str) -> str:
    """Return a short name for an image: of a path or an address its last part, of data nothing."""
    if is_data_uri(image):
        return "data URI"
    if is_url(image):
        parts = urlsplit(image)
        return one_line(PurePath(parts.path).name or parts.netloc)
    return one_line(PurePath(image).name or image)


def place(state: str, position: int | None) -> str:
    """Say a state and a place in the queue as people do: ``in queue, 2 ahead``."""
    words = one_line(state).replace("_", " ").lower()
    if position is None:
        return words
    return f"{words}, next" if position == 0 else f"{words}, {position} ahead"


def change(update: Update) -> str:
    """Say where a job stands now."""
    return place(update.state, update.queue_position)


def seconds(duration: float) -> str:
    """Say a duration, given in seconds: ``2.4 s``, ``3 min 5 s``."""
    minutes, rest = divmod(duration, 60)
    return f"{int(minutes)} min {int(rest)} s" if minutes else f"{rest:.1f} s"


def duration(span: float) -> str:
    """Say roughly how long, given in seconds: ``40 s``, ``12 min``, ``3 h 5 min``."""
    minutes = round(span / 60)
    if span < _MINUTE:
        return f"{span:.0f} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= _MINUTE else f"{minutes} min"


def size(count: int) -> str:
    """Say a number of bytes (1 kB is 1024 of them)."""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO * _KILO:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _KILO / _KILO:.1f} MB"


def counted(count: int, word: str) -> str:
    """Say how many: ``1 file``, ``4 files``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
