"""Takes a caller's own inputs out of a server's words: errors travel further than prompts may."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import cast

from .errors import ChainHubError, FieldProblem

MASK = "[input]"
WINDOW = 12
"""Characters in a row that are taken for a quotation, since a server may quote only a part."""
SHORTEST = 4
"""Characters; a shorter input is no secret, and occurs in innocent words."""
_ENCODED = re.compile(r"[A-Za-z0-9+/=_-]{65,}")  # longer than a SHA-256: the bytes of something
_MOST_SCHEMAS = 64
# By identity, since a schema is large; each is kept, so that no other one gets its number.
_known_choices: dict[int, tuple[object, frozenset[str]]] = {}
# The attributes of our errors that may hold words of a server's.
_WORDY = ("problem", "hint", "code")


class Mask:
    """Knows the texts that one job's inputs hold, and takes them out of errors.

    What is one of the contract's own choices (``landscape_4_3``) is no secret and stays; of a local
    file its name stays and its folder goes. ``files`` are the inputs that may be files; ``secrets``
    are hidden whatever they look like.
    """

    def __init__(
        self,
        inputs: Mapping[str, object],
        schema: Mapping[str, object],
        files: Mapping[str, Sequence[str]],
        secrets: Sequence[str] = (),
    ) -> None:
        self._schema = schema
        self._secrets = secrets
        self._texts: list[str] = []
        for name, value in inputs.items():
            found = _texts(value)
            texts = (part for text in found for part in _of_file(text)) if name in files else found
            self._texts += (text for text in texts if len(text) >= SHORTEST)

    @cached_property
    def _private(self) -> list[str]:
        """What to hide, in lower case; found out when it is needed: most jobs quote nothing."""
        choices = _choices_of(self._schema)
        texts = (text for text in self._texts if text not in choices)
        return [*map(_lowered, self._secrets), *map(_lowered, texts)]

    def text(self, text: str) -> str:
        """Return a text in which no input is quoted, whole or in part, nor the bytes of a file."""
        lowered, hidden = _lowered(text), [False] * len(text)
        for private in self._private:
            size = min(len(private), WINDOW)
            for start in range(len(text) - size + 1):
                if lowered[start : start + size] in private:
                    hidden[start : start + size] = [True] * size
        shown = _masked(text, hidden) if any(hidden) else text
        return _ENCODED.sub(lambda match: f"[{len(match[0])} characters]", shown)

    def notes(self, error: BaseException) -> None:
        """Take the inputs out of our notes on an error of any kind, in place: ours name a job."""
        notes = getattr(error, "__notes__", [])
        notes[:] = (self.text(note) if note.startswith("Job ") else note for note in notes)

    def error(self, error: ChainHubError) -> None:
        """Take the inputs out of an error and of what caused it, in place."""
        fields = vars(error)
        for name in _WORDY:
            if isinstance(said := fields.get(name), str):
                fields[name] = self.text(said)
        if said_of := fields.get("fields"):
            fields["fields"] = tuple(map(self._field, cast("Sequence[FieldProblem]", said_of)))
        error.args = tuple(self.text(a) if isinstance(a, str) else a for a in error.args)
        for cause in (error.__cause__, error.__context__):
            if isinstance(cause, OSError) and isinstance(cause.filename, str):
                cause.filename = Path(cause.filename).name

    def _field(self, problem: FieldProblem) -> FieldProblem:
        return replace(
            problem,
            field=self.text(problem.field),
            message=self.text(problem.message),
            type=self.text(problem.type),
        )


def _masked(text: str, hidden: list[bool]) -> str:
    """Put one mask for each hidden run."""
    shown = []
    for index, letter in enumerate(text):
        if not hidden[index]:
            shown.append(letter)
        elif index == 0 or not hidden[index - 1]:
            shown.append(MASK)
    return "".join(shown)


def _lowered(text: str) -> str:
    """Return the text in lower case, if that keeps every character in its place."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, os.PathLike):
        yield str(os.fspath(value))
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def _of_file(text: str) -> Iterator[str]:
    """Yield what is private of a file's address: a URL as a whole, an absolute path's folder."""
    if "://" in text[:WINDOW]:
        yield text
        return
    folder = os.path.dirname(text)  # noqa: PTH120 - the caller's text, which may be no path at all
    if text[:5].lower() != "data:" and folder.startswith((os.sep, "~")):
        yield folder
        yield os.path.expanduser(folder)  # noqa: PTH111 - see above


def _choices_of(schema: object) -> frozenset[str]:
    """Return a schema's choices, found out once: a crowd of jobs that is left has one schema."""
    known, choices = _known_choices.get(id(schema), (None, frozenset[str]()))
    if known is not schema:
        choices = frozenset(_choices(schema))
        if len(_known_choices) >= _MOST_SCHEMAS:
            _known_choices.clear()
        _known_choices[id(schema)] = (schema, choices)
    return choices


def _choices(schema: object) -> Iterator[str]:
    """Yield every text that a schema names as one of its values, at any depth."""
    if isinstance(schema, Mapping):
        for name in ("enum", "x-aliases"):
            yield from (str(choice) for choice in schema.get(name, ()))
        for part in schema.values():
            yield from _choices(part)
    elif isinstance(schema, list | tuple):
        for part in schema:
            yield from _choices(part)
