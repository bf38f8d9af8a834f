"""What every transport promises of a stream: each event as it comes, and an end that is an error."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
import zlib
from collections.abc import AsyncGenerator, Callable, Generator

import pytest

from chainhub_fal import NoAnswerError
from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import AsyncDriver
from chainhub_fal._ears import Ear
from chainhub_fal._ears_async import AsyncEar
from chainhub_fal._effects import (
    Answer,
    Call,
    Download,
    Downloaded,
    Exchange,
    Flow,
    Hush,
    Listen,
    Notice,
    Pause,
    ask,
)
from chainhub_fal._events import MAX_EVENT
from chainhub_fal._slots import Slots
from chainhub_fal._threads import ThreadTransport
from chainhub_fal._transport import STREAMS

from .running import CLIENTS, OWN, run, settings_at
from .serving import Script, answer, listening

GET = Exchange("listen", "GET", "/jobs/1/stream", query=(("logs", "1"),))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"
PATIENCE = 10.0


@pytest.fixture(params=(*OWN, *CLIENTS))
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def opening(timeout: float = PATIENCE, quiet: float = PATIENCE) -> Listen:
    return Listen(GET, timeout, quiet, opens=True)


def hearing(quiet: float = PATIENCE) -> Listen:
    return Listen(GET, quiet, quiet)


def heard(*listens: Listen, heed: Callable[[], object] = bool) -> Flow[list[Answer]]:
    """Hear as often as is said; what comes after the last is for the driver to tidy up."""
    answers = []
    for listen in listens:
        answers.append((yield from ask(listen, Answer)))
        heed()
    return answers


class Speaker:
    """A server that begins a stream, and says each piece when it is told to."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.go_on = threading.Semaphore(0)
        self.asked: list[bytes] = []
        self.left = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        while data := connection.recv(65536):
            self.asked.append(data)
            connection.sendall(HEAD)
            for piece in self.pieces:
                if not self.go_on.acquire(timeout=PATIENCE):
                    return
                connection.sendall(piece)
        self.left.set()

    def say(self) -> None:
        self.go_on.release()


def test_each_event_is_heard_before_the_next_is_said(way: str) -> None:
    pieces = [chunk(b"data: o"), chunk(b"ne\n\n"), chunk(b": ping\n\n"), chunk(b"data: two\n\n")]
    speaker = Speaker(*pieces, END)
    with listening(speaker) as port:
        flow = heard(opening(), *[hearing()] * 4, heed=speaker.say)
        answers = run(way, flow, settings_at(port))
    assert [each.body for each in answers] == [b"", b"", b"one", b"", b"two"]
    assert {each.status for each in answers} == {200}
    times = [each.at for each in answers]
    assert times == sorted(times)
    assert time.time() - PATIENCE < answers[0].when < answers[-1].when <= time.time()


def test_the_request_asks_for_events_as_they_come(way: str) -> None:
    speaker = Speaker(END)
    with listening(speaker) as port:
        run(way, heard(opening(), heed=speaker.say), settings_at(port))
    text = speaker.asked[0].lower()
    assert text.startswith(b"get /jobs/1/stream?logs=1 http/1.1\r\n")
    for line in (b"accept: text/event-stream", b"accept-encoding: identity"):
        assert text.count(line) == 1
    assert b"authorization: bearer canary-key" in text
    assert text.count(b"accept") == 2


def test_an_event_never_repeats_the_key(way: str) -> None:
    speaker = Speaker(chunk(b'data: {"error": "canary-'), chunk(b'key is bad"}\n\n'))
    with listening(speaker) as port:
        flow = heard(opening(), *[hearing()] * 2, heed=speaker.say)
        answers = run(way, flow, settings_at(port))
    assert answers[-1].body == b'{"error": "[the key] is bad"}'


@pytest.mark.parametrize("ends", [END, b""], ids=["ended", "cut"])
def test_the_end_of_a_stream_is_an_error(way: str, ends: bytes) -> None:
    def peer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + chunk(b"data: one\n\ndata: cut") + ends)

    told: list[Answer] = []

    def flow() -> Flow[None]:
        while True:
            told.append((yield from ask(hearing() if told else opening(), Answer)))

    with listening(peer) as port, pytest.raises(NoAnswerError) as caught:
        run(way, flow(), settings_at(port))
    assert [each.body for each in told] == [b"", b"one"]
    assert caught.value.at >= told[-1].at
    assert not caught.value.unsent


