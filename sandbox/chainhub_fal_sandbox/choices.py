"""A sandbox's settings in words, as a shell can say them: `pending=detail`, `workers=8`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from chainhub_fal_sandbox.settings import Settings

_KINDS: dict[Any, str] = {int: "a whole number", float: "a number", str: "a text"}
"""Types that a word can be read as, the first that a setting takes."""
_OPTIONS = frozenset({"dialect", "key", "queue_seconds", "run_seconds", "foreign_images", "faults"})
"""Settings with options of their own, whose defaults are for people who watch."""


def listed() -> Iterator[tuple[str, str, str]]:
    """Yield each setting that a word can choose: its name, its default, and what it may be."""
    defaults = {field.name: field.default for field in fields(Settings)}
    for name, (hint, kind) in _settable().items():
        default = defaults[name]
        yield name, "none" if default is None else str(default), _words(hint, kind)


def chosen(words: Sequence[str]) -> dict[str, Any]:
    """Return settings by name; raises ValueError for what is no `NAME=VALUE` of a setting."""
    settable = _settable()
    found = {}
    for word in words:
        name, given, value = word.partition("=")
        if not given or name not in settable:
            raise ValueError(f"{word!r} sets nothing: --list-settings says what there is")
        _, kind = settable[name]
        try:
            found[name] = kind(value)
        except ValueError:
            raise ValueError(f"{name} is {value!r}: it takes {_KINDS[kind]}") from None
    return found


def _settable() -> dict[str, tuple[Any, Any]]:
    """Return the type of each setting that a word can choose, and what to read the word as."""
    hints = get_type_hints(Settings).items()
    kinds = {name: (hint, _kind(hint)) for name, hint in hints if name not in _OPTIONS}
    return {name: found for name, found in kinds.items() if found[1] is not None}


def _kind(hint: Any) -> Any:
    if get_origin(hint) is Literal:
        return str
    takes = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return next((kind for kind in _KINDS if kind in takes), None)


def _words(hint: Any, kind: Any) -> str:
    return " | ".join(get_args(hint)) if get_origin(hint) is Literal else _KINDS[kind]
