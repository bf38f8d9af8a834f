"""Sending an answer, whole or in part, and closing the connection under a client."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Coroutine, Mapping

from starlette.requests import Request
from starlette.types import Message, Send

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.events import Blocks, Rework, closing, reworked
from chainhub_fal_sandbox.faults import Delivery

TRANSPORT = "chainhub_fal_sandbox.transport"
_LINGER_RESET = struct.pack("ii", 1, 0)


async def deliver(request: Request, send: Send, answer: Answer, delivery: Delivery) -> bool:
    """Send an answer as far as `delivery` lets it; returns whether the client waited for it.

    Content-Length announces all of the body; of a stream nobody knows how much there will be.
    """
    if answer.events is not None:
        return await _while_there(request, _send_stream(send, answer, answer.events, delivery))
    headers = {**answer.headers, "content-length": str(len(answer.body))}
    await send(_head(answer.status, headers))
    body = b"" if request.method == "HEAD" else answer.body
    if delivery in (Delivery.HALF, Delivery.STALLED):
        await send(_part(body[: len(body) // 2]))
    elif delivery is not Delivery.HEADERS:
        await send({"type": "http.response.body", "body": body})
    if delivery is Delivery.STALLED:
        await _left(request)
    return delivery is not Delivery.STALLED


async def _send_stream(send: Send, answer: Answer, blocks: Blocks, delivery: Delivery) -> None:
    await send(_head(answer.status, answer.headers))
    if delivery is Delivery.HEADERS:
        return
    async with closing(reworked(blocks, _STREAMS[delivery])) as sent:
        async for block in sent:
            await send(_part(block))
            await asyncio.sleep(0)  # blocks that wait for nothing must not hold the server up
    if delivery is Delivery.WHOLE:
        await send({"type": "http.response.body"})


async def _torn(blocks: Blocks) -> Blocks:
    """Break off within the second block, or within the first if there is no other."""
    first = await anext(blocks, b"")
    second = asyncio.ensure_future(anext(blocks, b""))
    try:
        # A stream that is over says so at once; one that is not is waiting for something.
        await asyncio.sleep(0)
        if second.done() and not second.result():
            yield first[: len(first) // 2]
            return
        yield first
        rest = await second
        yield rest[: len(rest) // 2]
    finally:
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)


async def _fallen_silent(blocks: Blocks) -> Blocks:
    """Tell the first block and nothing any more, without an end."""
    yield await anext(blocks, b"")
    await asyncio.Event().wait()


_STREAMS: Mapping[Delivery, Rework] = {
    Delivery.WHOLE: lambda blocks: blocks,
    Delivery.HALF: _torn,
    Delivery.STALLED: _fallen_silent,
}


async def _while_there(request: Request, work: Coroutine[None, None, None]) -> bool:
    """Do the work until it is done, or the client has left; returns whether it was done."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_left(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
    if working.cancelled():
        return False
    working.result()
    return True


async def _left(request: Request) -> None:
    """Wait until the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _head(status: int, headers: Mapping[str, str]) -> Message:
    raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
    return {"type": "http.response.start", "status": status, "headers": raw}


def _part(data: bytes) -> Message:
    """Return a piece of a body that is not the last."""
    return {"type": "http.response.body", "body": data, "more_body": True}


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
    await _left(request)
