"""One exchange as it went over the wire, before anything is taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from ..events import is_event_stream, whole_events

_FRAMING = {"content-length", "content-encoding", "transfer-encoding"}


@dataclass(frozen=True)
class Exchange:
    """A request and what came back; ``status`` is 0 and ``error`` set when no answer began.

    ``content`` is the answer's body, decoded; ``error`` names what broke it off. ``at`` is when it
    was sent, in seconds of a clock of no meaning, ``seconds`` how long it took.
    """

    request: httpx.Request
    status: int
    headers: httpx.Headers
    content: bytes
    error: str
    at: float
    seconds: float

    @property
    def held(self) -> bytes:
        """The body, as far as it can be judged: of a stream that was left, the whole events."""
        return whole_events(self.content) if self._was_left else self.content

    @property
    def unheard(self) -> bool:
        """Whether it is a stream that was left before it had told anything."""
        return self._was_left and not self.held

    @property
    def _was_left(self) -> bool:
        return bool(self.error) and is_event_stream(self.headers.get("content-type", ""))

    @property
    def response(self) -> httpx.Response:
        """The answer in one piece, which is what the contract can be held against."""
        kept = [item for item in self.headers.multi_items() if item[0].lower() not in _FRAMING]
        return httpx.Response(self.status, headers=kept, content=self.held)
