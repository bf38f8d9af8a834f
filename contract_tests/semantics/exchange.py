"""One exchange with the target: sends it, notes it in the ledger, and can say how to repeat it."""

from __future__ import annotations

import json
import shlex
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import httpx

from ..contract import Operation
from ..harness.findings import Ledger
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
    """One answer; ``body`` is its JSON, None if it is none, and ``curl`` repeats the request."""

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
        """Send one request; raises UnansweredError when no whole answer comes back."""
        shown = credential or self.right
        name = operation.operation_id if operation else ""
        curl = self._curl(method, path, body, shown)
        self.ledger.phase(self.phase)
        try:
            response = self._client(shown).request(method, path, json=body)
        except httpx.HTTPError as error:
            late = isinstance(error, httpx.TimeoutException)
            raise UnansweredError(name, type(error).__name__, curl, late=late) from error
        if operation:
            self.ledger.answer(name, response.status_code)
            self.seconds[name].append(response.elapsed.total_seconds())
        return Seen(name, response.status_code, response.headers, _json(response), curl)

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


def _json(response: httpx.Response) -> object:
    if "json" not in response.headers.get("content-type", ""):
        return None
    try:
        return parse_json(response.content)
    except StrictJsonError:
        return None
