"""Talk on a terminal: one live line with state, place and time, lines above it that stay."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.text import Text

from .failures import Failure
from .meter import meter
from .talk import Facts, PlainTalk
from .tally import Tally
from .wording import PROGRAM, one_line


def can_be_live() -> bool:
    """Tell whether stderr is a terminal on which a line can be rewritten."""
    console = Console(stderr=True)
    return console.is_terminal and not console.is_dumb_terminal


class TerminalTalk(PlainTalk):
    """Shows what is going on in a line that is rewritten while the job is waited for."""

    def __init__(self) -> None:
        super().__init__()
        self._meter: Live | None = None
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._progress = Progress(
            SpinnerColumn(style="cyan"),
            TextColumn("{task.fields[about]}", style="bold", markup=False),
            TextColumn("{task.description}", markup=False),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
            redirect_stdout=False,  # data stay on stdout, whatever the live line does
        )
        self._task: TaskID | None = None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the live line away."""
        self._rest()

    def __enter__(self) -> Self:
        """Begin without a live line: there may be nothing to wait for."""
        return self

    def begin(self, about: str) -> None:
        """Put up the live line; its clock starts now."""
        self._rest()
        self._task = self._progress.add_task("submitting", total=None, about=about)
        self._progress.start()

    def change(self, about: str, words: str, facts: Facts) -> None:  # noqa: ARG002 - for machines
        """Rewrite the live line."""
        if self._task is None:
            self.begin(about)
        if self._task is not None:
            self._progress.update(self._task, description=one_line(words))

    def tell(self, about: str, words: str, facts: Facts) -> None:  # noqa: ARG002 - for machines
        """Print a line that stays, above the live one."""
        name = (f"{about}  ", "bold") if about else ""
        self._console.print(Text.assemble(name, one_line(words)))

    def show(self, lines: Iterable[str], facts: Facts) -> None:
        """Print to stdout, which may be the same terminal: then without the live line."""
        if sys.stdout.isatty():
            self._rest()
        super().show(lines, facts)

    def fail(self, failure: Failure) -> None:
        """Say it in a few lines, the first in red."""
        self._rest()
        first, *rest = failure.lines()
        self._console.print(Text.assemble((f"{PROGRAM}: ", "bold red"), one_line(first)))
        for line in rest:
            self._console.print(Text(f"  {one_line(line)}"))

    def watch(self, tally: Tally) -> None:
        """Put up a bar that moves by itself."""
        self._rest()
        self._meter = Live(
            console=self._console,
            get_renderable=lambda: meter(tally),
            refresh_per_second=5,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self._meter.start()

    def tick(self) -> None:
        """Do nothing: the bar looks by itself."""

    def leave(self) -> None:
        """Do nothing: the bar says it."""

    def line(self, text: str) -> None:
        """Write one line to stderr."""
        self._console.print(Text(one_line(text)))

    def _rest(self) -> None:
        if self._meter is not None:
            self._meter.stop()
            self._meter = None
        if self._task is not None:
            self._progress.stop()
            self._progress.remove_task(self._task)
            self._task = None
