"""Connections for files: what h11 reads of them, and what spoils one."""

from __future__ import annotations

import asyncio

import h11
import pytest

from chainhub_fal._connections_h11 import FileConnection
from chainhub_fal._dialling import connect
from chainhub_fal._places import Place, ReadError

from .running import looped
from .serving import Script, answer, listening
from .test_intake import Line

HEADERS = {"Host": "here"}
CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


class Wire(Line):
    """A line that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.told: list[str] = []
        self.is_closed = False

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written += data

    def pause_reading(self) -> None:
        self.told.append("pause")

    def resume_reading(self) -> None:
        self.told.append("resume")

    def is_closing(self) -> bool:
        return self.is_closed

    def get_extra_info(self, name: str, default: object = None) -> object:
        del name
        return default


def begun() -> tuple[FileConnection, Wire]:
    connection, wire = FileConnection(), Wire()
    connection._transport = wire
    connection.ask("/a", HEADERS)
    return connection, wire


@looped
async def test_a_request_is_written_as_it_is_and_a_target_that_is_none_is_not() -> None:
    connection, wire = begun()
    assert wire.written == b"GET /a HTTP/1.1\r\nHost: here\r\n\r\n"
    assert connection.peer == ""
    for target in ("/a b", "/a\r\nX: y"):
        with pytest.raises(h11.LocalProtocolError):
            connection.ask(target, HEADERS)
    with pytest.raises(h11.LocalProtocolError):
        connection.ask("/a", {**HEADERS, "Range": "a\r\nX: y"})
    assert wire.written.count(b"GET") == 1


@looped
async def test_a_body_that_nobody_takes_makes_the_other_end_wait() -> None:
    connection, wire = begun()
    connection.data_received(CHUNKED)
    assert (await connection.answer()).status_code == 200
    much = 2 * 1024 * 1024
    connection.data_received(b"%x\r\n" % much + bytes(much))
    assert wire.told[-1] == "pause"
    assert len(await connection.read()) == much
    assert wire.told[-1] == "resume"
    reading = asyncio.create_task(connection.read())
    await asyncio.sleep(0)
    connection.data_received(b"\r\n2\r\nab\r\n0\r\n\r\n")
    assert await reading == b"ab"
    assert await connection.read() == b""
    assert connection.is_available()


@looped
async def test_what_came_before_it_broke_is_read_first() -> None:
    connection, _ = begun()
    connection.data_received(CHUNKED + b"2\r\nab\r\n")
    await connection.answer()
    connection.connection_lost(None)
    assert await connection.read() == b"ab"
    with pytest.raises(ReadError):
        await connection.read()
    assert not connection.is_available()


@looped
async def test_what_is_no_answer_is_an_error_of_who_asked() -> None:
    connection, _ = begun()
    connection.data_received(b"what?\r\n\r\n")
    with pytest.raises(h11.RemoteProtocolError):
        await connection.answer()
    connection.ask("/b", HEADERS)
    with pytest.raises(h11.RemoteProtocolError):
        await connection.answer()


@looped
async def test_an_answer_that_nobody_waits_for_any_more_does_no_harm() -> None:
    connection, _ = begun()
    waiting = asyncio.create_task(connection.answer())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert not connection.is_available()
    connection.data_received(answer(b"late"))
    connection.connection_lost(None)


@looped
async def test_what_comes_when_nothing_was_asked_spoils_a_connection() -> None:
    connection, wire = begun()
    connection.data_received(answer(b""))
    await connection.answer()
    assert connection.is_available()
    wire.is_closed = True
    assert not connection.is_available()
    wire.is_closed = False
    connection.data_received(answer(b"another's"))
    assert not connection.is_available()
    connection.eof_received()


@looped
async def test_an_idle_connection_expires_and_shows_its_end() -> None:
    with listening(Script([answer(b"x")])) as port:
        connection = await connect(FileConnection, Place("127.0.0.1", port), None)
        assert (connection.peer, connection.is_available()) == ("127.0.0.1", False)
        connection.eof_received()
        connection.ask("/a", HEADERS)
        await connection.answer()
        assert await connection.read() == b"x"
        connection.rest()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("chainhub_fal._resting.LONGEST_IDLE", -1.0)
            assert connection.has_expired()
        await connection.aclose()
        assert connection.has_expired()
