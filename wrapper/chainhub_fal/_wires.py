"""One HTTP exchange, whoever carries it out: how far it came, and what is told of its end.

A submit may be sent again only with proof that no byte of it left. An exception's class is no
proof, so a transport reports what it does to the exchange's :class:`Trace`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from ._effects import Answer
from ._media import show_size
from .errors import NoAnswerError

_REDACTED = "[the key]"
_AWAITED = "wait for the answer"


class Trace:
    """Listens to httpcore, or is told by another transport, and remembers how far a request came.

    Silence proves nothing: what is not listened to (a read, which needs no proof) is never unsent.
    """

    __slots__ = ("_heard", "_receiving", "_sending", "_sent", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._heard = False
        self._sending = False
        self._sent = False
        self._receiving = False

    def hear(self, event: str, _: Mapping[str, object]) -> None:
        """Take one event of httpcore's; its name ends alike in HTTP/1.1 and HTTP/2."""
        self._heard = True
        self._sending = self._sending or event.endswith("send_request_headers.started")
        self._sent = self._sent or event.endswith("send_request_body.complete")
        self._receiving = self._receiving or event.endswith("receive_response_headers.complete")

    async def ahear(self, event: str, info: Mapping[str, object]) -> None:
        """Take one event from the async transport."""
        self.hear(event, info)

    def connecting(self) -> None:
        """Take note that a connection is looked for: nothing is sent before there is one."""
        self._heard = True

    def sending(self) -> None:
        """Take note that from now on a byte may have left."""
        self._heard = self._sending = True

    def sent(self) -> None:
        """Take note that the whole request was written."""
        self._sent = True

    def receiving(self) -> None:
        """Take note that the head of an answer has come."""
        self._heard = self._sending = self._sent = self._receiving = True

    @property
    def unsent(self) -> bool:
        """Tell whether it is proven that no byte of the request left: silence is no proof."""
        return self._heard and not self._sending

    @property
    def phase(self) -> str:
        """Name the phase that the exchange ended in."""
        if self._receiving:
            return "receive"
        if self._sent:
            return _AWAITED
        if self._sending:
            return "send"
        return "connect" if self._heard else "unknown"

    @property
    def bytes_written(self) -> int | None:
        """Bytes of the body known to have been written; None while that is not known."""
        if self.unsent:
            return 0
        return self._size if self._sent else None


class Wire:
    """One HTTP exchange: whom it asks what, its clock and its trace.

    ``listens`` says that somebody tells the trace. A read that is not listened to has no proof and
    needs none; of the phase it ended in its error says enough.
    """

    __slots__ = ("host", "listens", "method", "started", "timeout", "trace", "when")

    def __init__(
        self, method: str, host: str, timeout: float, trace: Trace, *, listens: bool = True
    ) -> None:
        self.method = method
        self.listens = listens
        self.host = host
        self.timeout = timeout
        self.trace = trace
        self.started = time.monotonic()
        self.when = time.time()

    def failed(self, error: Exception) -> NoAnswerError:
        """Return what a transport's own error means, with the evidence; it repeats no URL."""
        words, phase = known_failure(error)
        known = self.listens or self.trace.phase != "unknown"
        return self.no_answer(words, "" if known else phase)

    def late(self) -> NoAnswerError:
        """Return the error of an exchange that was not whole in time."""
        phase = _AWAITED if self.trace.phase == "unknown" and not self.listens else ""
        return self.no_answer(f"the answer was not whole after {self.timeout:g} s", phase)

    def no_answer(self, problem: str, phase: str = "") -> NoAnswerError:
        """Return the error of an exchange that ended here; ``phase`` is for want of a trace."""
        phase = phase or self.trace.phase
        return NoAnswerError(
            f"{problem} ({self.method} {self.host}, during {phase})",
            phase=phase,
            unsent=self.trace.unsent,
            at=time.monotonic(),
            when=self.when,
            bytes_written=self.trace.bytes_written,
        )

    def check(self, size: int, limit: int) -> None:
        """End an answer that is too large, or that takes too long."""
        if size > limit:
            raise self.no_answer(f"the answer is larger than {show_size(limit)}")
        self.check_time()

    def check_time(self) -> None:
        """End an answer that drips: each read was in time, the whole was not."""
        if time.monotonic() - self.started > self.timeout:
            raise self.late()

    def answer(
        self, status: int, headers: dict[str, str], body: bytes, secrets: tuple[str, ...] = ()
    ) -> Answer:
        """Return the answer in the flow's own words, without the key that a server may repeat."""
        said = "\n".join(headers.values())
        for secret in secrets:
            body = body.replace(secret.encode(), _REDACTED.encode())
            if secret in said:
                headers = {key: value.replace(secret, _REDACTED) for key, value in headers.items()}
        return Answer(status, headers, body, time.monotonic(), self.when)


def no_turn(patience: float, why: str) -> NoAnswerError:
    """Return the error of an exchange that had to wait for others, and never began."""
    return NoAnswerError(
        f"no turn came within {patience:.3g} s: {why}",
        phase="turn",
        unsent=True,
        at=time.monotonic(),
        when=time.time(),
        bytes_written=0,
    )


def read_headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by name in lower case; what comes twice is joined by a comma."""
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def known_failure(error: Exception) -> tuple[str, str]:
    """Say what went wrong, without repeating a URL or a header, and in which phase it does so."""
    for cls in type(error).__mro__:
        if known := _FAILURES.get(cls.__name__):
            return known
    return f"the exchange failed: {type(error).__name__}", "unknown"


# By name, because httpx and httpcore call them alike, and no transport is loaded to name another's.
_FAILURES: dict[str, tuple[str, str]] = {
    # httpcore's, and httpx's
    "ConnectError": ("no connection could be made", "connect"),
    "ConnectTimeout": ("no connection could be made in time", "connect"),
    "PoolTimeout": ("no connection was free in time", "connect"),
    "ReadTimeout": ("no answer came in time", _AWAITED),
    "WriteTimeout": ("the request could not be sent in time", "send"),
    "ReadError": ("the connection broke while the answer was awaited", _AWAITED),
    "WriteError": ("the connection broke while the request was sent", "send"),
    "RemoteProtocolError": ("the server hung up or did not speak HTTP", _AWAITED),
    "DecodingError": ("the answer's compression is broken", "receive"),
    "UnsupportedProtocol": ("the URL is not http(s)", "connect"),
    "ProxyError": ("the proxy refused", "connect"),
    # aiohttp's
    "ServerDisconnectedError": ("the server hung up or did not speak HTTP", _AWAITED),
    "ClientOSError": ("the connection broke", _AWAITED),
    "HttpProcessingError": ("the server hung up or did not speak HTTP", _AWAITED),
    "ClientPayloadError": ("the connection broke while the answer was awaited", "receive"),
}
