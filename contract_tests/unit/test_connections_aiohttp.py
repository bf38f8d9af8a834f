"""Connections that aiohttp's protocol reads: what is written, what is proven, what spoils one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from chainhub_fal._connections_aiohttp import (
    Connection,
    LocalProtocolError,
    header_lines,
    request_line,
)
from chainhub_fal._dialling import connect
from chainhub_fal._places import ConnectError, Place
from chainhub_fal._wires import Trace

from .running import looped
from .serving import answer, closed_port

PATIENCE = 30.0
REQUEST = request_line("GET", "/a") + header_lines({"Host": "here"})
MUCH = 8 * 1024 * 1024
LOOPS = 5  # turns of an event loop, after which it has seen what had come before


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[Connection, socket.socket]]:
    """Yield a connection and the other end of it, a blocking socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = Place("127.0.0.1", server.getsockname()[1])
        connection = await connect(Connection, place, None)
        peer, _ = server.accept()
        peer.settimeout(PATIENCE)
        with peer:
            yield connection, peer
        await connection.aclose()


async def until_gone(connection: Connection) -> None:
    while connection.transport is not None:  # noqa: ASYNC110 - the loop itself is what ends it
        await asyncio.sleep(0)


async def heard(connection: Connection, said: bytes, peer: socket.socket) -> bytes:
    """Ask, and return the body of what is answered."""
    connection.ask(REQUEST)
    peer.sendall(said)
    _, content = await connection.answer()
    body = b""
    while chunk := await content.readany():
        body += chunk
    connection.rest()
    return body


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX: y", "/\x7f", "/ä", "/a\n"])
def test_a_target_that_would_be_more_than_a_target_is_not_written(target: str) -> None:
    with pytest.raises(LocalProtocolError):
        request_line("GET", target)


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "ä", "\0"])
def test_a_header_that_would_be_more_than_a_header_is_not_written(value: str) -> None:
    with pytest.raises(LocalProtocolError):
        header_lines({"Range": value})


def test_a_request_is_written_as_it_is_read() -> None:
    assert REQUEST == b"GET /a HTTP/1.1\r\nHost: here\r\n\r\n"


@looped
async def test_a_connection_that_answered_can_be_asked_again() -> None:
    async with connected() as (connection, peer):
        assert not connection.is_available()  # nothing was asked: what comes first is unknown
        for body in (b"one", b""):
            assert await heard(connection, answer(body), peer) == body
            assert (connection.is_available(), connection.has_expired()) == (True, False)


@looped
async def test_what_comes_when_nothing_was_asked_spoils_a_connection() -> None:
    async with connected() as (connection, peer):
        await heard(connection, answer(b"one"), peer)
        peer.sendall(answer(b"two"))
        assert connection.has_expired()
        for _ in range(LOOPS):
            await asyncio.sleep(0)
        assert not connection.is_available()


@looped
async def test_a_connection_is_not_kept_for_long() -> None:
    with pytest.MonkeyPatch.context() as patch:
        async with connected() as (connection, peer):
            await heard(connection, answer(b"one"), peer)
            patch.setattr("chainhub_fal._resting.LONGEST_IDLE", -1.0)
            assert connection.has_expired()


@looped
async def test_the_end_of_a_large_body_is_proven_when_it_has_left_and_not_before() -> None:
    async with connected() as (connection, peer):
        trace = Trace(MUCH)
        trace.connecting()
        assert trace.unsent
        connection.ask(REQUEST, bytes(MUCH), trace)
        assert (trace.unsent, trace.phase, trace.bytes_written) == (False, "send", None)

        def read() -> None:
            left = len(REQUEST) + MUCH
            while left:
                left -= len(peer.recv(1024 * 1024))
            peer.sendall(answer(b"one"))

        reading = asyncio.create_task(asyncio.to_thread(read))
        await connection.answer()
        assert (trace.phase, trace.bytes_written) == ("wait for the answer", MUCH)
        await reading


@looped
async def test_of_a_large_body_that_was_not_read_no_end_is_proven() -> None:
    async with connected() as (connection, peer):
        trace = Trace(MUCH)
        connection.ask(REQUEST, bytes(MUCH), trace)
        peer.recv(10)
        peer.close()
        with pytest.raises(aiohttp.ClientError):
            await connection.answer()
        assert (trace.phase, trace.bytes_written) == ("send", None)


@looped
async def test_a_connection_that_is_gone_says_so_to_who_asks() -> None:
    async with connected() as (connection, peer):
        peer.close()
        await until_gone(connection)
        assert connection.has_expired()
        connection.ask(REQUEST)
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await connection.answer()
        await connection.aclose()


@looped
async def test_a_place_where_nobody_listens_is_no_connection() -> None:
    with pytest.raises(ConnectError):
        await connect(Connection, Place("127.0.0.1", closed_port()), None)
