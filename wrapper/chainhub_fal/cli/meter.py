"""A batch on a terminal: a bar, and the tally below it."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .talk import LEAVING
from .tally import Tally


def meter(tally: Tally) -> RenderableType:
    """Return what the terminal shows of a tally now."""
    first = Table.grid(padding=(0, 1), expand=True)
    first.add_column(ratio=1)
    first.add_column(no_wrap=True)
    bar = ProgressBar(total=tally.total, completed=tally.ended, pulse=tally.total is None)
    first.add_row(bar, Text(tally.progress(), style="bold"))
    words = Text(tally.words())
    return (
        Group(first, words, Text(LEAVING, style="yellow")) if tally.leaving else Group(first, words)
    )
