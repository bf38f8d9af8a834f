"""The server's HTTP: whole requests only, in any pieces, and the judge's own do not count."""

from __future__ import annotations

import asyncio
import json
from typing import cast

from benchmarks.server.routes import Routes
from benchmarks.server.wire import Connection, Control

BODY = b'{"image_url":"https://x.example/cat.jpg?job=0"}'
SUBMIT = (
    b"POST /fal-ai/flux-1/schnell/redux HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
    % len(BODY)
)
ACCOUNTS = b"GET /control/accounts HTTP/1.1\r\n\r\n"


class Wire:
    def __init__(self) -> None:
        self.written = b""
        self.ended = ""
        self.end = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.ended = "aborted"

    def close(self) -> None:
        self.ended = "closed"
        self.end.set()


def connected(plan: object) -> tuple[Connection, Wire, Routes]:
    routes = Routes("http://127.0.0.1:1")
    routes.begin(json.dumps(plan).encode())
    connection, wire = Connection(routes, Control(routes)), Wire()
    connection.connection_made(cast("asyncio.Transport", wire))
    return connection, wire, routes


def test_a_request_in_pieces_is_answered_once_it_is_whole() -> None:
    connection, wire, routes = connected({"lengths": [9.0]})
    whole = SUBMIT + BODY
    for place in range(len(whole)):
        assert wire.written == b""
        connection.data_received(whole[place : place + 1])
    assert wire.written.startswith(b"HTTP/1.1 200")
    assert len(routes.round.accounts.jobs) == 1


def test_several_requests_in_one_piece_are_answered_in_their_order() -> None:
    connection, wire, _ = connected({"lengths": [9.0]})
    path = (
        b"GET /fal-ai/flux-1/requests/00000000-0000-4000-8000-000000000001/status HTTP/1.1\r\n\r\n"
    )
    connection.data_received(SUBMIT + BODY + path + path)
    assert [part[:3] for part in wire.written.split(b"HTTP/1.1 ")[1:]] == [b"200", b"202", b"202"]


def test_a_connection_counts_from_its_first_request_and_the_judges_never() -> None:
    connection, wire, routes = connected({"lengths": [9.0]})
    connection.data_received(ACCOUNTS)
    books = json.loads(wire.written.partition(b"\r\n\r\n")[2])
    assert (books["connections"], books["requests"]) == (0, 0)
    connection.data_received(SUBMIT + BODY)
    connection.data_received(SUBMIT + BODY)
    accounts = routes.round.accounts
    assert (accounts.connections, accounts.open_now, accounts.most_open) == (1, 1, 1)
    connection.connection_lost(None)
    assert (accounts.connections, accounts.open_now, accounts.most_open) == (1, 0, 1)


def test_a_reset_cuts_the_connection_without_a_byte() -> None:
    connection, wire, routes = connected({"lengths": [9.0], "faults": 1.0})
    connection.data_received(SUBMIT + BODY)
    read = (
        b"GET /fal-ai/flux-1/requests/00000000-0000-4000-8000-000000000001/status HTTP/1.1\r\n\r\n"
    )
    for _ in range(50):
        before = wire.written
        connection.data_received(read)
        if wire.ended:
            assert wire.written == before
            assert routes.round.accounts.faults["reset"] == 1
            return
    raise AssertionError("no read was reset")


def test_a_stream_tells_each_state_once_and_closes_at_the_end() -> None:
    async def streamed() -> tuple[Wire, Routes]:
        connection, wire, routes = connected({"lengths": [0.02]})
        connection.data_received(SUBMIT + BODY)
        wire.written = b""
        connection.data_received(
            b"GET /fal-ai/flux-1/requests/00000000-0000-4000-8000-000000000001/status/stream HTTP/1.1\r\n\r\n"
        )
        await wire.end.wait()
        return wire, routes

    wire, routes = asyncio.run(asyncio.wait_for(streamed(), 5))
    events = [json.loads(part) for part in wire.written.split(b"data: ")[1:]]
    assert [event["status"] for event in events] == ["IN_PROGRESS", "COMPLETED"]
    (job,) = routes.round.accounts.jobs
    assert job.told is not None
    assert job.told >= job.turn.end
