"""What every transport of our own promises, whichever library carries the requests."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chainhub_fal import NoAnswerError, SaveError, _bodies
from chainhub_fal._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Exchange,
    Flow,
    Part,
    Pause,
    ask,
)
from chainhub_fal._wires import Trace, Wire

from .running import CLIENTS, OWN, run, settings_at
from .serving import Script, answer, closed_port, listening, read_request

GET = Exchange("look", "GET", "/jobs/1", query=(("logs", "1"),))
POST = Exchange("submit", "POST", "/jobs", body=b'{"a":1}')
LOOPS = 5  # turns of an event loop, after which it has seen what had come before


@pytest.fixture(params=OWN)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def calls(*exchanges: Exchange, between: Callable[[], object] = bool) -> Flow[list[Answer]]:
    answers = []
    for exchange in exchanges:
        answers.append((yield from ask(Call(exchange, 5.0, 5.0), Answer)))
        between()
        for _ in range(LOOPS):
            yield from ask(Pause(1e-9), float)
    return answers


def test_the_key_and_nothing_of_the_machine_is_sent(way: str) -> None:
    script = Script([answer(), answer()])
    with listening(script) as port:
        run(way, calls(GET, POST), settings_at(port))
    assert script.asked[0].startswith(b"GET /jobs/1?logs=1 HTTP/1.1\r\n")
    assert script.asked[1].endswith(b'\r\n\r\n{"a":1}')
    read, submit = script.headers(0), script.headers(1)
    assert read.pop("User-Agent").startswith("chainhub-fal/")
    assert read == {
        "Host": f"127.0.0.1:{port}",
        "Authorization": "Bearer canary-key",
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate",
    }
    more = set(submit) - set(read) - {"User-Agent"}
    assert {name: submit[name] for name in more} == {
        "Content-Type": "application/json",
        "Content-Length": "7",
    }


def test_no_redirect_is_followed_and_no_cookie_kept(way: str) -> None:
    elsewhere = Script([answer()])
    with listening(elsewhere) as other:
        away = answer(status=307, location=f"http://127.0.0.1:{other}/", set_cookie="a=1; Path=/")
        script = Script([away] * 4)
        with listening(script) as port:
            answers = run(way, calls(POST, GET, POST, GET), settings_at(port))
    assert [each.status for each in answers] == [307] * 4
    assert elsewhere.asked == []
    sent = {name.lower() for number in range(4) for name in script.headers(number)}
    assert "cookie" not in sent


def test_one_connection_serves_many_requests(way: str) -> None:
    script = Script([answer() for _ in range(5)])
    with listening(script) as port:
        run(way, calls(GET, POST, GET, GET, GET), settings_at(port))
    assert script.connections == 1


def test_a_connection_that_the_server_gave_up_is_not_used_again(way: str) -> None:
    script = Script([answer(), answer()], closes=True)
    with listening(script) as port:
        answers = run(
            way, calls(POST, POST, between=lambda: script.closed.wait(5)), settings_at(port)
        )
    assert [each.status for each in answers] == [200, 200]
    assert script.connections == 2


def test_an_answer_that_nobody_asked_for_is_not_taken_for_the_next_one(way: str) -> None:
    script = Script([answer(b"1") + answer(b"another's"), answer(b"2")])
    with listening(script) as port:
        answers = run(way, calls(GET, GET), settings_at(port))
    assert [each.body for each in answers] == [b"1", b"2"]


def test_a_connection_that_still_owes_an_answer_is_not_asked_again(way: str) -> None:
    connections = 0

    def serve(connection: socket.socket) -> None:
        nonlocal connections
        connections += 1
        while read_request(connection):
            if connections > 1:  # the first one is kept waiting
                connection.sendall(answer())

    def flow() -> Flow[Answer]:
        with pytest.raises(NoAnswerError):
            yield from ask(Call(GET, 0.2, 0.2), Answer)
        return (yield from ask(Call(GET, 2.0, 2.0), Answer))

    with listening(serve) as port:
        assert run(way, flow(), settings_at(port)).status == 200
    assert connections == 2


def test_heads_before_the_head_are_passed_over(way: str) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n"
    with listening(Script([hints + hints + answer(b"1"), hints + answer(b"2")])) as port:
        answers = run(way, calls(GET, POST), settings_at(port))
    assert [each.body for each in answers] == [b"1", b"2"]


def test_a_header_that_comes_twice_and_one_in_an_old_script_are_read(way: str) -> None:
    head = (
        b"HTTP/1.1 200 OK\r\nX-Odd: a\r\nx-odd: b\r\nX-Old: caf\xe9\r\ncontent-length: 2\r\n\r\n{}"
    )
    with listening(Script([head])) as port:
        (got,) = run(way, calls(GET), settings_at(port))
    assert (got.headers["x-odd"], got.headers["x-old"]) == ("a, b", "café")


TEXT = b'{"status":"IN_QUEUE"}' * 50
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
PACKED = {
    "gzip": ("gzip", gzip.compress(TEXT)),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate without a head": ("deflate", RAW.compress(TEXT) + RAW.flush()),
    "what nobody offered": ("br", TEXT),
}


@pytest.mark.parametrize("kind", PACKED)
def test_an_answer_that_was_offered_to_be_packed_is_unpacked(way: str, kind: str) -> None:
    encoding, body = PACKED[kind]
    with listening(Script([answer(body, content_encoding=encoding)])) as port:
        (got,) = run(way, calls(GET), settings_at(port))
    assert got.body == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_broken_packing_is_no_answer(way: str, encoding: str) -> None:
    with (
        listening(Script([answer(b"no packing at all", content_encoding=encoding)])) as port,
        pytest.raises(NoAnswerError, match="compression is broken"),
    ):
        run(way, calls(GET), settings_at(port))


def test_a_little_that_unpacks_to_very_much_is_never_unpacked(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_bodies, "MAX_ANSWER", 10_000)
    bomb = answer(gzip.compress(bytes(5_000_000)), content_encoding="gzip")
    with (
        listening(Script([bomb])) as port,
        pytest.raises(NoAnswerError, match="larger than"),
    ):
        run(way, calls(GET), settings_at(port))


def test_no_more_is_unpacked_than_may_be_kept_and_one_byte_that_shows_it() -> None:
    wire = Wire("GET", "gateway.test", 5.0, Trace(0))
    unpack = _bodies.unpacker(wire, {"content-encoding": "gzip"})
    assert unpack is not None
    assert len(unpack(gzip.compress(bytes(5_000_000)), 10)) == 11


READS: dict[str, tuple[Callable[[int], Any], str, str]] = {
    "no server": (lambda _: None, "no connection could be made", "connect"),
    "no answer": (lambda _: Script([b""]), "hung up", "wait for the answer"),
    "no HTTP": (lambda _: Script([b"what?\r\n\r\n"]), "did not speak HTTP", "wait for the answer"),
    "half": (
        lambda _: Script([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]),
        "connection broke|hung up",
        "receive",
    ),
}


@pytest.mark.parametrize("case", READS)
def test_a_read_says_what_its_error_says_and_claims_no_proof(way: str, case: str) -> None:
    make, words, phase = READS[case]
    script = make(0)
    if script is None:
        with pytest.raises(NoAnswerError, match=words) as caught:
            run(way, calls(GET), settings_at(closed_port()))
    else:
        script.closes = True
        with listening(script) as port, pytest.raises(NoAnswerError, match=words) as caught:
            run(way, calls(GET), settings_at(port))
    assert (caught.value.phase, caught.value.unsent) == (phase, False)


# Files


def download(url: str, folder: Path, *, limit: int = 10**8, part: Part | None = None) -> Any:
    return ask(Download(url, str(folder), limit, 5.0, 5.0, part or Part()), Downloaded)


@pytest.mark.parametrize("size", [0, 10, 3_000_000])
def test_a_file_comes_whole_and_its_host_gets_nothing_of_ours(
    way: str, size: int, tmp_path: Path
) -> None:
    content = bytes(range(250)) * (size // 250) + b"x" * (size % 250)
    script = Script([answer(content)])
    with listening(script) as port:
        settings = settings_at(port)
        got = run(way, download(f"{settings.base_url}/a%20b.png?s=1", tmp_path), settings)
    assert Path(got.temporary).read_bytes() == content
    assert (got.size, got.head, got.tail) == (size, content[: len(got.head)], content[-len(got.tail) :] if size else b"")  # fmt: skip
    assert script.asked[0].startswith(b"GET /a%20b.png?s=1 HTTP/1.1\r\n")
    sent = script.headers(0)
    assert set(sent) == {"Host", "User-Agent", "Accept", "Accept-Encoding"}
    assert sent["Accept-Encoding"] == "identity"


def test_credentials_in_a_files_address_are_not_sent(way: str, tmp_path: Path) -> None:
    script = Script([answer(b"x")])
    with listening(script) as port:
        run(way, download(f"http://u:p@127.0.0.1:{port}/a", tmp_path), settings_at(port))
    assert "Authorization" not in script.headers(0)


def test_a_file_packed_although_it_was_asked_for_as_it_is_is_unpacked_within_the_limit(
    way: str, tmp_path: Path
) -> None:
    packed = answer(gzip.compress(TEXT), content_encoding="gzip")
    with listening(Script([packed, packed])) as port:
        settings = settings_at(port)
        got = run(way, download(f"{settings.base_url}/a", tmp_path), settings)
        with pytest.raises(SaveError, match="larger than"):
            run(way, download(f"{settings.base_url}/a", tmp_path, limit=100), settings)
    assert Path(got.temporary).read_bytes() == TEXT


def test_what_came_of_a_file_that_breaks_off_can_be_continued(way: str, tmp_path: Path) -> None:
    half = b'HTTP/1.1 200 OK\r\ncontent-length: 9\r\netag: "v"\r\n\r\nhalf'
    part = Part()
    with listening(Script([half], closes=True)) as port:
        settings = settings_at(port)
        with pytest.raises(NoAnswerError):
            run(way, download(f"{settings.base_url}/a", tmp_path, part=part), settings)
    assert (part.size, part.total, part.validator) == (4, 9, '"v"')
    assert Path(part.path).read_bytes() == b"half"


@pytest.mark.parametrize("way", [*OWN, *CLIENTS])
def test_the_connected_peer_of_a_file_is_judged_before_a_byte_is_sent(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo

    def resolve_here(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return resolve("127.0.0.1" if name.endswith(".example") else host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)
    script = Script([answer(), answer(b"x")])
    with listening(script) as port:
        settings = settings_at(port, host="api.example")
        with pytest.raises(SaveError, match="its host is at a loopback address"):
            run(way, download(f"http://cdn.example:{port}/a", tmp_path), settings)
        assert script.asked == []
        run(way, download(f"{settings.base_url}/a", tmp_path), settings)  # the API's own origin may
    assert len(script.asked) == 1
