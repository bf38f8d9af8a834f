"""Says things: data to stdout, talk to stderr; lines for people or JSON for machines."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import click

from .. import SaveError
from .failures import Failure
from .tally import Tally
from .wording import PROGRAM, one_line, seconds

Facts = Mapping[str, object]
LEAVING = "leaving; what is being sent gets a moment, a second signal ends at once"
_TELL_EVERY = 5.0  # seconds


class Talk(Protocol):
    """What a command can say; a context, because a live line must be taken away at the end."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def begin(self, about: str) -> None:
        """Say that something that takes time begins; it is named ``about``."""

    def change(self, about: str, words: str, facts: Facts) -> None:
        """Say that it has come to another point, which passes."""

    def tell(self, about: str, words: str, facts: Facts) -> None:
        """Say something to keep in sight."""

    def show(self, lines: Iterable[str], facts: Facts) -> None:
        """Give the data that were asked for."""

    def fail(self, failure: Failure) -> None:
        """Say what went wrong."""

    def watch(self, tally: Tally) -> None:
        """Keep a tally in sight from now on."""

    def tick(self) -> None:
        """Say that the tally has moved."""

    def leave(self) -> None:
        """Say that an interruption was heard; may be called at any moment, by a signal."""


class PlainTalk:
    """Plain lines, one for each change: for pipes, logs and terminals that cannot do more."""

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._told_at = float("-inf")

    def __enter__(self) -> Self:
        """Nothing has to be prepared."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing has to be taken away."""

    def begin(self, about: str) -> None:
        """Say that it begins."""
        self.line(f"{about}: submitting" if about else "submitting")

    def change(self, about: str, words: str, facts: Facts) -> None:
        """Say it on a line of its own, with the time it took to come there."""
        elapsed = facts.get("elapsed")
        after = f" ({seconds(elapsed)})" if isinstance(elapsed, float) else ""
        self.tell(about, words + after, facts)

    def tell(self, about: str, words: str, facts: Facts) -> None:  # noqa: ARG002 - for machines
        """Say it on a line of its own."""
        self.line(f"{about}: {words}" if about else words)

    def show(self, lines: Iterable[str], facts: Facts) -> None:  # noqa: ARG002 - for machines
        """Print the lines to stdout."""
        for line in lines:
            _print(one_line(line))

    def fail(self, failure: Failure) -> None:
        """Say it in a few lines, the program's name first."""
        first, *rest = failure.lines()
        self.line(f"{PROGRAM}: {first}")
        for line in rest:
            self.line(f"  {line}")

    def watch(self, tally: Tally) -> None:
        """Tell the tally now, and then as it moves, every few seconds."""
        self._tally = tally
        self._told_at = time.monotonic()

    def tick(self) -> None:
        """Tell the tally if it has not been told lately."""
        if self._tally is not None and time.monotonic() - self._told_at >= _TELL_EVERY:
            self._told_at = time.monotonic()
            words = f"{self._tally.progress()}: {self._tally.words()}"
            self.tell("", words, {"event": "progress", **self._tally.facts()})

    def leave(self) -> None:
        """Say it, past every buffer: a signal may come while one of them is in use."""
        _write_now(f"{PROGRAM}: {LEAVING}")

    def line(self, text: str) -> None:
        """Write one line to stderr."""
        click.echo(one_line(text), err=True)


class JsonTalk(PlainTalk):
    """One JSON object a line: results to stdout, events and errors to stderr."""

    def begin(self, about: str) -> None:
        """Say what begins."""
        self.tell(about, "submitting", {"event": "submitting"})

    def tell(self, about: str, words: str, facts: Facts) -> None:  # noqa: ARG002 - for people
        """Give the facts."""
        named = {"image": about} if about else {}
        click.echo(json.dumps({**named, **facts}), err=True)

    def show(self, lines: Iterable[str], facts: Facts) -> None:  # noqa: ARG002 - for people
        """Print the facts to stdout."""
        _print(json.dumps(facts))

    def fail(self, failure: Failure) -> None:
        """Give the facts of the failure."""
        click.echo(json.dumps({"error": failure.facts()}), err=True)

    def leave(self) -> None:
        """Give the fact."""
        _write_now(json.dumps({"event": "leaving"}))


def _write_now(text: str) -> None:
    with suppress(OSError, ValueError):
        os.write(sys.stderr.fileno(), f"{text}\n".encode())


def _print(text: str) -> None:
    """Write to stdout; raises SaveError when that is a file on a full disk."""
    try:
        click.echo(text)
    except BrokenPipeError:
        raise  # nobody reads any more, which click ends quietly
    except OSError as error:
        _give_up_stdout()
        raise SaveError(
            f"standard output cannot be written: {error.strerror or error}",
            hint="What was saved stays",
        ) from error


def _give_up_stdout() -> None:
    """Drop what is buffered: Python would try it again at its end, fail, and exit with 120."""
    with suppress(OSError, ValueError), Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
