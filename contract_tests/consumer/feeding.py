"""Feeds the real client with one scripted answer and catches what it makes of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import httpx

from chainhub_fal import find_endpoint
from chainhub_fal.settings import DialectName, Updates

from ..drive import Drive
from ..events import EVENT_STREAM
from .grammar import Grammar, Json
from .shapes import CONTRACT, JOB_ID, Shape, output_of

KEY = "sk-consumer-0123456789"
HOST = "https://gateway.example"
PICTURE_URL = "https://pictures.example/cat.png"
BRIEF = 0.003
"""Seconds; a deadline for answers that are asked for again until it comes: one look, one rest."""
PATIENT = 20.0
"""Seconds; a deadline for answers that end a wait by themselves."""

VERBS: dict[str, tuple[DialectName, str]] = {
    "get_status": ("fal", "status"),
    "get_result": ("gateway", "result"),
    "cancel_request": ("gateway", "cancel"),
    "stream_status": ("gateway", "updates"),
}
"""What a user calls to have an operation sent, and under which dialect; the others are submits."""


@dataclass(frozen=True)
class Reply:
    """One answer as it stands on the wire."""

    status: int
    content: bytes
    media_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, body: Json, media_type: str = "application/json") -> Reply:
        """Make a reply of a JSON value, or of one event; what no UTF-8 can hold is escaped."""
        text = json.dumps(body).encode()
        return cls(
            status, b"data: %s\n\n" % text if media_type == EVENT_STREAM else text, media_type
        )

    @property
    def is_compressed(self) -> bool:
        """Tell whether it claims to be; no reply here truly is."""
        return "Content-Encoding" in self.headers

    @property
    def body(self) -> Json:
        """The JSON value in it as a lenient reader sees it, or None."""
        if self.is_compressed:
            return None
        text = (
            self.content.removeprefix(b"data: ")
            if self.media_type == EVENT_STREAM
            else self.content
        )
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None

    def response(self) -> httpx.Response:
        """Make a fresh response of it, as unread as one from a socket."""
        kind = {"Content-Type": self.media_type} if self.media_type is not None else {}
        headers = [
            (name.encode(), value.encode("latin-1"))
            for name, value in {**self.headers, **kind}.items()
        ]
        return httpx.Response(self.status, headers=headers, stream=httpx.ByteStream(self.content))


@dataclass(frozen=True)
class Fed:
    """What came of it: a value or an exception, and the requests that were sent."""

    outcome: object
    requests: tuple[httpx.Request, ...]


class Feeder:
    """Clients of one colour, one for each dialect, over a transport that answers by script."""

    def __init__(self, drive: Drive) -> None:
        self._script: Iterator[Reply] = iter(())
        self._requests: list[httpx.Request] = []
        transport = httpx.MockTransport(self._answer)
        dialects: tuple[DialectName, ...] = ("gateway", "fal")
        self.clients = {
            dialect: drive.client(
                transport=transport,
                api_key=KEY,
                base_url=HOST,
                dialect=dialect,
                schedule=lambda: itertools.repeat(0.01),
                missing_patience=0.0,
                connect_patience=0.0,
            )
            for dialect in dialects
        }

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self._requests.append(request)
        return next(self._script).response()

    def feed(self, shape: Shape, reply: Reply) -> Fed:
        """Answer a shape's operation with this reply.

        A success is given twice, since the client believes its eyes only then, and followed by a
        finished job, so that nothing waits for long; whatever else comes again and again, and so
        does what a header may forbid to read or to ask for again. A stream is heard once.
        """
        if 200 <= reply.status < 300 and not reply.headers:
            finished = itertools.repeat(Reply.of(200, output_of(shape.endpoint)))
            times = 1 if shape.media_type == EVENT_STREAM else 2
            return self.call(shape, itertools.chain([reply] * times, finished), PATIENT)
        fed = self.call(shape, itertools.repeat(reply), BRIEF)
        if fed.requests:
            return fed
        return self.call(shape, itertools.repeat(reply), PATIENT / 10)  # the machine was busy

    def call(self, shape: Shape, script: Iterator[Reply], deadline: float = PATIENT) -> Fed:
        """Do what has the shape's operation sent, within a deadline in seconds."""
        if shape.operation.operation_id in VERBS:
            return self.catch(lambda: self.ask(shape, JOB_ID, deadline), script)
        client = self.clients["gateway"].with_options(deadline=deadline)
        inputs = plain_inputs(shape.endpoint)
        return self.catch(lambda: client.submit(shape.endpoint, **inputs), script)

    def ask(self, shape: Shape, job_id: str, deadline: float = PATIENT) -> object:
        """Ask about a job what the shape answers, within a deadline in seconds; raises anything."""
        dialect, verb = VERBS[shape.operation.operation_id]
        updates: Updates = "stream" if verb == "updates" else "poll"
        client = self.clients[dialect].with_options(deadline=deadline, updates=updates)
        answer = getattr(client.job(job_id, endpoint=shape.endpoint), verb)()
        return list(answer) if verb == "updates" else answer

    def catch(self, act: Callable[[], object], script: Iterator[Reply]) -> Fed:
        """Do anything with a client of this feeder, answered by a script."""
        self._script = script
        self._requests.clear()
        outcome: object
        try:
            outcome = act()
        except Exception as error:  # noqa: BLE001 - what must not be is what is looked for
            # Its traceback would hold this frame, which holds it: every job would wait for a
            # garbage collection, and one within a text of too many levels finds no room to end it.
            outcome = error.with_traceback(None)
        return Fed(getattr(outcome, "inner", outcome), tuple(self._requests))


def plain_inputs(endpoint_id: str) -> dict[str, Json]:
    """Return the inputs that an endpoint requires, as small as they may be."""
    endpoint = find_endpoint(endpoint_id)
    given = cast("dict[str, Json]", Grammar({}).value(endpoint.input_schema, full=False))
    return given | dict.fromkeys(set(given) & set(endpoint.files), PICTURE_URL)


def problems_of(shape: Shape, reply: Reply) -> list[str]:
    """Say what the contract does not allow in a reply; beyond the validator's reach counts too."""
    try:
        return CONTRACT.operations[shape.operation.operation_id].answer_problems(reply.response())
    except (ValueError, RecursionError, httpx.DecodingError) as error:
        return [f"no validator reads it: {type(error).__name__}"]
