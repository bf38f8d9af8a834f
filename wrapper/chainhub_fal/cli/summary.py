"""The end of a batch, told: what became of the rows, what it cost, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .. import ChainHubError, RowState
from .batch_order import RESUBMIT, BatchOrder
from .folder import RECORDS
from .sheet import SHEET
from .talk import JsonTalk, Talk
from .tally import UNKNOWN, Tally
from .wording import counted

_NAMED = 3  # jobs that are named one by one on leaving


@dataclass(frozen=True)
class Summary:
    """``stopped_by`` and ``ended`` say what kept the batch from its last row, if anything did.

    ``parting`` holds the library's words about each job that it left behind.
    """

    order: BatchOrder
    tally: Tally
    stopped_by: ChainHubError | None
    ended: BaseException | None
    parting: Sequence[str]

    @property
    def resume(self) -> str:
        """The command that goes on with what is left."""
        return self.order.resume()

    def tell(self, talk: Talk) -> None:
        """Tell it, unless nothing was begun."""
        if isinstance(talk, JsonTalk):
            talk.tell("", "", {"event": "summary", **self.facts()})
        elif self.tally.given:
            for line in self.lines():
                talk.tell("", line, {})

    def facts(self) -> dict[str, object]:
        """Return the facts for machines."""
        return {
            **self.tally.facts(),
            "untried": self._untried,
            "unknown": self.tally.unknown,
            "stopped_by": type(self.stopped_by).__name__ if self.stopped_by else None,
            "journal": self.order.journal,
            "resume": self.resume if self._unfinished else None,
        }

    def lines(self) -> Iterator[str]:
        """Yield the lines for people."""
        yield f"{counted(self.tally.ended, 'row')}: {', '.join(self._states())}"
        yield f"paid at most {self.tally.paid()}"
        if self.tally.files:
            out = self.order.out.rstrip("/")
            where = f"contact sheet {out}/{SHEET}, record {out}/{RECORDS}"
            yield f"{counted(self.tally.files, 'file')} in {out}, {where}"
        yield from self._about_unknown()
        yield from self._about_left()
        if self._unfinished and self.ended is None:
            yield f"resume with: {self.resume}"

    @property
    def _untried(self) -> int | None:
        tally = self.tally
        return None if tally.total is None else max(0, tally.total - tally.ended - tally.in_flight)

    @property
    def _unfinished(self) -> bool:
        """Tell whether the same command again would have something to do."""
        states = self.tally.states
        waiting = states[RowState.QUEUED] + states[RowState.REFUSED]
        return bool(waiting or self.stopped_by or self.ended)

    def _states(self) -> Iterator[str]:
        tally = self.tally
        before = f" ({tally.again} of them before)" if tally.again else ""
        yield f"{tally.done} done{before}"
        counts = {
            "failed": tally.states[RowState.FAILED],
            "unknown": tally.unknown,
            "paid and not fetched": tally.states[RowState.QUEUED],
            "not queued": tally.states[RowState.REFUSED],
        }
        yield from (f"{count} {words}" for words, count in counts.items() if count)

    def _about_unknown(self) -> Iterator[str]:
        if self.tally.unknown:
            states = [word for state in UNKNOWN for word in ("--state", state.value)]
            yield (
                f"{self.tally.unknown} may have been queued and charged, and will not be sent"
                f" again; list them with: {self.order.listing(*states)}"
            )
            yield f"send them again, at the risk of paying twice: {self.order.resume(RESUBMIT)}"

    def _about_left(self) -> Iterator[str]:
        if self.stopped_by is not None:
            yield "stopped early: every further row would have ended like the last one"
        if self._untried:
            yield f"{counted(self._untried, 'row')} not tried"
        if self.tally.in_flight:
            rows = counted(self.tally.in_flight, "row")
            yield f"{rows} under way; the journal knows how far each came"
        yield from self.parting[:_NAMED]
        if len(self.parting) > _NAMED:
            yield f"and {counted(len(self.parting) - _NAMED, 'more job')} like these"