def test_what_is_no_stream_is_heard_whole_and_then_has_ended(way: str) -> None:
    script = Script([answer(b'{"detail": "no"}', 404)])
    told: list[Answer] = []

    def flow() -> Flow[None]:
        while True:
            told.append((yield from ask(hearing() if told else opening(), Answer)))

    with listening(script) as port, pytest.raises(NoAnswerError, match="has ended"):
        run(way, flow(), settings_at(port))
    assert [(each.status, each.json) for each in told] == [(404, {"detail": "no"})]


def test_what_is_not_open_has_ended(way: str) -> None:
    with pytest.raises(NoAnswerError, match="has ended"):
        run(way, heard(hearing()), settings_at(9))


def test_a_stream_that_is_packed_all_the_same_is_unpacked(way: str) -> None:
    pack = zlib.compressobj(wbits=31)
    texts = (b"data: one\n\n", b"data: two\n\n")
    pieces = [pack.compress(text) + pack.flush(zlib.Z_SYNC_FLUSH) for text in texts]
    head = HEAD.replace(b"Content-Type", b"Content-Encoding: gzip\r\nContent-Type")

    def peer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head + b"".join(map(chunk, pieces)))
        connection.recv(65536)

    with listening(peer) as port:
        _, *answers = run(way, heard(opening(), *[hearing()] * 2), settings_at(port))
    assert [each.body for each in answers] == [b"one", b"two"]


def test_a_stream_that_is_packed_too_well_is_no_stream(way: str) -> None:
    bomb = zlib.compress(b":" * 64 * MAX_EVENT, wbits=31)
    head = HEAD.replace(b"Content-Type", b"Content-Encoding: gzip\r\nContent-Type")

    def peer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head + chunk(bomb))
        connection.recv(65536)

    with listening(peer) as port, pytest.raises(NoAnswerError):
        run(way, heard(opening(), *[hearing(0.5)] * 3), settings_at(port))


def test_a_redirect_is_an_answer_and_is_not_followed(way: str) -> None:
    script = Script([answer(b"", 302, location="/elsewhere"), answer()])
    with listening(script) as port:
        (head,) = run(way, heard(opening()), settings_at(port))
    assert (head.status, len(script.asked)) == (302, 1)


@pytest.mark.parametrize("begins", [True, False])
def test_silence_is_borne_for_as_long_as_is_said(way: str, *, begins: bool) -> None:
    speaker = Speaker(chunk(b"data: one\n\n"), END)
    if begins:
        speaker.say()
        listens = [opening(quiet=0.05), hearing(0.05), hearing(0.05)]
    else:
        speaker = Speaker()
        listens = [opening(timeout=0.05)]

    def mute(connection: socket.socket) -> None:
        connection.recv(65536)
        speaker.left.wait(PATIENCE)

    began = time.monotonic()
    with listening(speaker if begins else mute) as port:
        with pytest.raises(NoAnswerError):
            run(way, heard(*listens), settings_at(port))
        assert time.monotonic() - began < PATIENCE / 2
        speaker.left.set()
        speaker.say()


def interrupted() -> Flow[None]:
    yield from ask(opening(), Answer)
    raise KeyboardInterrupt


def hushed() -> Flow[None]:
    yield from ask(opening(), Answer)
    yield Hush()
    yield Hush()  # nothing is open, which is no error


@pytest.mark.parametrize("flow", [interrupted, hushed, lambda: heard(opening())])
def test_a_stream_that_nobody_hears_is_closed(way: str, flow: Callable[[], Flow[object]]) -> None:
    speaker = Speaker(END)
    with listening(speaker) as port:
        with contextlib.suppress(KeyboardInterrupt):
            run(way, flow(), settings_at(port))
        speaker.say()
        assert speaker.left.wait(PATIENCE)


