"""One deadline for everything done on a job's behalf; it clips every pause and every exchange."""

from __future__ import annotations

from .._effects import SHORTEST_TIMEOUT, Answer, Call, Downloaded, Exchange, Flow, Pause, ask
from .._refs import JobRef
from ..errors import DeadlineExceededError, NoAnswerError
from ..settings import Backoff

RETRY_DELAYS = Backoff(first=0.5, factor=2.0, cap=8.0)
"""The delays between tries of one exchange, in seconds; the deadline is what ends them."""
JITTER = 0.5
"""The random share of a retry's delay, so that many clients do not march in step."""


class Deadline:
    """Counts the seconds spent on one job's behalf, from the submit to the saved file.

    It knows the clock only from replies. Time in which nobody waits for the job is not counted:
    a result may be saved an hour after it came; nor is it given back by a clock that is set back.
    ``stage`` and ``job`` make its error speak.
    """

    def __init__(self, seconds: float) -> None:
        self.started = self._now = 0.0
        self.seconds = seconds
        self.stage = "the start"
        self.state = ""
        self.trouble = ""
        self.job: JobRef | None = None

    @property
    def now(self) -> float:
        """The clock, as of the last reply."""
        return self._now

    @now.setter
    def now(self, moment: float) -> None:
        self.started += min(0.0, moment - self._now)
        self._now = moment

    def hear(self, moment: float) -> None:
        """Take the clock from a reply that may not tell it; 0 is no time."""
        self.now = moment or self.now

    @property
    def elapsed(self) -> float:
        """Seconds since the flow began."""
        return self._now - self.started

    @property
    def left(self) -> float:
        """Seconds until the deadline; not negative."""
        return max(0.0, self.seconds - self.elapsed)

    def check(self, least: float = 0.0) -> float:
        """Return the seconds that are left; raises DeadlineExceededError when ``least`` are not."""
        left = self.left
        if left > 0 and left >= least:
            return left
        spent = f"leaves too little for {self.stage}" if left else f"came during {self.stage}"
        last = f"; last seen {self.state}" if self.state else ""
        last += f"; last trouble: {self.trouble}" if self.trouble else ""
        raise DeadlineExceededError(
            f"the deadline of {self.seconds:g} s {spent}{last}",
            stage=self.stage,
            waited=self.elapsed,
            hint=(
                "The job goes on and can be fetched later by its id, or with a longer deadline"
                if self.job
                else "Nothing was queued; try again or raise the deadline"
            ),
            job=self.job,
        )

    def clip(self, seconds: float, least: float = 0.0) -> float:
        """Return a wait that ends at the deadline at the latest; raises like ``check``."""
        return max(SHORTEST_TIMEOUT, min(seconds, self.check(least)))


def resume(deadline: Deadline) -> Flow[None]:
    """Go on counting from here; after it has been exceeded, a new wait is a new deadline."""
    spent = deadline.elapsed if deadline.left > 0 else 0.0
    deadline.now = yield from ask(Pause(0), float)
    deadline.started = deadline.now - spent


def pause(deadline: Deadline, seconds: float, *, spread: float = 0.0) -> Flow[None]:
    """Let time pass, at most up to the deadline; raises DeadlineExceededError when it has come."""
    deadline.now = yield from ask(Pause(deadline.clip(seconds), spread), float)


def call(
    deadline: Deadline,
    exchange: Exchange,
    timeout: float,
    *,
    least: float = 0.0,
    urgent: bool = False,
) -> Flow[Answer]:
    """Send one exchange within the deadline; raises NoAnswerError when nothing came back.

    With less than ``least`` seconds left, nothing is sent. What is ``urgent`` does not wait for
    others that are not.
    """
    wait = deadline.clip(timeout, least)
    try:
        answer = yield from ask(Call(exchange, wait, deadline.left, least, urgent), Answer)
    except NoAnswerError as failure:
        deadline.hear(failure.at)
        failure.job = deadline.job
        raise
    deadline.now = answer.at
    return answer


def note_time(deadline: Deadline, downloaded: Downloaded) -> None:
    """Take the clock from a download's reply."""
    deadline.hear(downloaded.at)
