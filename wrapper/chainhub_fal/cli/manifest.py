"""What a manifest of a batch is, and the simplest one: a folder of pictures."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .. import InvalidInputError
from . import fields
from .entries import Entry, Form, Unreadable, check_complete

HINT = "Give a folder of pictures, a file of JSON lines, or a CSV table whose header names inputs"


class Manifest(ABC):
    """Rows, as many as there are, of which one is in memory at a time."""

    skipped = 0
    """Files beside the rows that are none."""

    @abstractmethod
    def count(self) -> int | None:
        """Return how many rows there are; None when they can be read only once."""

    @abstractmethod
    def rows(self) -> Iterator[Entry | Unreadable]:
        """Yield each row; raises InvalidInputError when the manifest as a whole is none."""


class PictureFolder(Manifest):
    """The files of a folder that the endpoint takes, by name."""

    def __init__(self, path: Path, form: Form) -> None:
        field = fields.file_field(form.endpoint)
        if field is None:
            raise InvalidInputError(f"{form.endpoint.id} takes no file, so a folder tells it none")
        if field in form.settings:
            raise InvalidInputError(f"{field} is given twice: by the folder and with --set")
        check_complete([field, *form.settings], form.endpoint)
        self.path = path
        self._form = form
        self._field = field
        self._names = self._list(form.endpoint.files[field])

    def count(self) -> int:
        """Return how many files there are."""
        return len(self._names)

    def rows(self) -> Iterator[Entry]:
        """Yield a row for each file."""
        endpoint = self._form.endpoint
        for name in self._names:
            value = fields.file_value(endpoint, str(self._form.base / name))
            yield self._form.entry(name, {self._field: value})

    def _list(self, types: Sequence[str]) -> list[str]:
        with told(self.path), os.scandir(self.path) as found:
            names = sorted(entry.name for entry in found if entry.is_file())
        known = tuple(f".{name}" for name in types)
        taken = [it for it in names if it.lower().endswith(known) and not it.startswith(".")]
        self.skipped = len(names) - len(taken)
        if not taken:
            raise InvalidInputError(
                f"the folder {self.path} holds no {' or '.join(types)} file",
                hint=f"It holds {len(names)} other files; folders within it are not searched",
            )
        return taken


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what a file system refuses into InvalidInputError."""
    try:
        yield
    except OSError as error:
        raise InvalidInputError(
            f"the manifest {path} cannot be read: {error.strerror or error}"
        ) from error