def test_an_event_that_never_ends_is_not_kept(way: str) -> None:
    def peer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD)
        for _ in range(2 * MAX_EVENT // 65536):
            connection.sendall(chunk(b"data: " + b"x" * 65536 + b"\n"))

    with (
        listening(peer) as port,
        pytest.raises(NoAnswerError, match=r"larger than 1 MB .*during receive"),
    ):
        run(way, heard(opening(), *[hearing()] * 100), settings_at(port))


@pytest.mark.parametrize("way", OWN)
def test_a_connection_is_used_again_after_a_whole_stream(way: str) -> None:
    stream = HEAD + chunk(b"data: one\n\n") + END
    script = Script([stream, stream])

    def flow() -> Flow[None]:
        for _ in range(2):
            yield from ask(opening(), Answer)
            yield from ask(hearing(), Answer)
            with pytest.raises(NoAnswerError, match="has ended"):
                yield from ask(hearing(), Answer)
            yield from ask(Pause(1e-9), float)

    with listening(script) as port:
        run(way, flow(), settings_at(port))
    assert script.connections == 1


class Talker:
    """A transport of either colour, on which a stream begins at once and never says a thing."""

    name = "talker"

    def __init__(self) -> None:
        self.open = 0

    def exchange(self, _call: Call) -> Answer:
        raise AssertionError

    def download(self, _download: Download, _opening: object) -> Downloaded:
        raise AssertionError

    def close(self) -> None:
        """Have nothing to close."""

    def listen(self, _listen: Listen) -> Generator[Answer]:
        """Begin, and break when it is closed."""
        self.open += 1
        try:
            yield Answer(200, {"content-type": "text/event-stream"}, b"", 1.0, 1.0)
        finally:
            self.open -= 1
            no_turn_comes(0.0)


class AsyncTalker(Talker):
    async def exchange(self, _call: Call) -> Answer:  # type: ignore[override]
        raise AssertionError

    async def download(self, _download: Download, _opening: object) -> Downloaded:  # type: ignore[override]
        raise AssertionError

    async def close(self) -> None:  # type: ignore[override]
        """Have nothing to close."""

    async def listen(self, listen: Listen) -> AsyncGenerator[Answer]:  # type: ignore[override]
        with contextlib.closing(super().listen(listen)) as answers:
            for each in answers:
                yield each


SETTINGS = settings_at(9)


def told() -> Flow[None]:
    yield from ask(opening(), Answer)
    yield Notice("it is open")


def test_there_are_so_many_streams_and_no_more() -> None:
    driver = Driver(talker := Talker(), SETTINGS)
    walks = [driver.iterate(told()) for _ in range(STREAMS)]
    for walk in walks:
        next(walk)
    with pytest.raises(NoAnswerError, match="all 32 streams are in use") as caught:
        driver.with_settings(SETTINGS).run(told())
    assert (caught.value.had_no_turn, talker.open) == (True, STREAMS)
    next(walks.pop(), None)
    driver.run(told())
    del walks, walk
    assert talker.open == 0


def test_there_are_so_many_streams_on_an_event_loop_and_no_more() -> None:
    async def main() -> None:
        driver = AsyncDriver(talker := AsyncTalker(), SETTINGS)
        walks = [driver.iterate(told()) for _ in range(STREAMS)]
        for walk in walks:
            await anext(walk)
        with pytest.raises(NoAnswerError, match="all 32 streams are in use") as caught:
            await driver.with_settings(SETTINGS).run(told())
        assert (caught.value.had_no_turn, talker.open) == (True, STREAMS)
        await anext(walks.pop(), None)
        await driver.run(told())
        for walk in walks:
            await anext(walk, None)
        assert talker.open == 0

    asyncio.run(main())


def test_a_stream_takes_its_turn_like_every_request() -> None:
    settings = SETTINGS.changed(max_rate=0.01)

    async def main() -> None:
        driver = AsyncDriver(AsyncTalker(), settings)
        await driver.run(told())
        with pytest.raises(NoAnswerError, match=r"max_rate is 0\.01") as caught:
            await driver.run(told())
        assert caught.value.had_no_turn

    asyncio.run(main())
    driver = Driver(Talker(), settings)
    driver.run(told())
    with pytest.raises(NoAnswerError, match=r"max_rate is 0\.01"):
        driver.run(told())


def no_turn_comes(_patience: float) -> float:
    raise NoAnswerError("none", phase="turn", unsent=True)


def test_a_slot_is_given_back_by_who_gets_no_turn() -> None:
    streams, slots = threading.Semaphore(1), Slots(1)
    for _ in range(2):
        with pytest.raises(NoAnswerError, match="none"):
            Ear(Talker(), streams, no_turn_comes).hear(opening())
        with pytest.raises(NoAnswerError, match="none"):
            asyncio.run(AsyncEar(AsyncTalker(), slots, no_turn_comes).hear(opening()))


def test_a_thread_that_could_not_be_stopped_does_not_listen() -> None:
    driver = AsyncDriver(ThreadTransport(Talker()), SETTINGS)
    with pytest.raises(NoAnswerError, match="hears no stream") as caught:
        asyncio.run(driver.run(told()))
    assert caught.value.had_no_turn
