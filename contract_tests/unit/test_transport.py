"""What left the machine is told by httpcore's trace, over real sockets, not by an exception's class."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pytest

from chainhub_fal import NoAnswerError, SaveError, _bodies, _drivers
from chainhub_fal._effects import Answer, Call, Download, Downloaded, Exchange, Flow, ask
from chainhub_fal._wires import Trace
from chainhub_fal.settings import Settings

from .running import CLIENTS, OWN, run, settings_at
from .serving import Peer, closed_port, listening

POST = Exchange("submit", "POST", "/x", body=b"0123456789")


def flow(timeout: float) -> Flow[Answer]:
    return (yield from ask(Call(POST, timeout, timeout), Answer))


def exchange(way: str, port: int, *, timeout: float = 5.0) -> Answer:
    return run(way, flow(timeout), settings_at(port))


def read_request(connection: socket.socket) -> None:
    received = b""
    while not received.endswith(b"0123456789"):
        received += connection.recv(65536)


def hang_up_after_reading(connection: socket.socket) -> None:
    read_request(connection)


def answer_half(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf")


def drip(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n")
    released = threading.Event()
    try:
        while not released.wait(0.02):
            connection.sendall(b".")
    except OSError:
        return


def stay_silent(connection: socket.socket) -> None:
    read_request(connection)
    connection.recv(1)  # returns when the client gives up


@pytest.fixture(params=[*OWN, *CLIENTS])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_refused_connection_is_proof_that_nothing_left(way: str) -> None:
    with pytest.raises(NoAnswerError) as caught:
        exchange(way, closed_port())
    assert (caught.value.unsent, caught.value.phase) == (True, "connect")
    assert caught.value.bytes_written == 0


@pytest.mark.parametrize(
    ("peer", "phase", "timeout"),
    [
        (hang_up_after_reading, "wait for the answer", 5.0),
        (stay_silent, "wait for the answer", 0.2),
        (answer_half, "receive", 5.0),
        (drip, "receive", 0.2),
    ],
)
def test_once_a_byte_may_have_left_nothing_is_proven(
    way: str, peer: Peer, phase: str, timeout: float
) -> None:
    with listening(peer) as port, pytest.raises(NoAnswerError) as caught:
        exchange(way, port, timeout=timeout)
    assert (caught.value.unsent, caught.value.phase) == (False, phase)
    assert caught.value.bytes_written == len(POST.body or b"")
    assert "canary-key" not in str(caught.value)


def announce_too_much(connection: socket.socket) -> None:
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n123456789")


def test_an_answer_larger_than_any_answer_is_not_read(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_bodies, "MAX_ANSWER", 8)
    with (
        listening(announce_too_much) as port,
        pytest.raises(NoAnswerError, match="larger than 8 B"),
    ):
        exchange(way, port)


def test_an_effect_that_no_driver_knows_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="no driver"):
        _drivers.on_disk(Call(POST, 1.0, 1.0))


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.test:x/",
        "https://" + "a" * 70000,
        "https://a..b/",
        f"https://{'a' * 64}.test/",
        "https://cdn.test:70000/",
        "https://cdn\\evil.test/",
        "https://a b.test/",
    ],
)
def test_a_file_address_that_cannot_be_read_is_said(way: str, url: str, tmp_path: Path) -> None:
    settings = Settings.load(api_key="canary-key")
    download = Download(url, str(tmp_path), 1, 1.0, 1.0)
    with pytest.raises(SaveError, match="its URL cannot be read"):
        run(way, ask(download, Downloaded), settings)
    assert list(tmp_path.iterdir()) == []


def test_silence_of_the_trace_is_no_proof() -> None:
    trace = Trace(10)
    assert (trace.unsent, trace.phase, trace.bytes_written) == (False, "unknown", None)


@pytest.mark.parametrize("version", ["http11", "http2"])
def test_the_trace_is_read_alike_in_every_version(version: str) -> None:
    trace = Trace(10)
    trace.hear("connection.connect_tcp.started", {})
    assert trace.unsent
    trace.hear(f"{version}.send_request_headers.started", {})
    assert (trace.unsent, trace.phase, trace.bytes_written) == (False, "send", None)
    trace.hear(f"{version}.send_request_body.complete", {})
    assert (trace.phase, trace.bytes_written) == ("wait for the answer", 10)
