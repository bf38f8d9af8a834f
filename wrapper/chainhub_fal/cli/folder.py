"""The output folder: probed before a job is paid, and the record and the sheet kept in it."""

from __future__ import annotations

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from .. import InvalidInputError, JobRef, SaveError
from .record_index import RecordIndex
from .records import Record, address_of
from .sheet import SHEET, Links, render
from .wording import is_data_uri

RECORDS = "results.jsonl"
PAGE = 200
"""Jobs on a page of the sheet; the first page, index.html, has the newest, up to twice as many."""
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


class Folder:
    """A folder of results; everything in it is written in one step or not at all."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._records = self.path / RECORDS
        self._index = RecordIndex(self._records)
        self._changed: set[int] = set()

    @property
    def sheet(self) -> Path:
        """Where the contact sheet is."""
        return self.path / SHEET

    def __enter__(self) -> Self:
        """Probe the folder and use it; what is remembered of it is forgotten at the end."""
        self.probe()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget what was remembered of it."""
        self._index.close()

    def probe(self) -> None:
        """Make the folder and write to it once, before money is spent.

        Raises InvalidInputError when it cannot be made or written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            temporary = self._temporary()
            temporary.write_bytes(b"x")
            temporary.unlink()
        except OSError as error:
            raise InvalidInputError(
                f"the folder {self.path} cannot be written: {error.strerror or error}",
                field="--out",
                hint="Nothing was sent; free the disk or choose another folder",
            ) from error

    def is_writable(self) -> bool:
        """Tell whether the folder can still be written."""
        try:
            self.probe()
        except InvalidInputError:
            return False
        return True

    def keep_source(self, image: str, job: JobRef) -> str:
        """Return what a page can show the source from: its web address, or a copy made here.

        Without a copy the sheet goes without the source; a full disk is told when it matters.
        """
        if not image or is_data_uri(image) or address_of(image):
            return address_of(image)
        original = Path(image).expanduser()
        suffix = original.suffix if _SUFFIX.fullmatch(original.suffix) else ""
        name = f"{job.request_id}-source{suffix.lower()}"
        try:
            self._write(name, original.read_bytes())
        except OSError:
            return ""
        return name

    def point_at(self, path: str | os.PathLike[str]) -> str:
        """Return how a page in this folder names a file that stays where it is."""
        try:
            return os.path.relpath(path, self.path)
        except ValueError:  # another drive
            return ""

    def add(self, record: Record) -> None:
        """Add a job to the record and to the sheet; raises SaveError that names the job."""
        with self._told(record.job):
            self._append(record.to_line())
            self._renew()

    def record(self, record: Record) -> None:
        """Add a job to the record only; raises SaveError that names the job.

        A power cut may take it back: where that matters, a journal knows the job.
        """
        with self._told(record.job):
            self._append(record.to_line(), durable=False)

    def renew(self) -> None:
        """Show on the sheet what has been recorded, if anything was; raises SaveError."""
        with self._told():
            if self._records.exists():
                self._renew()

    def knows(self, request_id: str) -> bool:
        """Tell whether a job was in the record when it was last read."""
        return self._index.knows(request_id)

    def read(self) -> None:
        """Read the record that an earlier command left here, if there is one; raises SaveError."""
        with self._told():
            if self._records.exists():
                self._changed.update(self._index.catch_up())

    def _append(self, line: str, *, durable: bool = True) -> None:
        """Add a line in one write, which another process that does the same cannot tear apart."""
        with self._records.open("ab", buffering=0) as file:
            content = _separator(self._records) + line.encode()
            if file.write(content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if durable:
                os.fsync(file.fileno())

    def _renew(self) -> None:
        """Write the sheet until it shows all: another process may have added a job meanwhile."""
        shown = -1
        while shown != (size := self._records.stat().st_size):
            shown = size
            self._changed.update(self._index.catch_up())
            self._write_pages()

    def _write_pages(self) -> None:
        """Write the newest page, and those of the older ones that are missing or have changed.

        A page that is full stays as it is, so that a batch does not write all of them each time.
        """
        full = max(0, self._index.size // PAGE - 1)
        wanted = {(number - 1) // PAGE + 1 for number in self._changed}
        missing = {
            n for n in range(1, full + 1) if not (self.path / Links(n, full + 1).own).exists()
        }
        # The page before a new one led to the first page until now.
        wanted |= missing | {number - 1 for number in missing}
        for number in sorted(wanted & set(range(1, full + 1))):
            links = Links(number, full + 1)
            jobs = self._index.records((number - 1) * PAGE + 1, number * PAGE)
            self._write_page(links.own, render(jobs, links))
        newest = self._index.records(full * PAGE + 1, self._index.size)
        self._write_page(
            SHEET, render(newest, Links(full + 1, full + 1)) if full else render(newest)
        )
        self._changed.clear()

    def _write_page(self, name: str, page: str) -> None:
        self._write(name, page.encode("utf-8", errors="replace"))

    def _write(self, name: str, content: bytes) -> None:
        """Give content its name in one step, when it is whole."""
        temporary = self._temporary()
        try:
            temporary.write_bytes(content)
            temporary.replace(self.path / name)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _temporary(self) -> Path:
        return self.path / f".chainhub-{secrets.token_hex(8)}.part"

    @contextmanager
    def _told(self, job: JobRef | None = None) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise SaveError(
                f"the record in {self.path} cannot be written: {error.strerror or error}",
                path=str(self.path),
                hint="The pictures that were saved stay; free the disk or choose another folder",
                job=job,
            ) from error


def _separator(path: Path) -> bytes:
    """Return what ends a last line that a crash or a full disk cut short."""
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return b""
        file.seek(-1, os.SEEK_END)
        return b"" if file.read(1) == b"\n" else b"\n"
