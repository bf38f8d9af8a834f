"""Holds a record of an exchange against the contract: the status, the media type, the schema, and
the ids that must agree."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import httpx

from ..events import is_event_stream
from .routes import Place, Routes

_JSON = "application/json"
_BROKEN = b"{"


@dataclass(frozen=True)
class Verdict:
    """What the contract says of an answer; ``place`` is None if it knows no such operation."""

    place: Place | None
    problems: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    @property
    def places(self) -> set[str]:
        """Where the problems are: ``body /status``, ``status 201``."""
        return {where(problem) for problem in self.problems}


def verdict(
    routes: Routes, record: Mapping[str, object], response: httpx.Response | None = None
) -> Verdict:
    """Judge a record, or the true answer that it was made from; one without answer has no fault."""
    url = httpx.URL(str(record["url"]))
    place = routes.find(str(record["method"]), url)
    if place is None or not record["status"] or _is_unheard(record):
        return Verdict(place)
    answer = response or answer_of(record)
    problems = place.operation.answer_problems(answer)
    return Verdict(place, tuple(_told(problems, record)), tuple(_ids(routes, place, record)))


def answer_of(record: Mapping[str, object]) -> httpx.Response:
    """Build the answer that a record stands for; a body that was no JSON is none again."""
    status = cast("int", record["status"])
    headers = cast("Mapping[str, str]", record["headers"])
    body = record.get("body")
    if not isinstance(body, dict):
        return httpx.Response(status, headers=headers)
    if "events" in body:
        content = b"".join(
            b"data: " + json.dumps(each).encode() + b"\n\n" for each in body["events"]
        )
    else:
        content = json.dumps(body["json"]).encode() if "json" in body else _BROKEN
    return httpx.Response(status, headers=headers, content=content)


def where(problem: str) -> str:
    """Return the place that a problem names."""
    return problem.partition(": ")[0]


def value_at(record: Mapping[str, object], place: str) -> object:
    """Return what stands in a record's body at a place; None if nothing does."""
    about, _, pointer = place.partition(" /")
    found = _bodies(record).get(about)
    for step in filter(None, pointer.split("/")):
        if isinstance(found, dict):
            found = found.get(step)
        elif isinstance(found, list) and step.isdigit() and int(step) < len(found):
            found = found[int(step)]
        else:
            return None
    return found


def _bodies(record: Mapping[str, object]) -> dict[str, object]:
    """Return what was kept of a body, and of each event of a stream, by how a problem names it."""
    body = record.get("body")
    kept = body if isinstance(body, dict) else {}
    events = {f"event {number}": each for number, each in enumerate(kept.get("events", ()), 1)}
    return events | ({"body": kept["json"]} if "json" in kept else {})


def _is_unheard(record: Mapping[str, object]) -> bool:
    """Tell whether a stream was left, or broke off, before it had told anything."""
    headers = cast("Mapping[str, str]", record["headers"])
    is_stream = is_event_stream(headers.get("content-type", ""))
    return is_stream and bool(record.get("error")) and record.get("body") is None


def _told(problems: list[str], record: Mapping[str, object]) -> Iterator[str]:
    """Yield the problems that a record can have: what is no JSON was not kept to be read."""
    body = record.get("body")
    opaque = isinstance(body, dict) and "opaque" in body
    for problem in problems:
        if not (opaque and where(problem).startswith("body")):
            yield problem


def _ids(routes: Routes, place: Place, record: Mapping[str, object]) -> Iterator[str]:
    """Say where a value of the body differs from the one of the same name in an address.

    The address is the request's own, or one that the body holds and that leads to an operation.
    """
    for fields in _bodies(record).values():
        if isinstance(fields, dict):
            yield from _ids_in(routes, place, fields)


def _ids_in(routes: Routes, place: Place, fields: Mapping[str, object]) -> Iterator[str]:
    addresses = [("the request", place.values)]
    for name, url in fields.items():
        if isinstance(url, str) and url.startswith(("https://", "http://")):
            addresses += [(name, each.values) for each in routes.at(urlsplit(url).path)]
    for about, values in addresses:
        for name, value in values.items():
            if isinstance(told := fields.get(name), str) and told != value:
                yield f"{name} is {told} in the answer and {value} in {about}"
