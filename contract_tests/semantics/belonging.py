"""Rules about the output: it is that of this job's input, whole, and the same at every reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .identity import is_loopback
from .jobs import Event, Job
from .readings import Word


def result_is_stable(job: Job, event: Event) -> Iterator[str]:
    """A result that is read again, after a crash say, must be the one that was paid for."""
    if _is_output(event):
        earlier = next((each for each in job.of("result") if _is_output(each)), event)
        if earlier.seen.body != event.seen.body:
            yield "the result changed when it was read again"


def result_is_of_its_endpoint(job: Job, event: Event) -> Iterator[str]:
    """The route serves every model, so its schema lets one model's output pass for another's."""
    if _is_output(event):
        yield from job.endpoint.output_schema.problems(event.seen.body)


def result_repeats_its_input(job: Job, event: Event) -> Iterator[str]:
    """A seed that is not the input's own is another job's result, or was never used."""
    if _is_output(event):
        for name, wanted in job.order.echoes.items():
            if (found := event.seen.fields.get(name)) != wanted:
                yield f"{name} is {found!r}, and {wanted!r} was asked for"


def result_has_the_number(job: Job, event: Event) -> Iterator[str]:
    """Pictures are charged by the piece."""
    if _is_output(event):
        for name, wanted in job.order.counts.items():
            found = event.seen.fields.get(name)
            if isinstance(found, list) and len(found) != wanted:
                yield f"{len(found)} {name} came, and {wanted} were asked for"


def result_has_the_size(job: Job, event: Event) -> Iterator[str]:
    """A layout made for one size breaks with another."""
    if _is_output(event) and job.order.size:
        for picture in pictures(event.seen.body):
            found = (picture.get("width"), picture.get("height"))
            if None not in found and found != job.order.size:
                yield f"a picture is said to be {found}, and {job.order.size} was asked for"


def result_has_the_format(job: Job, event: Event) -> Iterator[str]:
    """Who asked for png asked for a picture without loss."""
    if _is_output(event) and job.order.media_type:
        for picture in pictures(event.seen.body):
            found = picture.get("content_type")
            if found not in (None, job.order.media_type):
                yield f"a picture is said to be {found}, and {job.order.media_type} was asked for"


def result_is_fetched_safely(_: Job, event: Event) -> Iterator[str]:
    """A picture that travels in the open can be read and replaced on its way."""
    if _is_output(event):
        for picture in pictures(event.seen.body):
            scheme = str(picture["url"]).partition(":")[0]
            if scheme not in ("https", "data") and not is_loopback(str(picture["url"])):
                yield f"a picture has an address of the scheme {scheme}"


def pictures(found: object) -> Iterator[Mapping[str, object]]:
    """Find the files in an output that may be pictures: all that do not say they are none."""
    if isinstance(found, list):
        for item in found:
            yield from pictures(item)
    elif isinstance(found, dict):
        if isinstance(found.get("url"), str):
            if str(found.get("content_type") or "image/").startswith("image/"):
                yield found
        else:
            for item in found.values():
                yield from pictures(item)


def _is_output(event: Event) -> bool:
    return event.kind == "result" and event.word is Word.OUTPUT
