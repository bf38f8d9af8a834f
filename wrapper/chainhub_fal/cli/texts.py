"""Manifests that are text: JSON lines and CSV tables, of any length, from a file or a pipe."""

from __future__ import annotations

import csv
import json
import sys
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from .. import Endpoint, InvalidInputError
from . import fields
from .entries import Entry, Form, Unreadable, check_complete, check_known
from .lines import LONGEST, Lines
from .manifest import HINT, Manifest, told
from .values import read_value
from .wording import one_line

_SEPARATORS = ",;\t"


class _Text(Manifest):
    """A manifest that is text; one that is no plain file can be read only once."""

    def __init__(self, name: str, path: Path | None, form: Form) -> None:
        self._name = one_line(name)
        self._path = path
        self._form = form

    def count(self) -> int | None:
        """Read it once, only to count."""
        if self._path is None or not self._path.is_file():
            return None
        with self._lines() as lines:
            return sum(1 for _ in self._read(lines))

    def rows(self) -> Iterator[Entry | Unreadable]:
        """Yield each row; blank lines are none."""
        empty = True
        with self._lines() as lines:
            for place, row in self._read(lines):
                empty = False
                try:
                    if isinstance(row, InvalidInputError):
                        raise row
                    yield self._form.entry(place, self._inputs(row))
                except InvalidInputError as error:
                    yield Unreadable(place, error)
        if empty:
            raise InvalidInputError(f"{self._name} holds no rows", hint=HINT)

    @contextmanager
    def _lines(self) -> Iterator[Lines]:
        if self._path is None:
            yield Lines(sys.stdin.buffer)
            return
        with told(self._path), self._path.open("rb") as stream:
            yield Lines(stream)

    def _place(self, number: int) -> str:
        return f"{self._name}:{number}"

    def _refuse(self, number: int, error: InvalidInputError) -> InvalidInputError:
        """Return an error for a manifest that is none from the start."""
        return InvalidInputError(f"{self._place(number)}: {error.problem}", hint=error.hint or HINT)

    @abstractmethod
    def _read(self, lines: Lines) -> Iterator[tuple[str, object]]:
        """Yield the place of each row, and the row or an InvalidInputError."""

    @abstractmethod
    def _inputs(self, row: object) -> Mapping[str, object]:
        """Return what a row says; raises InvalidInputError."""


class JsonLines(_Text):
    """One JSON object a line: the inputs by name."""

    def _read(self, lines: Lines) -> Iterator[tuple[str, object]]:
        first = True
        while True:
            try:
                line: object = next(lines)
            except StopIteration:
                return
            except InvalidInputError as error:
                line = error
            if isinstance(line, str) and not line.strip():
                continue
            if first:
                self._check_first(lines.number, line)
            first = False
            yield self._place(lines.number), line

    def _check_first(self, number: int, line: object) -> None:
        try:
            if isinstance(line, InvalidInputError):
                raise line
            self._inputs(line)
        except InvalidInputError as error:
            raise self._refuse(number, error) from None

    def _inputs(self, row: object) -> Mapping[str, object]:
        try:
            value = json.loads(cast("str", row).rstrip())
        except json.JSONDecodeError as error:
            words = error.msg.lower()
            raise InvalidInputError(f"it is not JSON: {words} at column {error.colno}") from None
        except (ValueError, RecursionError):
            raise InvalidInputError("it is JSON that cannot be read: too large or deep") from None
        if not isinstance(value, dict):
            raise InvalidInputError("it is JSON, but no object", hint="One object a line")
        return value


class Table(_Text):
    """A CSV table: its header names inputs, an empty cell leaves one out."""

    def _read(self, lines: Lines) -> Iterator[tuple[str, object]]:
        csv.field_size_limit(LONGEST)
        table, header = self._header(lines)
        while True:
            begin = lines.number + 1
            try:
                cells = next(table)
            except StopIteration:
                return
            except InvalidInputError as error:
                yield self._place(lines.number), error
            except csv.Error as error:
                hint = "A quote that is not closed takes in the rows after it"
                problem = InvalidInputError(f"it is no row of a table: {error}", hint=hint)
                yield self._place(begin), problem
            else:
                if cells:
                    yield self._place(begin), _paired(header, cells)

    def _header(self, lines: Lines) -> tuple[Iterator[list[str]], list[str]]:
        try:
            first = next(lines, "")
            separator = max(_SEPARATORS, key=lambda sign: _known(first, sign, self._form.endpoint))
            header = [name.strip() for name in next(csv.reader([first], delimiter=separator), [])]
            self._check_header(header)
        except (InvalidInputError, csv.Error) as error:
            words = error if isinstance(error, InvalidInputError) else InvalidInputError(str(error))
            raise self._refuse(1, words) from None
        return csv.reader(lines, delimiter=separator, strict=True), header

    def _check_header(self, header: Sequence[str]) -> None:
        if not any(header):
            raise InvalidInputError("there is no header")
        for index, name in enumerate(header):
            if not name:
                raise InvalidInputError(f"column {index + 1} of the header has no name")
            if name in header[:index]:
                raise InvalidInputError(f"the column {name[:80]!r} is there twice")
        check_known(header, self._form.endpoint, what="column")
        check_complete([*header, *self._form.settings], self._form.endpoint)

    def _inputs(self, row: object) -> Mapping[str, object]:
        endpoint = self._form.endpoint
        known = fields.properties(endpoint)
        inputs = {}
        for name, text in cast("Mapping[str, str]", row).items():
            if text:
                value = read_value(text, known[name])
                is_file = name == fields.file_field(endpoint) and isinstance(value, str)
                inputs[name] = fields.file_value(endpoint, text) if is_file else value
        return inputs


def _known(line: str, separator: str, endpoint: Endpoint[..., object]) -> int:
    """Count the inputs that a header names, if this is what separates its columns."""
    names = {name.strip(' "\r\n') for name in line.split(separator)}
    return len(names & fields.properties(endpoint).keys())


def _paired(header: Sequence[str], cells: Sequence[str]) -> object:
    """Return cells by column; a row that is cut off may have lost the input that matters."""
    if len(cells) != len(header):
        return InvalidInputError(f"it has {len(cells)} cells, the header has {len(header)}")
    return dict(zip(header, cells, strict=True))
