"""An HTTP answer as a value, so that dialects can build it and faults can change it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chainhub_fal_sandbox.events import Blocks, Rework, edited, reworked

JSON_TYPE = "application/json"
HTML_TYPE = "text/html; charset=utf-8"
EVENTS_TYPE = "text/event-stream"


@dataclass(frozen=True)
class Answer:
    """Status, headers (lower-case names) and the whole body.

    An answer with `events` has them for its body, block by block as they happen.
    """

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    events: Blocks | None = None

    @classmethod
    def json(cls, status: int, value: object, headers: Mapping[str, str] | None = None) -> Answer:
        """Build an answer whose body is `value` as JSON."""
        body = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return cls(status, body.encode(), {"content-type": JSON_TYPE, **(headers or {})})

    @classmethod
    def html(cls, status: int, text: str) -> Answer:
        """Build an answer whose body is a web page."""
        return cls(status, text.encode(), {"content-type": HTML_TYPE})

    @classmethod
    def stream(cls, events: Blocks, headers: Mapping[str, str] | None = None) -> Answer:
        """Build an answer that goes on for as long as there are events."""
        own = {"content-type": EVENTS_TYPE, "cache-control": "no-cache"}
        return cls(200, headers={**(headers or {}), **own}, events=events)

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """Return the same answer with these headers added or replaced."""
        return replace(self, headers={**self.headers, **headers})

    def without_header(self, name: str) -> Answer:
        """Return the same answer with one header left out."""
        return replace(self, headers={k: v for k, v in self.headers.items() if k != name})

    def edited(self, edit: Callable[[dict[str, object]], object]) -> Answer:
        """Return the answer with its JSON object changed in place by `edit`.

        Of a stream, each event is edited. An answer that is no JSON object is returned as it is:
        there is nothing to edit.
        """
        if self.events is not None:
            return self.reworked(lambda blocks: (edited(each, edit) async for each in blocks))
        if self.headers.get("content-type") != JSON_TYPE:
            return self
        value = json.loads(self.body)
        if not isinstance(value, dict):
            return self
        edit(value)
        return replace(self, body=json.dumps(value, ensure_ascii=False).encode())

    def reworked(self, rework: Rework) -> Answer:
        """Return a stream with other blocks; any other answer is returned as it is."""
        if self.events is None:
            return self
        return replace(self, events=reworked(self.events, rework))
