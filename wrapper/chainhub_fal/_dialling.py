"""A TCP connection to a host of one or more addresses, each with a head start (RFC 8305); its end.

asyncio has such a race of its own, but when that is cancelled in the very turn of the loop in which
an address has answered, the socket is left to the garbage collector. Here what is opened is closed.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable
from itertools import zip_longest
from typing import Any, TypeVar

from ._places import ConnectError, Place

P = TypeVar("P", bound=asyncio.BaseProtocol)

_HEAD_START = 0.25
"""Seconds that one address has before the next is tried beside it."""
_TURNS = 5
"""Turns of the loop in which a connection that is cut off is gone: one, and a few more with TLS."""

_Address = tuple[int, int, int, str, Any]  # as getaddrinfo returns it


async def connect(protocol: Callable[[], P], place: Place, context: ssl.SSLContext | None) -> P:
    """Connect, and have the connection spoken over by a new protocol; raises ConnectError."""
    loop = asyncio.get_running_loop()
    try:
        _, speaker = await loop.create_connection(
            protocol,
            sock=await dial(place.host, place.port),
            ssl=context,
            server_hostname=place.host if context else None,
        )
    except OSError as error:
        raise ConnectError(str(error)) from error
    return speaker


async def dial(host: str, port: int) -> socket.socket:
    """Return a connected socket that does not block.

    Raises OSError: the host's address is not known, or the first of its addresses refused.
    """
    loop = asyncio.get_running_loop()
    waiting = _families_in_turn(await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    tries: list[asyncio.Task[socket.socket]] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        while waiting or not all(each.done() for each in tries):
            if waiting:
                tries.append(loop.create_task(_reach(waiting.pop(0))))
            winner = await _first(tries, _HEAD_START if waiting else None)
            if winner is not None:
                return winner.result()
    finally:
        for each in tries:
            if each is not winner:
                _drop(each)
    raise tries[0].exception() or OSError(f"no address of {host} answers")


async def _first(
    tries: Iterable[asyncio.Task[socket.socket]],
    timeout: float | None,  # noqa: ASYNC109 - no error: the next address is tried
) -> asyncio.Task[socket.socket] | None:
    running = [each for each in tries if not each.done()]
    done, _ = await asyncio.wait(running, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    return next((each for each in done if each.exception() is None), None)


async def _reach(address: _Address) -> socket.socket:
    family, kind, protocol, _, name = address
    opened = socket.socket(family, kind, protocol)
    try:
        opened.settimeout(0)  # it does not block
        await asyncio.get_running_loop().sock_connect(opened, name)
    except BaseException:
        opened.close()
        raise
    return opened


def _drop(attempt: asyncio.Task[socket.socket]) -> None:
    """Leave nothing open of one that is not wanted any more; while it runs, it closes its own."""
    if not (attempt.cancel() or attempt.cancelled() or attempt.exception()):
        attempt.result().close()


def _families_in_turn(found: Iterable[_Address]) -> list[_Address]:
    """Order addresses so that one family that leads nowhere costs one head start, not many."""
    families: dict[int, list[_Address]] = {}
    for address in found:
        families.setdefault(address[0], []).append(address)
    return [each for row in zip_longest(*families.values()) for each in row if each is not None]


async def hang_up(transport: asyncio.Transport, gone: Callable[[], bool]) -> None:
    """Close, and wait for nobody: what is not sent yet is not sent any more."""
    transport.close()
    await asyncio.sleep(0)
    transport.abort()
    for _ in range(_TURNS):  # a loop that ended now would leave the socket open
        if gone():
            break
        await asyncio.sleep(0)
