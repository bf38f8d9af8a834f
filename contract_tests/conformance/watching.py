"""Follows every job that schemathesis happens to submit, and holds each answer to the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import parse_qs, unquote, urlsplit

import httpx
from schemathesis.core.transport import Response

from ..contract import Contract, Operation
from ..harness.target import Target
from ..semantics.endpoints import Endpoint, endpoints, node
from ..semantics.exchange import Seen, body_of, read_json
from ..semantics.jobs import Event, Job, Kind
from ..semantics.orders import read_order
from ..semantics.readings import READ, Word, read_ticket
from ..semantics.rules import judge
from .broken import BrokenRule

_ID = "request_id"


@dataclass(frozen=True)
class Asked:
    """A request as it was sent; ``path`` holds its path parameters, decoded."""

    operation: Operation
    request: httpx.Request
    path: Mapping[str, str]

    @property
    def valid(self) -> bool:
        """Whether the contract allows it."""
        return not self.operation.request_problems(self.request, self.path)

    @property
    def logs(self) -> bool:
        """Whether log lines are asked for."""
        return parse_qs(urlsplit(str(self.request.url)).query).get("logs") == ["1"]


@dataclass
class Watch:
    """The jobs of one run, and what each answer about them broke."""

    target: Target
    contract: Contract
    jobs: dict[str, Job] = field(default_factory=dict)
    _judged: dict[str, list[BrokenRule]] = field(default_factory=dict)
    _endpoints: tuple[Endpoint, ...] = ()

    def __post_init__(self) -> None:
        """Read from the contract where jobs begin."""
        self._endpoints = tuple(endpoints(self.contract))

    def breaches(self, case_id: str, operation: Operation, response: Response) -> list[BrokenRule]:
        """Return what an answer breaks; a case that is asked about again is judged once only."""
        if case_id not in self._judged:
            asked = _asked(operation, response)
            with_key = response.request.headers.get("Authorization") == self.target.authorization
            seen = _seen(operation, response)
            found = self._judge(asked, seen) if asked and with_key else iter(())
            name = f"{operation.method} {operation.template}"
            self._judged[case_id] = [BrokenRule(name, rule, text) for rule, text in found]
        return self._judged[case_id]

    def most_telling(self, number: int) -> list[Job]:
        """Return the jobs whose inputs say the most about their outputs.

        Not those whose files come in the answer: in the largest sizes that takes a server long.
        """
        found = [job for job in self.jobs.values() if not job.order.inline]
        return sorted(found, key=_tells, reverse=True)[:number]

    def never_succeeded(self) -> Iterator[BrokenRule]:
        """Report each endpoint whose jobs ended, all of them without an output.

        Which of the inputs that schemathesis invents the model can work with is not known, so
        that single jobs fail is no breach.
        """
        for endpoint in self._endpoints:
            jobs = [job for job in self.jobs.values() if job.endpoint is endpoint]
            ended = [job for job in jobs if job.ended and not job.wished_away]
            if ended and not any(event.is_output for job in jobs for event in job.events):
                name = f"{endpoint.submit.method} {endpoint.submit.template}"
                text = f"{len(ended)} jobs ended, and none with an output"
                yield BrokenRule(name, "some_job_succeeds", text)

    def _judge(self, asked: Asked, seen: Seen) -> Iterator[tuple[str, str]]:
        for endpoint in self._endpoints:
            if asked.operation is endpoint.submit:
                yield from self._ticket(endpoint, asked, seen)
                return
        for endpoint in self._endpoints:
            for link, route in endpoint.routes.items():
                if route.operation is asked.operation:
                    yield from self._about_a_job(link, asked, seen)
                    return

    def _ticket(self, endpoint: Endpoint, asked: Asked, seen: Seen) -> Iterator[tuple[str, str]]:
        if read_ticket(seen) is not Word.PENDING:
            return  # whether it was rightly refused is for the checks of the data
        body = node(read_json(asked.request.content))
        order = read_order(endpoint, body, valid=asked.valid, certain=False)
        job = Job(endpoint, order, str(seen.fields[_ID]))
        if job.request_id in self.jobs:
            yield "fresh_id", f"two jobs share the id {job.request_id}"
        self.jobs[job.request_id] = job
        yield from self._observe(job, Event("ticket", seen, Word.PENDING))

    def _about_a_job(self, link: str, asked: Asked, seen: Seen) -> Iterator[tuple[str, str]]:
        job = self.jobs.get(asked.path[_ID])
        if job is None or self._is_elsewhere(job, link, asked):
            if 200 <= seen.status < 300 and seen.fields:
                yield "unknown_is_404", f"{asked.path[_ID]} is answered {seen.summary}"
            return
        kind = cast("Kind", job.endpoint.kind(link))
        event = Event(kind, seen, READ[kind](seen), asked.logs)
        if asked.valid:
            yield from self._observe(job, event)
        elif event.word is Word.ACCEPTED:  # cancelled all the same
            job.events.append(event)

    def _is_elsewhere(self, job: Job, link: str, asked: Asked) -> bool:
        """Whether a job is asked for below another app; the gateway finds it there too."""
        fixed = job.endpoint.routes[link].fixed
        wrong = any(asked.path.get(name) != value for name, value in fixed.items())
        return wrong and self.target.dialect == "fal"

    def _observe(self, job: Job, event: Event) -> Iterator[tuple[str, str]]:
        yield from judge(job, event, self.target)
        job.events.append(event)


def _tells(job: Job) -> int:
    order = job.order
    several = sum(number > 1 for number in order.counts.values())
    return len(order.echoes) + several + (order.size is not None)


def _asked(operation: Operation, response: Response) -> Asked | None:
    """Return the request behind an answer; None for one that did not go to the operation."""
    sent = response.request
    match = re.fullmatch(operation.path_pattern, urlsplit(str(sent.url)).path)
    if match is None:
        return None
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    request = httpx.Request(
        str(sent.method),
        str(sent.url),
        headers=[(name, _text(value)) for name, value in sent.headers.items()],
        content=body if isinstance(body, bytes) else b"",
    )
    return Asked(operation, request, {k: unquote(v) for k, v in match.groupdict().items()})


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _seen(operation: Operation, response: Response) -> Seen:
    headers = httpx.Headers([(k, v) for k, values in response.headers.items() for v in values])
    body = body_of(headers, response.content)
    return Seen(operation.operation_id, response.status_code, headers, body, curl="")
