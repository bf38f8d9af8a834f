"""Text as every report can hold it, whatever a server put into its answers."""

from __future__ import annotations

import re

_NO_CHARACTER = re.compile("[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(words: str) -> str:
    """Replace what neither XML 1.0 nor HTML can hold, nor UTF-8 encode."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", words)


def counted(number: int, word: str) -> str:
    """Return a number and its word, in the plural unless there is one: ``2 findings``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"
