"""Answers that need not end: read as they come, and left once enough was heard.

A stream about a job that waits may last for minutes, and one of a broken server for ever, or fall
silent. So no reader of this harness waits for the end of a stream unless it has to come.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

import httpx

from ..events import EventsError, events_so_far, is_event_stream, whole_events

QUIET = 0.05  # seconds after an event without another: it has said where the job stands
MOST = 1024 * 1024  # bytes of a stream that are heard: no job has that much to say
_FRAMING = {"content-length", "content-encoding", "transfer-encoding"}


class Listening:
    """The body of an answer, read by a thread of its own so that its silences can be waited out.

    ``content`` is what has come so far; ``ended`` says that it was all.
    """

    def __init__(self, response: httpx.Response) -> None:
        self.response, self.content, self.ended = response, b"", False
        self._queue: SimpleQueue[bytes | httpx.HTTPError | None] = SimpleQueue()
        # How long a silence may last is for who listens to say, not for the client's own limit.
        response.request.extensions["timeout"] = {}
        self._thread = threading.Thread(target=self._read, name="listening", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        network = self.response.extensions.get("network_stream")
        if not self.ended and network is not None:
            with suppress(OSError):  # it is closed already
                # Not TLS's own, which takes the connection from under a read that still goes on.
                socket.socket.shutdown(network.get_extra_info("socket"), socket.SHUT_RDWR)
        self._thread.join()
        self.response.close()

    def more(self, seconds: float) -> bool:
        """Wait for what comes next; False at the end, or when nothing came for so long.

        Raises httpx.HTTPError when the connection broke.
        """
        try:
            found = None if self.ended else self._queue.get(timeout=max(0.0, seconds))
        except Empty:
            return False
        if isinstance(found, httpx.HTTPError):
            raise found
        self.ended = found is None
        self.content += found or b""
        return found is not None

    def rest(self, seconds: float) -> bytes:
        """Return all that comes until the end, or in so many seconds."""
        until = time.monotonic() + seconds
        while len(self.content) <= MOST and self.more(until - time.monotonic()):
            pass
        return self.content

    def _read(self) -> None:
        try:
            for chunk in self.response.iter_bytes():
                self._queue.put(chunk)
            self._queue.put(None)
        except httpx.HTTPError as error:
            self._queue.put(error)


@dataclass(frozen=True)
class Heard:
    """An answer in one piece; ``left`` says that more may have come, which was not waited for."""

    response: httpx.Response
    left: bool = False


def hear(
    response: httpx.Response, *, streams: bool, seconds: float, quiet: float | None = None
) -> Heard:
    """Read an answer that was begun: whole, or, if it may be a stream, for so long and no longer.

    With ``quiet`` a stream is left when it has told an event and then nothing for so many seconds.
    Raises httpx.HTTPError when the connection broke.
    """
    events = is_event_stream(response.headers.get("content-type", ""))
    if not (streams or events):
        return Heard(in_one_piece(response, response.read()))
    with Listening(response) as listening:
        if events:
            _listen(listening, time.monotonic() + seconds, quiet)
        else:
            listening.rest(seconds)
    left, content = not listening.ended, listening.content
    return Heard(
        in_one_piece(response, whole_events(content) if left and events else content), left
    )


def in_one_piece(response: httpx.Response, content: bytes) -> httpx.Response:
    """Copy an answer that was read, with its body decoded, which is what can be checked."""
    kept = [item for item in response.headers.multi_items() if item[0].lower() not in _FRAMING]
    found = httpx.Response(
        response.status_code, headers=kept, content=content, request=response.request
    )
    found.elapsed = response.elapsed
    return found


def _listen(listening: Listening, until: float, quiet: float | None) -> None:
    told = False
    while len(listening.content) <= MOST and (left := until - time.monotonic()) > 0:
        if not listening.more(left if quiet is None or not told else min(left, quiet)):
            return
        try:
            told = bool(events_so_far(listening.content))
        except EventsError:
            return  # whatever follows, it is no stream
