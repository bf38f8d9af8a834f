"""What a scenario does with jobs: each step sends one request and holds the answer to the rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random

from .budget import Budget
from .endpoints import Endpoint
from .exchange import Credential, Seen, Wire
from .jobs import Event, Job, Kind
from .orders import Order, order
from .readings import Word, read_cancel, read_result, read_state, read_ticket
from .report import EnoughError, Report
from .rules import judge

_FIRST_PAUSE, _GROWTH, _LONGEST_PAUSE = 0.005, 1.5, 1.0  # seconds, factor, seconds
_PAUSES = 40  # the fewest looks at a job before patience ends: longer waits have longer pauses


@dataclass
class Bench:
    """A target, the dice that choose the inputs, and every job that was submitted.

    ``patience`` is how many seconds a job may take; ``budget`` is how many may be submitted.
    ``unserved`` are the links whose routes this target does not have; their steps do nothing.
    """

    wire: Wire
    report: Report
    dice: Random
    patience: float
    budget: Budget = field(default_factory=Budget)
    unserved: frozenset[str] = frozenset()
    jobs: dict[str, Job] = field(default_factory=dict)

    def serves(self, link: str) -> bool:
        """Whether the target has the route of a link."""
        return link not in self.unserved

    def order(self, endpoint: Endpoint, *, inline: bool = False) -> Order:
        """Make the next input for an endpoint; ``inline`` wishes for files as data URIs."""
        return order(endpoint, self.dice, inline=inline)

    def first_job(self, endpoint: Endpoint) -> Job | None:
        """Return the first job that was submitted to an endpoint; None if there is none yet."""
        return next((job for job in self.jobs.values() if job.endpoint is endpoint), None)

    def submit(self, endpoint: Endpoint, wanted: Order) -> Job | None:
        """Submit a job; None if no ticket came, which is a finding unless the input is invalid.

        Raises SpentError, and sends nothing, when no further job is allowed.
        """
        seen = self.send_submit(endpoint, wanted.body)
        word = read_ticket(seen)
        if word is not Word.PENDING:
            if wanted.valid or word is not Word.REFUSED:
                self.report.add("answered", seen, f"no ticket came: {seen.summary}")
            return None
        job = Job(endpoint, wanted, str(seen.fields["request_id"]))
        if job.request_id in self.jobs:
            self.report.add("fresh_id", seen, f"two jobs share the id {job.request_id}")
        self.jobs[job.request_id] = job
        self._observe(job, Event("ticket", seen, word))
        return job

    def look(self, job: Job, *, logs: int | None = None) -> None:
        """Ask for the status; ``logs`` is the query's value, None leaves it out."""
        query = "" if logs is None else f"?logs={logs}"
        self._step(job, "status", read_state, query)

    def fetch(self, job: Job, *, elsewhere: Mapping[str, str] | None = None) -> None:
        """Ask for the result; ``elsewhere`` replaces path parameters."""
        self._step(job, "result", read_result, elsewhere=elsewhere)

    def cancel(self, job: Job) -> None:
        """Ask for the job to be taken out of the queue."""
        self._step(job, "cancel", read_cancel)

    def wait(self, job: Job) -> None:
        """Poll until the result is known or a rule breaks; raises EnoughError for an endless job."""
        breaches = self.report.breaches
        for pause in _pauses(self.patience):
            self.look(job)
            self.fetch(job)
            if self.report.breaches > breaches or _known(job):
                return
            time.sleep(pause)
        last = job.events[-1].seen
        self.report.add("ends", last, f"no end within {self.patience:g} s: {last.summary}")
        raise EnoughError

    def send_submit(
        self, endpoint: Endpoint, body: Mapping[str, object], credential: Credential | None = None
    ) -> Seen:
        """Send a submit, and judge nothing; raises SpentError like ``submit``.

        Without the key in it, it is nobody's job, and none that this account pays for.
        """
        operation, shown = endpoint.submit, credential or self.wire.right
        charged = self.wire.target.key in (shown.value or "")
        if charged:
            self.budget.spend()
        seen = self.wire.send(
            operation, operation.method, operation.template, body=body, credential=shown
        )
        if charged:
            self.budget.refund(seen.status)
        return seen

    def send(
        self,
        endpoint: Endpoint,
        link: str,
        request_id: str,
        *,
        credential: Credential | None = None,
        query: str = "",
        elsewhere: Mapping[str, str] | None = None,
    ) -> Seen:
        """Send a request about an id, and judge nothing; ``elsewhere`` replaces path parameters."""
        route = endpoint.routes[link]
        path = route.path(request_id, **(elsewhere or {})) + query
        return self.wire.send(route.operation, route.operation.method, path, credential=credential)

    def _step(
        self,
        job: Job,
        link: Kind,
        read: Callable[[Seen], Word],
        query: str = "",
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        if self.serves(link):
            name = job.request_id
            seen = self.send(job.endpoint, link, name, query=query, elsewhere=elsewhere)
            self._observe(job, Event(link, seen, read(seen), logs=query == "?logs=1"))

    def _observe(self, job: Job, event: Event) -> None:
        for rule, message in judge(job, event, self.wire.target):
            self.report.add(rule, event.seen, message)
        job.events.append(event)


def _known(job: Job) -> bool:
    return any(event.word in (Word.OUTPUT, Word.FAILED) for event in job.of("result"))


def _pauses(seconds: float) -> Iterator[float]:
    pause, longest = _FIRST_PAUSE, max(_LONGEST_PAUSE, seconds / _PAUSES)
    while seconds > 0:
        yield pause
        seconds -= pause
        pause = min(pause * _GROWTH, longest)
