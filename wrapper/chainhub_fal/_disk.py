"""Reads the caller's pictures and writes the results: every touch of a file system."""

from __future__ import annotations

import filecmp
import glob
import hashlib
import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from ._effects import Downloaded, Keep, Load, Part, Picture, Readable
from ._media import ALL, show_size
from .errors import ChainHubError, InvalidInputError, SaveError

_LONGEST_PATH = 200  # characters that are repeated
_LONGEST_OWNER = 64  # characters of an id that a temporary file's name repeats
_TOKEN = 16  # characters of chance that end such a name
_PICTURE_FORMATS = {
    media.names[-1].upper() for media in ALL if media.media_type.startswith("image")
}


def load(effect: Load) -> bytes:
    """Return the bytes of a path, a file object, bytes or a PIL image.

    Raises InvalidInputError when it cannot be read, is no file, or is larger than the limit.
    """
    source = effect.source
    try:
        content = _read(source, effect.limit)
    except (OSError, ValueError, RuntimeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InvalidInputError(
            f"the file cannot be read: {reason}", field=effect.name, hint=_looked_for(source)
        ) from error
    if content is None:
        raise InvalidInputError(
            f"a {type(source).__name__} is no file",
            field=effect.name,
            hint="Give a URL, a data URI, a path, bytes, a binary file object or a PIL image",
        )
    if len(content) > effect.limit:
        raise InvalidInputError(
            f"the file has more than {show_size(effect.limit)}",
            field=effect.name,
            hint="Make it smaller, give a URL, or raise max_upload",
        )
    return content


def _looked_for(source: object) -> str:
    """Repeat a path, so that a typing error shows; a long text may be no path but the content."""
    text = os.fspath(source) if isinstance(source, str | os.PathLike) else ""
    return f"Looked for {text!r}" if 0 < len(text) <= _LONGEST_PATH else ""


def _read(source: object, limit: int) -> bytes | None:
    """Read one byte more than the limit at most: enough to see that it is exceeded."""
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source)
    if isinstance(source, str | os.PathLike):
        with Path(cast("str", os.fspath(source))).expanduser().open("rb") as file:
            return file.read(limit + 1)
    if isinstance(source, Picture):
        return _encode(source)
    if isinstance(source, Readable):
        content = source.read(limit + 1)
        return content if isinstance(content, bytes) else None
    return None


def _encode(picture: Picture) -> bytes:
    """Write a PIL image in the format it came in, else as PNG, which keeps every mode's colours."""
    name = picture.format if picture.format in _PICTURE_FORMATS else "PNG"
    buffer = io.BytesIO()
    picture.save(buffer, format=name)
    return buffer.getvalue()


def keep(effect: Keep) -> str:
    """Put content at its final name in one step, so that no reader ever sees half a file.

    A file that already holds the same bytes stays as it is: to save again changes nothing.
    """
    target = Path(effect.folder) / effect.name
    with _told(target):
        if isinstance(effect.content, Downloaded):
            _settle(Path(effect.content.temporary), target)
            return str(target)
        try:
            with opened(effect.folder, effect.part) as file:
                file.write(effect.content)
            _settle(Path(effect.part.path), target)
        finally:
            effect.part.drop()
    return str(target)


def _settle(temporary: Path, target: Path) -> None:
    if target.is_file() and filecmp.cmp(temporary, target, shallow=False):
        temporary.unlink()
        return
    with temporary.open("r+b") as file:  # Windows flushes no file that is open for reading only
        os.fsync(file.fileno())  # the rename must not become durable before the bytes
    temporary.replace(target)


@contextmanager
def opened(folder: str, part: Part) -> Iterator[IO[bytes]]:
    """Open a part's temporary file, made in the folder it will stay in when it has none yet.

    It stays for the next try; :meth:`Part.drop` removes it, also while it is open here. Raises
    SaveError when the folder cannot be made or written, or the disk is full.
    """
    with _told(Path(folder)):
        try:
            with _open(folder, part) as file:
                yield file
        finally:
            if part.dropped:
                part.drop()


def _open(folder: str, part: Part) -> IO[bytes]:
    if part.path:
        return Path(part.path).open("r+b")
    Path(folder).mkdir(parents=True, exist_ok=True)
    start = f".chainhub-{_shortened(part.owner)}-"
    if part.alone:
        _remove_parts(Path(folder), start)
    path = Path(folder) / f"{start}{secrets.token_hex(_TOKEN // 2)}.part"
    file = path.open("x+b")
    part.path, part.remove = str(path), _remove
    return file


def _shortened(name: str) -> str:
    """Return a name that leaves room for more: file systems take 255 bytes."""
    return name if len(name) <= _LONGEST_OWNER else hashlib.sha256(name.encode()).hexdigest()


def _remove_parts(folder: Path, start: str) -> None:
    """Remove what a killed process left of a job."""
    for left in folder.glob(f"{glob.escape(start)}{'[0-9a-f]' * _TOKEN}.part"):
        _remove(str(left))


def _remove(path: str) -> None:
    with suppress(OSError):
        Path(path).unlink()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except ChainHubError:
        raise  # some of ours are OSErrors too, and have been told already
    except OSError as error:
        raise SaveError(
            f"{path} cannot be written: {error.strerror or error}",
            path=str(path),
            hint="Free the disk or choose another folder",
        ) from error
