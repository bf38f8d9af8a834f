"""Files over every transport: whole, whatever their size and however they come.

Contents are compared to a yes or no: to show how two of some megabytes differ takes minutes.
"""

from __future__ import annotations

import io
import random
import socket
import threading
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chainhub_fal import NoAnswerError
from chainhub_fal._effects import Download, Downloaded, Flow, Part, ask
from chainhub_fal._pixels import size_of
from chainhub_fal._sinks import CHUNK, PIECE

from .running import OWN, run, settings_at
from .serving import Peer, Script, answer, listening, read_request

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, PIECE, PIECE + 1, 3 * PIECE + 5]
HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n"
SOME = random.Random(7).randbytes(3 * PIECE + 5)  # noqa: S311 - no secret


@pytest.fixture(params=OWN)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def fetch(
    folder: Path, port: int, *, times: int = 1, timeout: float = 5.0, part: Part | None = None
) -> Flow[list[bytes]]:
    """Download a file so often; return what came each time."""
    came = []
    url = f"http://127.0.0.1:{port}/a.png"
    for _ in range(times):
        effect = Download(url, str(folder), 10**8, timeout, 30.0, part or Part())
        got = yield from ask(effect, Downloaded)
        came.append(Path(got.temporary).read_bytes())
    return came


def chunked(body: bytes) -> bytes:
    """Return an answer that comes in chunks and does not say how long it is (RFC 9112, 7.1)."""
    pieces = [body[start : start + 70_001] for start in range(0, len(body), 70_001)]
    lines = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + lines + b"0\r\n\r\n"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("written", [answer, chunked], ids=["sized", "chunked"])
def test_a_file_of_any_size_is_whole_and_its_connection_serves_the_next(
    way: str, size: int, written: Any, tmp_path: Path
) -> None:
    content = SOME[:size]
    script = Script([written(content)] * 3)
    with listening(script) as port:
        came = run(way, fetch(tmp_path, port, times=3), settings_at(port))
    assert [each == content for each in came] == [True] * 3
    assert script.connections == 1


def test_a_connection_that_the_host_will_close_is_not_used_again(way: str, tmp_path: Path) -> None:
    script = Script([answer(b"x", connection="close")] * 2)
    with listening(script) as port:
        assert run(way, fetch(tmp_path, port, times=2), settings_at(port)) == [b"x", b"x"]
    assert script.connections == 2


def test_a_head_before_the_head_is_passed_over(way: str, tmp_path: Path) -> None:
    with listening(Script([HINTS + HINTS + answer(SOME)])) as port:
        (came,) = run(way, fetch(tmp_path, port), settings_at(port))
    assert (came == SOME) is True


def test_a_file_that_ends_with_its_connection_is_whole(way: str, tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n"
    with listening(Script([head + SOME], closes=True)) as port:
        (came,) = run(way, fetch(tmp_path, port), settings_at(port))
    assert (came == SOME) is True


@pytest.mark.parametrize("size", [9, 2 * PIECE])
@pytest.mark.parametrize("written", [answer, chunked], ids=["sized", "chunked"])
def test_what_comes_behind_a_file_is_no_part_of_the_next(
    way: str, size: int, written: Any, tmp_path: Path
) -> None:
    content = SOME[:size]
    script = Script([written(content) + answer(b"evil"), answer(content)])
    with listening(script) as port:
        came = run(way, fetch(tmp_path, port, times=2), settings_at(port))
    assert [each == content for each in came] == [True] * 2
    assert script.connections == 2


@pytest.mark.parametrize("profile", [0, 100_000])
def test_of_a_picture_as_much_is_looked_at_as_tells_its_size(
    way: str, profile: int, tmp_path: Path
) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (300, 7)).save(buffer, "JPEG", icc_profile=bytes(profile))
    content = buffer.getvalue() + SOME
    with listening(Script([answer(content)])) as port:
        effect = Download(f"http://127.0.0.1:{port}/a", str(tmp_path), 10**8, 5.0, 5.0)
        got = run(way, ask(effect, Downloaded), settings_at(port))
    assert size_of(got.head) == (300, 7)
    assert (content.startswith(got.head), content.endswith(got.tail)) == (True, True)
    assert (len(got.head) < profile + PIECE) is True


def silent_after(sent: bytes) -> Peer:
    def serve(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(sent)
        connection.recv(1)  # returns when the client gives up

    return serve


@pytest.mark.parametrize("came", [0, 10, PIECE + 10])
def test_a_file_that_falls_silent_is_given_up_and_what_came_is_a_part(
    way: str, came: int, tmp_path: Path
) -> None:
    head = b'HTTP/1.1 200 OK\r\netag: "v"\r\ncontent-length: %d\r\n\r\n' % len(SOME)
    part = Part()
    with (
        listening(silent_after(head + SOME[:came])) as port,
        pytest.raises(NoAnswerError, match="no answer came in time"),
    ):
        run(way, fetch(tmp_path, port, timeout=0.3, part=part), settings_at(port))
    assert (part.size, part.total) == (came, len(SOME))
    assert (Path(part.path).read_bytes() == SOME[:came]) is True


def test_a_host_that_is_silent_from_the_start_is_given_up(way: str, tmp_path: Path) -> None:
    with (
        listening(silent_after(b"")) as port,
        pytest.raises(NoAnswerError, match="no answer came in time"),
    ):
        run(way, fetch(tmp_path, port, timeout=0.3), settings_at(port))


def test_a_file_that_drips_goes_on_for_as_long_as_it_may(way: str, tmp_path: Path) -> None:
    gap = threading.Event()

    def drip(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n")
        for number in range(6):
            gap.wait(0.2)
            connection.sendall(b"%d" % number)

    with listening(drip) as port:
        assert run(way, fetch(tmp_path, port, timeout=0.9), settings_at(port)) == [b"012345"]
