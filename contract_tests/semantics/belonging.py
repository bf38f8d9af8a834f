"""Rules about the output: it is that of this job's input, whole, and the same at every reading."""

from __future__ import annotations

from collections.abc import Iterator

from .entries import pictures
from .jobs import Event, Job
from .orders import verdicts


def result_is_stable(job: Job, event: Event) -> Iterator[str]:
    """A result that is read again, after a crash say, must be the one that was paid for."""
    if event.is_output:
        earlier = next((each for each in job.of("result") if each.is_output), event)
        if earlier.seen.body != event.seen.body:
            yield "the result changed when it was read again"


def result_is_of_its_endpoint(job: Job, event: Event) -> Iterator[str]:
    """The route serves every model, so its schema lets one model's output pass for another's."""
    if event.is_output:
        yield from job.endpoint.output_schema.problems(event.seen.body)


def result_repeats_its_input(job: Job, event: Event) -> Iterator[str]:
    """A seed that is not the input's own is another job's result, or was never used."""
    if event.is_output:
        for name, wanted in job.order.echoes.items():
            if (found := event.seen.fields.get(name)) != wanted:
                yield f"{name} is {found!r}, and {wanted!r} was asked for"


def result_has_the_number(job: Job, event: Event) -> Iterator[str]:
    """Pictures are charged by the piece."""
    if event.is_output:
        for name, wanted in job.order.counts.items():
            found = event.seen.fields.get(name)
            if isinstance(found, list) and len(found) != wanted:
                yield f"{len(found)} {name} came, and {wanted} were asked for"


def result_has_the_size(job: Job, event: Event) -> Iterator[str]:
    """A layout made for one size breaks with another."""
    if event.is_output and job.order.size:
        for picture in pictures(event.seen.body):
            found = (picture.get("width"), picture.get("height"))
            if None not in found and found != job.order.size:
                yield f"a picture is said to be {found}, and {job.order.size} was asked for"


def result_has_the_format(job: Job, event: Event) -> Iterator[str]:
    """Who asked for png asked for a picture without loss."""
    if event.is_output and job.order.media_type:
        for picture in pictures(event.seen.body):
            found = picture.get("content_type")
            if found not in (None, job.order.media_type):
                yield f"a picture is said to be {found}, and {job.order.media_type} was asked for"


def each_picture_has_its_verdicts(job: Job, event: Event) -> Iterator[str]:
    """A list with one entry per picture that is shorter says nothing about the last of them."""
    if not event.is_output:
        return
    for name in verdicts(job.endpoint):
        found, wanted = event.seen.fields.get(name), len(list(pictures(event.seen.body)))
        if isinstance(found, list) and len(found) != wanted:
            yield f"{len(found)} {name} came for {wanted} pictures"
