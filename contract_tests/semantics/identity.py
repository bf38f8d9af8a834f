"""Rules about who a job is: its id, its addresses, and that an answer exists for it at all."""

from __future__ import annotations

from collections.abc import Iterator

from ..harness.target import Target
from .addresses import is_expected, leading_to, path_of
from .jobs import Event, Job
from .readings import Word

_ANSWERED = {
    "ticket": (Word.PENDING,),
    "status": (Word.PENDING, Word.OUTPUT, Word.FAILED),
    "stream": (Word.PENDING, Word.OUTPUT, Word.FAILED),
    "result": (Word.PENDING, Word.OUTPUT, Word.FAILED),
    "cancel": (Word.ACCEPTED, Word.TOO_LATE),
}
_URLS = {"response_url": "result", "status_url": "status", "cancel_url": "cancel"}


def answered(job: Job, event: Event) -> Iterator[str]:
    """A job that was paid for must be found, or its result is lost."""
    if event.word not in _ANSWERED[event.kind]:
        yield f"{job.request_id} exists, and is answered {event.word}: {event.seen.summary}"


def one_id_in_the_body(job: Job, event: Event) -> Iterator[str]:
    """Another job's id sends the caller to another job's pictures."""
    told = event.seen.fields.get("request_id")
    # In an output the name is the model's.
    if told is not None and told != job.request_id and not event.is_output:
        yield f"{job.request_id} is called {told} in the answer"


def one_id_in_the_header(job: Job, event: Event) -> Iterator[str]:
    """Support and logs know a job by this header."""
    told = event.seen.headers.get("x-fal-request-id", job.request_id)
    if told != job.request_id:
        yield f"{job.request_id} is called {told} in x-fal-request-id"


def urls_lead_to_the_job(job: Job, event: Event) -> Iterator[str]:
    """Clients follow these addresses: a wrong id or app leads nowhere, or to another job."""
    for name, link in _URLS.items():
        url = event.seen.fields.get(name)
        if not isinstance(url, str) or link not in job.endpoint.routes:
            continue
        expected = job.endpoint.routes[link].path(job.request_id)
        # fal's newest pages show `/response` behind a result's path, its servers do not send it.
        path = path_of(url).removesuffix("/").removesuffix("/response")
        if path != expected:
            yield f"{name} has the path {path}, and not {expected}"


def origins_are_expected(job: Job, event: Event, target: Target) -> Iterator[str]:
    """A key that follows an address to a stranger's host is a stolen key."""
    if event.is_output:
        return
    for name, url in leading_to(job.request_id, event.seen.fields):
        if not is_expected(url, target, job.endpoint.document):
            yield f"{name} leads to an origin that is neither the target's nor in servers: {url}"
