"""Keeps what was learned in a JSON file, so that a second run starts wise.

The file can only make polling better: one that cannot be read or written is said and done without.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ._learning_values import table
from .errors import ConfigurationError
from .learning import Learning, Schedules

VERSION = 1
"""The version of the file; another one is not guessed at."""
MOST_BYTES = 16 * 1024 * 1024
"""A larger file is none of ours."""
_log = logging.getLogger(__name__)


@contextmanager
def remembered(schedules: Schedules, place: Path | None) -> Iterator[None]:
    """Begin with what a file holds, and in the end put there what was learned by then.

    Without a file, or with a schedule that does not learn, it does nothing.
    """
    if place is None or not isinstance(schedules, Learning):
        yield
        return
    load(schedules, place)
    try:
        yield
    finally:
        save(schedules, place)


def recalled(schedules: Schedules, place: str | os.PathLike[str]) -> ExitStack:
    """Begin with what a file holds; closing the stack puts there what was learned by then.

    Raises ConfigurationError for a schedule that does not learn.
    """
    if not isinstance(schedules, Learning):
        raise ConfigurationError(
            "learned is given, and a schedule that does not learn", hint="Leave out one of them"
        )
    memory = ExitStack()
    memory.enter_context(remembered(schedules, Path(place)))
    return memory


def beside(path: Path) -> Path:
    """Return the place of what was learned beside a batch's journal."""
    return path.with_name(f"{path.name}.learned.json")


def load(learning: Learning, path: str | os.PathLike[str]) -> bool:
    """Begin with what a file holds; tell whether there was something that could be used.

    A missing file is no trouble; for any other that cannot be used a warning is logged.
    """
    place = Path(path)
    try:
        learning.restore(_read(place))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, RecursionError) as error:
        _log.warning("what was learned is not used, polling starts afresh: %s: %s", place, error)
        return False
    return True


def save(learning: Learning, path: str | os.PathLike[str]) -> bool:
    """Write what was learned, whole or not at all; if not, log a warning and return False."""
    place = Path(path)
    document = {"chainhub_fal_learned": VERSION, "endpoints": learning.known()}
    try:
        _write(place, json.dumps(document))
    except OSError as error:
        _log.warning("what was learned is not kept: %s: %s", place, error)
        return False
    return True


def _read(place: Path) -> dict[str, object]:
    if place.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES} bytes")
    document = table(json.loads(place.read_bytes()))
    if (version := document.get("chainhub_fal_learned")) != VERSION:
        raise ValueError(f"its version is {version!r:.40}, this client reads {VERSION}")
    return dict(table(document.get("endpoints")))


def _write(place: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(prefix=place.name, dir=place.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
