"""A row of a manifest as inputs of an endpoint, or as what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import cast

from .. import Endpoint, InvalidInputError
from . import fields

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a drive


class Entry(dict[str, object]):
    """The inputs of one row; ``place`` says where the row stands: ``photos.csv:12``."""

    def __init__(self, place: str, inputs: Mapping[str, object]) -> None:
        super().__init__(inputs)
        self.place = place


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that could not be read: nothing of it was sent."""

    place: str
    error: InvalidInputError


@dataclass(frozen=True)
class Form:
    """What every row fills in: an endpoint's inputs, over the settings that all rows share.

    A relative path in a row counts from ``base``.
    """

    endpoint: Endpoint[..., object]
    settings: Mapping[str, object]
    base: Path

    def entry(self, place: str, inputs: Mapping[str, object]) -> Entry:
        """Return the inputs of a row, every path absolute: so a row is known from any folder."""
        return Entry(place, {**self.settings, **located(inputs, self.endpoint, self.base)})


def located(
    inputs: Mapping[str, object], endpoint: Endpoint[..., object], base: Path
) -> dict[str, object]:
    """Return inputs in which every path of a file is absolute, a relative one read from base."""
    return {
        name: _located(value, base) if name in endpoint.files else value
        for name, value in inputs.items()
    }


def check_known(names: Sequence[str], endpoint: Endpoint[..., object], *, what: str) -> None:
    """Refuse names that are no inputs; raises InvalidInputError that says the nearest one."""
    known = list(fields.properties(endpoint))
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise InvalidInputError(
                f"the {what} {name[:80]!r} is no input of {endpoint.id}",
                hint=f"Did you mean {near[0]}?" if near else f"Inputs are {', '.join(known)}",
            )


def check_complete(names: Sequence[str], endpoint: Endpoint[..., object]) -> None:
    """Refuse rows of which none can be whole; raises InvalidInputError that names the input."""
    for name in cast("Sequence[str]", endpoint.input_schema.get("required", ())):
        if name not in names:
            raise InvalidInputError(
                f"{name} is required, and nothing gives it",
                hint=f"Add a column {name}, or give one value for all rows with --set {name}=VALUE",
            )


def _located(value: object, base: Path) -> object:
    if isinstance(value, list):
        return [_located(item, base) for item in value]
    if not isinstance(value, str) or not value or _SCHEME.match(value):
        return value
    try:
        return str(base / Path(value).expanduser())
    except RuntimeError:  # ~name of nobody: the client says that there is no such file
        return str(base / value)
