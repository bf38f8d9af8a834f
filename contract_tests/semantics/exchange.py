"""One exchange with the target: sends it, notes it in the ledger, and can say how to repeat it."""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from ..contract import Operation
from ..events import EventsError, events_so_far, is_event_stream
from ..harness.findings import Ledger
from ..harness.listening import QUIET, Listening, hear
from ..harness.target import Dialect, Target
from ..schemas import StrictJsonError, parse_json

_WRONG: dict[Dialect, str] = {"gateway": "Bearer wrong-key", "fal": "Key wrong-id:wrong-secret"}


@dataclass(frozen=True)
class Credential:
    """What a request shows as its key; ``shown`` is how a curl line writes it."""

    name: str
    value: str | None
    shown: str


@dataclass(frozen=True)
class Seen:
    """One answer; ``body`` is its JSON, None if it is none, and ``curl`` repeats the request.

    Of a stream, ``body`` is what one of its events holds: the last, unless it is about another.
    """

    operation: str
    status: int
    headers: httpx.Headers
    body: object
    curl: str

    @property
    def fields(self) -> Mapping[str, object]:
        """The body's fields; none if it is no JSON object."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def summary(self) -> str:
        """The answer in a few words; no value of a body but its state is quoted."""
        kind = self.headers.get("content-type", "no content type").partition(";")[0]
        state = self.fields.get("status")
        return f"{self.status} {state if isinstance(state, str) else kind}"


class UnansweredError(Exception):
    """No answer came; ``late`` says that the time ran out."""

    def __init__(self, operation: str, message: str, curl: str, *, late: bool) -> None:
        super().__init__(message)
        self.operation, self.curl, self.late = operation, curl, late


@dataclass
class Wire:
    """Connections to one target, one for each credential; times are in seconds."""

    target: Target
    ledger: Ledger
    phase: str = "semantics"
    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _clients: dict[str, httpx.Client] = field(default_factory=dict)
    _opened: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._opened.close()

    @property
    def right(self) -> Credential:
        """The key that must be accepted."""
        value = self.target.authorization
        return Credential("the right key", value, f"{value.partition(' ')[0]} $API_KEY")

    @property
    def wrong(self) -> tuple[Credential, ...]:
        """What must not be accepted: no key, another scheme, another key."""
        wrong = _WRONG[self.target.dialect]
        basic = f"Basic {self.target.key}"
        return (
            Credential("no key", None, ""),
            Credential("a wrong key", wrong, wrong),
            Credential("a scheme of another kind", basic, "Basic $API_KEY"),
        )

    def send(
        self,
        operation: Operation | None,
        method: str,
        path: str,
        *,
        body: Mapping[str, object] | None = None,
        credential: Credential | None = None,
    ) -> Seen:
        """Send one request; raises UnansweredError when no whole answer comes back.

        A stream is heard until it has said where the job stands.
        """
        shown = credential or self.right
        name = operation.operation_id if operation else ""
        curl = self._curl(method, path, body, shown)
        streams = operation is not None and operation.streams
        try:
            begun = self._begun(method, path, body, shown)
            heard = hear(begun, streams=streams, seconds=self.target.timeout, quiet=QUIET)
        except httpx.HTTPError as error:
            raise _unanswered(name, curl, error) from error
        response = heard.response
        if operation:
            self.ledger.answer(name, response.status_code)
            self.seconds[name].append(response.elapsed.total_seconds())
        told = body_of(response.headers, response.content)
        return Seen(name, response.status_code, response.headers, told, curl)

    @contextmanager
    def listen(self, operation: Operation, path: str) -> Iterator[tuple[Seen, Listening]]:
        """Ask for a stream; yields what its head says, and what is read of it as it comes.

        Raises UnansweredError when no answer begins, and in place of any httpx.HTTPError.
        """
        name, curl = operation.operation_id, self._curl(operation.method, path, None, self.right)
        try:
            begun = self._begun(operation.method, path, None, self.right)
            self.ledger.answer(name, begun.status_code)
            with Listening(begun) as listening:
                yield Seen(name, begun.status_code, begun.headers, None, curl), listening
        except httpx.HTTPError as error:
            raise _unanswered(name, curl, error) from error

    def _begun(
        self, method: str, path: str, body: Mapping[str, object] | None, shown: Credential
    ) -> httpx.Response:
        self.ledger.phase(self.phase)
        client = self._client(shown)
        return client.send(client.build_request(method, path, json=body), stream=True)

    def _client(self, credential: Credential) -> httpx.Client:
        if credential.name not in self._clients:
            client = self.target.client(authorization=credential.value)
            self._clients[credential.name] = self._opened.enter_context(client)
        return self._clients[credential.name]

    def _curl(
        self, method: str, path: str, body: Mapping[str, object] | None, credential: Credential
    ) -> str:
        parts = ["curl", "-X", method, shlex.quote(self.target.base_url.rstrip("/") + path)]
        if credential.value is not None:
            parts += ["-H", f'"Authorization: {credential.shown}"']
        if body is not None:
            parts += ["--json", shlex.quote(json.dumps(body))]
        return " ".join(parts)


def read_json(content: bytes) -> object:
    """Return what a text of JSON holds; None if it is none."""
    try:
        return parse_json(content)
    except StrictJsonError:
        return None


def _unanswered(operation: str, curl: str, error: httpx.HTTPError) -> UnansweredError:
    late = isinstance(error, httpx.TimeoutException)
    return UnansweredError(operation, type(error).__name__, curl, late=late)


def body_of(headers: httpx.Headers, content: bytes) -> object:
    """Return the JSON of an answer, or of its last whole event; None if it is none."""
    content_type = headers.get("content-type", "")
    if is_event_stream(content_type):
        return _last_told(content)
    return read_json(content) if "json" in content_type else None


def _last_told(content: bytes) -> object:
    try:
        data = events_so_far(content)
    except EventsError:
        return None
    return read_json(data[-1].encode()) if data else None
