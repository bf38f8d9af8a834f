"""Pieces of Markdown that the kill table is written with."""

from __future__ import annotations

from collections.abc import Sequence

_LONGEST = 160  # characters of a detail in a table


def folded(summary: str, lines: Sequence[str]) -> list[str]:
    """Return lines that a reader unfolds."""
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""]


def line(*cells: object) -> str:
    """Return one line of a Markdown table."""
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def short(text: str) -> str:
    """Return a text on one line, cut off where it is long."""
    words = " ".join(text.split())
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}..."
