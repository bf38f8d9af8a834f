"""The output folder: probed before a job is paid, and the record and the sheet kept in it."""

from __future__ import annotations

import errno
import os
import re
import secrets
from pathlib import Path

from .. import InvalidInputError, JobRef, SaveError
from .records import Record, address_of, latest
from .sheet import render
from .wording import is_data_uri

RECORDS = "results.jsonl"
SHEET = "index.html"
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}")


class Folder:
    """A folder of results; everything in it is written in one step or not at all."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @property
    def sheet(self) -> Path:
        """Where the contact sheet is."""
        return self.path / SHEET

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

    def add(self, record: Record) -> None:
        """Add a job to the record and to the sheet; raises SaveError that names the job."""
        try:
            self._append(record.to_line())
            self._renew_sheet()
        except OSError as error:
            raise SaveError(
                f"the record in {self.path} cannot be written: {error.strerror or error}",
                path=str(self.path),
                hint="The pictures that were saved stay; free the disk or choose another folder",
                job=record.job,
            ) from error

    def records(self) -> list[Record]:
        """Return the jobs of this folder; lines that cannot be read are left where they are."""
        try:
            text = (self.path / RECORDS).read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return []
        found = (Record.from_line(line) for line in text.splitlines())
        return latest([record for record in found if record is not None])

    def _append(self, line: str) -> None:
        """Add a line in one write, which another process that does the same cannot tear apart."""
        content = self._separator() + line.encode()
        with (self.path / RECORDS).open("ab", buffering=0) as file:
            if file.write(content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(file.fileno())

    def _separator(self) -> bytes:
        """Return what ends a last line that a crash or a full disk cut short."""
        try:
            content = (self.path / RECORDS).read_bytes()
        except FileNotFoundError:
            return b""
        return b"\n" if content and not content.endswith(b"\n") else b""

    def _renew_sheet(self) -> None:
        """Write the sheet until it shows all: another process may have added a job meanwhile."""
        shown = -1
        while shown != (size := (self.path / RECORDS).stat().st_size):
            shown = size
            self._write(SHEET, render(self.records()).encode("utf-8", errors="replace"))

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
