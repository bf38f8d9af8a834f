"""Reads the caller's pictures and writes the results: every touch of a file system."""

from __future__ import annotations

import io
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from ._effects import Discard, Downloaded, Keep, Load, Picture, Readable
from ._media import ALL, show_size
from .errors import ChainHubError, InvalidInputError, SaveError

_LONGEST_PATH = 200  # characters that are repeated
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
    """Put content at its final name in one step, so that no reader ever sees half a file."""
    target = Path(effect.folder) / effect.name
    with _told(target):
        temporary = (
            Path(effect.content.temporary)
            if isinstance(effect.content, Downloaded)
            else _write_aside(effect.content, effect.folder)
        )
        try:
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    return str(target)


def _write_aside(content: bytes, folder: str) -> Path:
    with opened(folder) as (file, path):
        file.write(content)
    return path


@contextmanager
def opened(folder: str) -> Iterator[tuple[IO[bytes], Path]]:
    """Open a temporary file in the folder it will stay in; removed again if the block fails.

    Raises SaveError when the folder cannot be made or written, or the disk is full.
    """
    with _told(Path(folder)):
        Path(folder).mkdir(parents=True, exist_ok=True)
        path = Path(folder) / f".chainhub-{secrets.token_hex(8)}.part"
        try:
            with path.open("xb") as file:
                yield file, path
                file.flush()
                os.fsync(file.fileno())  # the rename must not become durable before the bytes
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def discard(effect: Discard) -> None:
    """Remove a temporary file; that it is already gone is no trouble."""
    with suppress(OSError):
        Path(effect.downloaded.temporary).unlink()


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
