"""httpcore's sockets on asyncio: nothing is lost, nobody waits for ever, and the slow are waited for."""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpcore
import pytest

from chainhub_fal._streams import LoopBackend, LoopStream

from .serving import closed_port

MUCH = 8 * 1024 * 1024
PATIENCE = 30.0
Test = Callable[[LoopStream, socket.socket], Awaitable[None]]


def connected(test: Test) -> Callable[[], None]:
    """Run a test with a stream and the other end of it, a blocking socket."""

    async def go() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            stream = await LoopBackend().connect_tcp("127.0.0.1", port, timeout=PATIENCE)
            peer, _ = server.accept()
            peer.settimeout(PATIENCE)
            with peer:
                await test(stream, peer)
            await stream.aclose()

    def run() -> None:
        asyncio.run(go())

    run.__name__ = getattr(test, "__name__", "run")
    return run


async def read(stream: LoopStream) -> bytes:
    return await stream.read(65536, timeout=PATIENCE)


@connected
async def test_what_was_sent_comes_in_order_and_then_the_end(
    stream: LoopStream, peer: socket.socket
) -> None:
    peer.sendall(b"one")
    assert await read(stream) == b"one"
    peer.sendall(b"two")
    peer.shutdown(socket.SHUT_WR)
    assert await read(stream) == b"two"
    assert await read(stream) == b""
    assert await read(stream) == b""
    assert stream.get_extra_info("is_readable")


@connected
async def test_a_peer_that_sends_more_than_is_read_is_made_to_wait(
    stream: LoopStream, peer: socket.socket
) -> None:
    sending = asyncio.create_task(asyncio.to_thread(peer.sendall, bytes(MUCH)))
    while stream._size <= 1024 * 1024:  # noqa: ASYNC110 - the loop itself is what fills it
        await asyncio.sleep(0)
    assert not sending.done()
    received = 0
    while received < MUCH:
        received += len(await read(stream))
    await sending
    assert received == MUCH


@connected
async def test_a_writer_waits_for_a_slow_peer(stream: LoopStream, peer: socket.socket) -> None:
    writing = asyncio.create_task(stream.write(bytes(MUCH)))
    await asyncio.sleep(0)
    assert not writing.done()

    def drain() -> None:
        left = MUCH
        while left:
            left -= len(peer.recv(65536))

    await asyncio.to_thread(drain)
    await writing
    await stream.write(b"")
    await stream.write(b"more", timeout=PATIENCE)
    assert peer.recv(4) == b"more"


@connected
async def test_no_wait_is_longer_than_was_agreed(stream: LoopStream, peer: socket.socket) -> None:
    with pytest.raises(httpcore.ReadTimeout):
        await stream.read(1, timeout=0)
    with pytest.raises(httpcore.WriteTimeout):
        await stream.write(bytes(MUCH), timeout=0)
    assert peer.fileno() > 0


@connected
async def test_a_connection_that_breaks_wakes_those_who_wait(
    stream: LoopStream, peer: socket.socket
) -> None:
    reading = asyncio.create_task(read(stream))
    writing = asyncio.create_task(stream.write(bytes(MUCH)))
    await asyncio.sleep(0)
    reset(peer)
    with pytest.raises(httpcore.ReadError):
        await reading
    with pytest.raises(httpcore.WriteError):
        await writing
    with pytest.raises(httpcore.WriteError):
        await stream.write(b"after the end")
    assert stream.get_extra_info("is_readable")


def reset(peer: socket.socket) -> None:
    """Break a connection off, without the courtesies."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()


@pytest.mark.parametrize("without_poll", [False, True])
def test_an_end_that_the_loop_has_not_seen_yet_shows(
    without_poll: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if without_poll:
        monkeypatch.delattr(select, "poll")

    async def look(stream: LoopStream, peer: socket.socket) -> None:
        assert not stream.get_extra_info("is_readable")
        peer.close()
        assert stream.get_extra_info("is_readable")
        await stream.aclose()
        assert stream.get_extra_info("is_readable")

    connected(look)()


def failing(work: Callable[[], Coroutine[Any, Any, object]], error: type[Exception]) -> None:
    with pytest.raises(error):
        asyncio.run(work())


def test_no_connection_is_said_in_httpcores_words() -> None:
    backend = LoopBackend()
    failing(lambda: backend.connect_tcp("127.0.0.1", closed_port()), httpcore.ConnectError)
    failing(
        lambda: backend.connect_tcp("127.0.0.1", closed_port(), timeout=-1), httpcore.ConnectTimeout
    )
