"""No test leaves this machine, however it tries, and whatever swallows the error."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from ..drive import Drive
from ..loopback import LeftLoopback, take_attempts

ELSEWHERE = "192.0.2.1"  # reserved for documentation: nobody is there (RFC 5737)


def test_an_http_client_cannot_leave(drive: Drive) -> None:
    for host in (ELSEWHERE, "somewhere.example"):
        # The async one connects in a task group, which wraps what is raised in it.
        with pytest.raises((LeftLoopback, BaseExceptionGroup)):
            drive.http().get(f"http://{host}/")
    assert [attempt.split()[-1] for attempt in take_attempts()] == [ELSEWHERE, "somewhere.example"]


def test_a_socket_cannot_leave() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for reach in (sender.connect, sender.connect_ex, lambda it: sender.sendto(b"", it)):
            with pytest.raises(LeftLoopback):
                reach((ELSEWHERE, 9))
    for look_up in (socket.gethostbyname, lambda host: socket.getaddrinfo(host, 80)):
        with pytest.raises(LeftLoopback):
            look_up("somewhere.example")
    assert len(take_attempts()) == 5


def test_an_attempt_is_not_swallowed_or_else_still_known() -> None:
    with pytest.raises(LeftLoopback), suppress(Exception):
        socket.gethostbyname(ELSEWHERE)
    take_attempts()
    with suppress(BaseException):
        socket.create_connection((ELSEWHERE, 9))
    assert take_attempts() == [f"socket.getaddrinfo to {ELSEWHERE}"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost"])
def test_loopback_is_open(host: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1" if host == "localhost" else host, 0))
        server.listen()
        socket.create_connection((host, server.getsockname()[1])).close()


def test_a_socket_in_the_file_system_is_open(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "s"))
        server.listen()
        client.connect(str(tmp_path / "s"))


def test_no_setting_of_the_machine_reaches_a_test() -> None:
    names = {name.lower() for name in os.environ}
    assert not any(name.startswith("chainhub_") for name in names)
    assert not names & {"http_proxy", "https_proxy", "all_proxy"}
