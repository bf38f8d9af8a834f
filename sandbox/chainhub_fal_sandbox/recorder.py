"""What happened, to be asked in sentences: requests, paid jobs, hits on a foreign host."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

_LONGEST_TEXT = 200
_SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key")


@dataclass(frozen=True)
class Call:
    """One request, without secrets and without pictures.

    operation: submit, status, stream, result, cancel, file, foreign, or "" for a path that is no
        route.
    operation_id: the contract's name for it, if it has one.
    key: what stood in `Authorization`: `absent`, or the scheme's word.
    headers: with secrets replaced by the word `present`.
    fields: the submitted input; long text and data URIs as length and digest.
    at: seconds of the sandbox's clock.
    request_id: of the job the path names, or of the ticket that was given.
    status: of the answer; None if the connection was dropped instead.
    """

    operation: str
    operation_id: str | None
    method: str
    path: str
    query: Mapping[str, str]
    key: str
    headers: Mapping[str, str]
    body_size: int
    body_digest: str
    fields: Mapping[str, object]
    at: float
    request_id: str | None
    status: int | None


@dataclass
class Recorder:
    """Collects calls; safe to ask from another thread while the server runs."""

    _calls: list[Call] = field(default_factory=list)
    _paid: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, call: Call) -> None:
        """Note a request that has been answered or dropped."""
        with self._lock:
            self._calls.append(call)

    def pay(self, request_id: str) -> None:
        """Note a job that was accepted and will be charged."""
        with self._lock:
            self._paid.append(request_id)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every request so far, in the order of their answers."""
        with self._lock:
            return tuple(self._calls)

    @property
    def paid(self) -> tuple[str, ...]:
        """The ids of the jobs that were paid for."""
        with self._lock:
            return tuple(self._paid)

    def calls_to(self, operation: str) -> tuple[Call, ...]:
        """Return the requests to one operation, by its kind or by its id in the contract."""
        return tuple(c for c in self.calls if operation in (c.operation, c.operation_id))


def key_shown(headers: Mapping[str, str]) -> str:
    """Return the scheme of the key that was sent, or `absent`; never the key."""
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if not scheme:
        return "absent"
    return scheme if credentials and scheme.isalpha() else "malformed"


def headers_shown(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers with every secret replaced."""
    return {name: "present" if name in _SECRET_HEADERS else text for name, text in headers.items()}


def fields_shown(body: bytes) -> Mapping[str, object]:
    """Return the fields of a JSON object, long text shortened; {} for anything else."""
    try:
        value = json.loads(body) if body else {}
    except (ValueError, RecursionError):
        return {}
    return {name: _shown(item) for name, item in value.items()} if isinstance(value, dict) else {}


def digest_of(data: bytes) -> str:
    """Return a short digest that tells two bodies apart."""
    return hashlib.sha256(data).hexdigest()[:16]


def _shown(value: object) -> object:
    if isinstance(value, str) and (value.startswith("data:") or len(value) > _LONGEST_TEXT):
        kind = value.partition(";")[0] if value.startswith("data:") else "text"
        return f"{kind[:40]}, {len(value)} characters, sha256 {digest_of(value.encode())}"
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {name: _shown(item) for name, item in value.items()}
    return value
