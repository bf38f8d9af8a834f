"""Sending an answer, whole or in part, and closing the connection under a client."""

from __future__ import annotations

import asyncio
import socket
import struct

from starlette.requests import Request
from starlette.types import Send

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.faults import Delivery

TRANSPORT = "chainhub_fal_sandbox.transport"
_LINGER_RESET = struct.pack("ii", 1, 0)


async def deliver(request: Request, send: Send, answer: Answer, delivery: Delivery) -> None:
    """Send an answer as far as `delivery` lets it; Content-Length announces all of it."""
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": raw})
    body = b"" if request.method == "HEAD" else answer.body
    if delivery is Delivery.HALF:
        await send(
            {"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True}
        )
    elif delivery is not Delivery.HEADERS:
        await send({"type": "http.response.body", "body": body})


async def close_connection(request: Request, *, reset: bool) -> None:
    """Close the client's connection now, by a TCP reset if asked for.

    Without a server of this package there is no connection; ConnectionResetError is raised
    then, which is what a client in the same process sees of it.
    """
    transport = request.scope.get("state", {}).get(TRANSPORT, lambda: None)()
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the sandbox was told to drop this connection")
    if reset:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        transport.abort()
    transport.close()
    while (await request.receive())["type"] != "http.disconnect":
        pass
