"""What a scenario does with jobs: each step sends one request and holds the answer to the rules."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import NoReturn, cast

from ..events import is_event_stream
from .budget import Budget
from .ear import Ear, EndlessError
from .endpoints import Endpoint
from .exchange import Credential, Seen, Wire, read_json
from .hearings import MERE_WARNINGS, Hearing, judge_hearing
from .jobs import Event, Job, Kind
from .orders import Order, order
from .readings import RANKS, READ, Word, read_ticket
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

    def links(self, endpoint: Endpoint) -> list[str]:
        """List the links of an endpoint whose routes the target has."""
        return [link for link in endpoint.routes if self.serves(link)]

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
        self._step(job, "status", _query(logs))

    def fetch(self, job: Job, *, elsewhere: Mapping[str, str] | None = None) -> None:
        """Ask for the result; ``elsewhere`` replaces path parameters."""
        self._step(job, "result", elsewhere=elsewhere)

    def cancel(self, job: Job) -> None:
        """Ask for the job to be taken out of the queue."""
        self._step(job, "cancel")

    def listen(self, job: Job, *, logs: int | None = None, briefly: bool = False) -> None:
        """Hear out every stream about a job; ``briefly`` leaves one that goes on at its first word.

        Raises EnoughError for an endless job, and when a stream owed what did not come in time.
        """
        for link in filter(self.serves, job.endpoint.streams):
            route = job.endpoint.routes[link]
            path = route.path(job.request_id) + _query(logs)
            with self.wire.listen(route.operation, path) as (head, listening):
                take = partial(self._take, job, head, logs=logs == 1)
                if not is_event_stream(head.headers.get("content-type", "")):
                    take(listening.rest(self.wire.target.timeout))
                    continue
                ask = partial(self._rank, job)
                ear = Ear(listening, take, ask, self.wire.target.timeout, self.patience)
                self._hear(job, head, partial(ear.hear, briefly=briefly))

    def _hear(self, job: Job, head: Seen, hear: Callable[[], Hearing]) -> None:
        try:
            hearing = hear()
        except EndlessError:
            self._give_up(job)
        for rule, message in judge_hearing(hearing):
            if rule in MERE_WARNINGS:
                self.report.note(rule, head.operation, message, head.curl, level="warning")
            else:
                self.report.add(rule, head, message)
        if hearing.end == "late":
            raise EnoughError  # the next one would take as long

    def _take(self, job: Job, head: Seen, data: bytes, *, logs: bool) -> Event:
        """Judge one event by what it holds, or what came in place of a stream."""
        seen = replace(head, body=read_json(data))
        event = Event("stream", seen, READ["stream"](seen), logs)
        self._observe(job, event)
        return event

    def _rank(self, job: Job) -> int | None:
        """Look how far a job is; of its events it is none: what a stream says next may be older."""
        if not self.serves("status"):
            return None
        return RANKS.get(
            str(self.send(job.endpoint, "status", job.request_id).fields.get("status"))
        )

    def wait(self, job: Job) -> None:
        """Poll until the result is known or a rule breaks; raises EnoughError for an endless job."""
        breaches = self.report.breaches
        for pause in _pauses(self.patience):
            self.look(job)
            self.fetch(job)
            if self.report.breaches > breaches or _known(job):
                return
            time.sleep(pause)
        self._give_up(job)

    def _give_up(self, job: Job) -> NoReturn:
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
        link: str,
        query: str = "",
        elsewhere: Mapping[str, str] | None = None,
    ) -> None:
        if self.serves(link):
            name = job.request_id
            seen = self.send(job.endpoint, link, name, query=query, elsewhere=elsewhere)
            kind = cast("Kind", job.endpoint.kind(link))
            self._observe(job, Event(kind, seen, READ[kind](seen), logs=query == _query(1)))

    def _observe(self, job: Job, event: Event) -> None:
        for rule, message in judge(job, event, self.wire.target):
            self.report.add(rule, event.seen, message)
        job.events.append(event)


def _query(logs: int | None) -> str:
    return "" if logs is None else f"?logs={logs}"


def _known(job: Job) -> bool:
    return any(event.word in (Word.OUTPUT, Word.FAILED) for event in job.of("result"))


def _pauses(seconds: float) -> Iterator[float]:
    pause, longest = _FIRST_PAUSE, max(_LONGEST_PAUSE, seconds / _PAUSES)
    while seconds > 0:
        yield pause
        seconds -= pause
        pause = min(pause * _GROWTH, longest)
