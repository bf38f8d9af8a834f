"""A file's request as h11 writes it, and what may go wrong with its answer."""

from __future__ import annotations

from collections.abc import Mapping

import h11

from ._places import ConnectError, ReadError, ReadTimeout

FAILURES = (h11.ProtocolError, ConnectError, ReadError, ReadTimeout)


def request(target: str, headers: Mapping[str, str]) -> tuple[h11.Connection, bytes]:
    """Return what reads the answer, and the request as it is sent.

    Raises h11's LocalProtocolError for what is no request.
    """
    state = h11.Connection(h11.CLIENT)
    head = h11.Request(method="GET", target=target, headers=list(headers.items()))
    return state, (state.send(head) or b"") + (state.send(h11.EndOfMessage()) or b"")
