"""Hears a job's changes where the server offers that, and knows when looking is better."""

from __future__ import annotations

from functools import cached_property

from .. import _operations
from .._effects import SHORTEST_TIMEOUT, Answer, Exchange, Flow, Hush, Listen, ask
from .._events import comes_in_events
from .._problems import read_retry_after
from .._refs import JobRef
from ..errors import NoAnswerError
from ..settings import Settings
from .deadlines import Deadline

BEGIN = 5.0
"""Seconds in which a stream begins; a proxy that keeps answers until they are whole would wait."""
QUIET = 20.0
"""Seconds of silence at most: fal shows every 15 that it is there (upstream facts, section 2.2)."""
MOST_BREAKS = 3
"""Streams of one job that may break off, before it is only looked at."""
_UNROUTED = frozenset({404, 405, 406, 410, 501})


class Listening:
    """What is heard of one job.

    The silence that is borne is at most half of what was left of the deadline, so that none is
    slept through; in the end, when less than that is left, the job is looked at.
    """

    def __init__(
        self, job: JobRef, *, settings: Settings, deadline: Deadline, logs: bool = False
    ) -> None:
        self.is_open = False
        self._has_spoken = False
        self._job = job
        self._logs = logs
        self._settings = settings
        self._deadline = deadline
        self._quiet = 0.0
        self._wish: float | None = None
        self._breaks = 0 if settings.updates == "stream" else MOST_BREAKS

    @property
    def has_hope(self) -> bool:
        """Tell whether anything may be heard, now or after another try."""
        return self.is_open or self._breaks < MOST_BREAKS

    def next(self) -> Flow[Answer | None]:
        """Return what is heard next, empty where the job has not changed; None: look instead.

        Where there is no stream, None comes at once, as it does when a stream breaks off.
        """
        if not self.is_open:
            yield from self._open()
        if self.is_open and self._deadline.left < self._quiet:
            yield from self.stop()
        if not self.is_open:
            return None
        return (yield from self._hear(Listen(self._exchange, self._quiet, self._quiet)))

    def stop(self) -> Flow[None]:
        """Hear no more of this job."""
        self._breaks = MOST_BREAKS
        self.is_open = False
        yield Hush()

    def take_wish(self) -> float | None:
        """Return, once, the seconds for which a server that refused a stream wishes to rest."""
        wish, self._wish = self._wish, None
        return wish

    def _open(self) -> Flow[None]:
        """Ask for the stream, if that is worth a try."""
        if not self._settings.streams.worth_a_try():
            return
        begin = self._deadline.clip(min(BEGIN, self._settings.timeout))
        self._quiet = max(SHORTEST_TIMEOUT, min(QUIET, self._deadline.left / 2))
        head = yield from self._hear(Listen(self._exchange, begin, self._quiet, opens=True))
        if head is not None:
            yield from self._begin(head)

    @cached_property
    def _exchange(self) -> Exchange:
        return _operations.stream_status(self._job, logs=self._logs)

    def _begin(self, head: Answer) -> Flow[None]:
        if comes_in_events(head.status, head.headers):
            self.is_open = True
            return
        # Whatever it is, an answer about the job is what the looks get, too, and they judge it.
        self._wish = read_retry_after(head)
        if _is_unrouted(head):
            self._settings.streams.refused()
        yield from self.stop()

    def _hear(self, listen: Listen) -> Flow[Answer | None]:
        try:
            answer = yield from ask(listen, Answer)
        except NoAnswerError as failure:
            self._deadline.hear(failure.at)
            self.is_open = False
            if not failure.had_no_turn:
                self._deadline.trouble = failure.problem
                self._count_break()
            return None
        self._deadline.now = answer.at
        if answer.body and self.is_open:
            self._has_spoken = True
            self._settings.streams.taken()
        return answer

    def _count_break(self) -> None:
        """One that never says a thing is not tried again for this job: each try costs its time."""
        if self._has_spoken:
            self._has_spoken = False
            self._breaks += 1
        else:
            self._breaks = MOST_BREAKS
            self._settings.streams.refused()


def _is_unrouted(answer: Answer) -> bool:
    """Tell whether the route may not exist; a web page with 200 is how some gateways say so."""
    return answer.status < 400 or answer.status in _UNROUTED  # noqa: PLR2004 - no error
