"""The package's logger: silent until a program configures logging, and then no louder than asked.

A handler that does nothing keeps Python from printing warnings by itself (its last resort): what a
caller must know is raised, and a library that writes to stderr uninvited spoils a command's output.
"""

from __future__ import annotations

import logging
import re

log = logging.getLogger(__package__)
log.addHandler(logging.NullHandler())

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,39}")


def word(text: str) -> str:
    """Return a server's state or code as it may be logged: one word, or only how long it is."""
    return text if _WORD.fullmatch(text) else f"({len(text)} characters)"
