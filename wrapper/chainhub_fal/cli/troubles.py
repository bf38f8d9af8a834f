"""The failures of a batch: each told once, many of a kind only counted, and when to give up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from .. import (
    AuthenticationError,
    ChainHubError,
    ConfigurationError,
    InvalidInputError,
    JobRef,
    PermissionDeniedError,
)
from .exits import Exit, exit_of, exit_of_all
from .failures import Failure
from .talk import JsonTalk, Talk
from .wording import one_line

TOLD = 20
"""Failures of one kind that are told; machines are told all."""
PATIENCE = 5
"""Refusals in a row, once something succeeded, before they are taken to concern all."""
_CONCERN_ALL = (AuthenticationError, PermissionDeniedError, ConfigurationError)


@dataclass
class Troubles:
    """Hears of every failure; ``shared`` are the inputs that all rows have in common."""

    talk: Talk
    shared: Collection[str] = ()
    stopped_by: ChainHubError | None = None
    _kinds: Counter[str] = field(default_factory=Counter)
    _exits: Counter[Exit] = field(default_factory=Counter)
    _advised: set[str] = field(default_factory=set)
    _succeeded: bool = False
    _in_a_row: int = 0

    @property
    def exit(self) -> Exit:
        """The code that the failures so far end with."""
        return exit_of(self.stopped_by) if self.stopped_by else exit_of_all(self._exits)

    def succeed(self) -> None:
        """Hear that a job succeeded: so the key and the account are good."""
        self._succeeded = True
        self._in_a_row = 0

    def add(self, error: ChainHubError, place: str, job: JobRef | None, **facts: object) -> None:
        """Hear of a failure and tell it, if not too many of its kind were told before."""
        failure = Failure(error, job=job)
        kind = type(error).__name__
        self._kinds[kind] += 1
        self._exits[failure.exit] += 1
        if isinstance(self.talk, JsonTalk) or self._kinds[kind] <= TOLD:
            self._tell(failure, place, **facts)
        if self._kinds[kind] == TOLD:
            words = f"more failures of this kind, {kind}, are only counted"
            self.talk.tell("", words, {"event": "silent", "kind": kind})
        self._judge(error)

    def _tell(self, failure: Failure, place: str, **facts: object) -> None:
        named = f" (job {failure.job.request_id})" if failure.job else ""
        new = [words for words in failure.advice if words not in self._advised]
        if not isinstance(self.talk, JsonTalk):
            self._advised.update(new)
        advice = f". {'. '.join(new)}" if new else ""
        told = {"error": {**failure.facts(), "row": one_line(place), **facts}}
        self.talk.tell("", f"{place}: {failure.problem}{named}{advice}", told)

    def _judge(self, error: ChainHubError) -> None:
        """Give up where every further row would end alike, and cost time or worse."""
        if isinstance(error, InvalidInputError):
            if error.field.partition("[")[0].partition(".")[0] in self.shared:
                self.stopped_by = error
        elif isinstance(error, _CONCERN_ALL):
            self._in_a_row += 1
            if not self._succeeded or self._in_a_row == PATIENCE:
                self.stopped_by = error
