"""Connections: the second address when the first will not, and nothing left open on any way out."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from chainhub_fal import _dialling
from chainhub_fal._dialling import dial

from .serving import closed_port

NOWHERE = ("127.0.0.1", 1)
"""Stands for an address that never answers."""
TURNS = 30
"""More turns of the loop than a connection on loopback takes."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[socket.socket]:
    monkeypatch.setattr(_dialling, "_HEAD_START", 0.001)
    return []


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def leads_to(*names: tuple[str, int], opened: list[socket.socket]) -> None:
    """Let every host have these addresses, of which ``NOWHERE`` never answers."""
    loop = asyncio.get_running_loop()
    connect = loop.sock_connect

    async def getaddrinfo(*_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", name) for name in names]

    async def sock_connect(each: socket.socket, name: Any) -> None:
        opened.append(each)
        await (asyncio.Event().wait() if name == NOWHERE else connect(each, name))

    loop.getaddrinfo, loop.sock_connect = getaddrinfo, sock_connect  # type: ignore[method-assign, assignment]


def still_open(sockets: list[socket.socket]) -> int:
    return sum(each.fileno() >= 0 for each in sockets)


@pytest.mark.parametrize("first", ["silent", "closed"])
def test_an_address_that_does_not_answer_does_not_keep_the_next_from_it(
    first: str, port: int, opened: list[socket.socket]
) -> None:
    async def go() -> None:
        name = NOWHERE if first == "silent" else ("127.0.0.1", closed_port())
        leads_to(name, ("127.0.0.1", port), opened=opened)
        with await dial("host.example", port) as found:
            assert found.getpeername() == ("127.0.0.1", port)
            await asyncio.sleep(0)
            assert still_open(opened) == 1

    asyncio.run(go())
    assert len(opened) == 2
    assert still_open(opened) == 0


def test_when_none_answers_the_first_ones_reason_is_given(opened: list[socket.socket]) -> None:
    async def go() -> None:
        leads_to(*[("127.0.0.1", closed_port()) for _ in range(3)], opened=opened)
        with pytest.raises(ConnectionRefusedError):
            await dial("host.example", 80)

    asyncio.run(go())
    assert len(opened) == 3
    assert still_open(opened) == 0


def test_whenever_it_is_given_up_nothing_stays_open(port: int, opened: list[socket.socket]) -> None:
    async def go(turns: int) -> bool:
        leads_to(("127.0.0.1", port), opened=opened)
        dialling = asyncio.create_task(dial("host.example", port))
        for _ in range(turns):
            await asyncio.sleep(0)
        if dialling.done():
            dialling.result().close()
            return True
        dialling.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dialling
        return False

    ways_out = {asyncio.run(go(turns)) for turns in range(TURNS)}
    assert ways_out == {True, False}
    assert still_open(opened) == 0


def test_families_take_turns() -> None:
    four, six = socket.AF_INET, socket.AF_INET6
    found = [(family, 1, 6, "", n) for n, family in enumerate([six, six, six, four, four])]
    ordered = _dialling._families_in_turn(found)
    assert [address[4] for address in ordered] == [0, 3, 1, 4, 2]
