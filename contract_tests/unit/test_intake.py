"""A file's answer goes two ways, its head to who reads heads and its body to memory; none is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal._intake import ROOM, Intake
from chainhub_fal._places import ReadError, ReadTimeout
from chainhub_fal._sinks import CHUNK

from .running import in_own_time, looped

PATIENCE = 30.0
HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"
BARE = b"HTTP/1.1 200 OK\ncontent-length: 9\n\n"
INTERIM = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"


class Line(asyncio.Transport):
    """A transport that only remembers."""

    def __init__(self) -> None:
        super().__init__()
        self.is_paused = False
        self.protocol: asyncio.BaseProtocol | None = None

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol


class Owner(asyncio.Protocol):
    """The protocol that an intake stands in for."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.has_ended = self.is_lost = False

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)

    def eof_received(self) -> None:
        self.has_ended = True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.is_lost = True


class Held:
    """An intake between the two."""

    def __init__(self, quiet: float = PATIENCE) -> None:
        self.line, self.owner = Line(), Owner()
        self.intake = Intake(self.owner, self.line, bytearray(ROOM), quiet)

    async def come(self, data: bytes) -> None:
        """Let bytes come as a loop does: as many as there is a buffer for, unless it is paused."""
        while data:
            while self.line.is_paused:  # noqa: ASYNC110 - the other task is what changes it
                await asyncio.sleep(0)
            buffer = self.intake.get_buffer(-1)
            size = min(len(buffer), len(data))
            assert size > 0
            buffer[:size] = data[:size]
            self.intake.buffer_updated(size)
            data = data[size:]

    async def collected(self, most: int) -> bytes:
        """Return all that is left of the body, in pieces of at most so many bytes."""
        body = b""
        while self.intake.left:
            assert await self.intake.collect(most) is None
            piece = bytes(self.intake.take())
            assert 0 < len(piece) <= most + CHUNK
            body += piece
        return body


def cut(data: bytes, places: Sequence[float]) -> Iterator[bytes]:
    ends = sorted({int(len(data) * place) for place in places} | {0, len(data)})
    for start, end in pairwise(ends):
        yield data[start:end]


@given(
    head=st.sampled_from([HEAD, BARE, INTERIM + HEAD, INTERIM * 2 + HEAD]),
    size=st.integers(0, 3 * CHUNK),
    extra=st.binary(max_size=9),
    places=st.lists(st.floats(0, 1), max_size=6),
    most=st.integers(1, 4 * CHUNK),
)
def test_however_it_is_cut_the_head_is_the_owners_and_the_body_is_whole(
    head: bytes, size: int, extra: bytes, places: list[float], most: int
) -> None:
    # No byte of it ends a line: what is a head's end must not be looked for in a body.
    body = bytes(range(128, 256)) * (size // 128 + 1)

    async def go() -> None:
        held = Held()
        with held.intake:
            for piece in cut(head, places):
                await held.come(piece)
            assert b"".join(held.owner.heard) == head
            held.owner.heard.clear()
            held.intake.left = size

            async def rest() -> None:
                *pieces, last = cut(body[:size], places) if size else [b""]
                for piece in pieces:
                    await held.come(piece)
                await held.come(last + extra)

            coming = asyncio.create_task(rest())
            assert (await held.collected(most) == body[:size]) is True
            held.line.resume_reading()
            await coming
            assert held.owner.heard == []
        assert b"".join(held.owner.heard) == extra
        assert (held.line.protocol, held.line.is_paused) == (held.owner, False)

    asyncio.run(go())


@looped
async def test_a_body_that_comes_with_its_head_is_waited_for_by_nobody() -> None:
    held = Held()
    with held.intake:
        await held.come(HEAD + b"123456789")
        held.intake.left = 9
        assert await held.intake.collect(CHUNK) is None
        held.intake.connection_lost(None)
        assert bytes(held.intake.take()) == b"123456789"


@looped
async def test_who_does_not_collect_makes_the_other_end_wait() -> None:
    held = Held()
    with held.intake:
        await held.come(HEAD + bytes(CHUNK))
        assert held.line.is_paused


@looped
async def test_a_head_that_never_ends_is_left_to_who_refuses_it() -> None:
    held = Held()
    with held.intake:
        await held.come(b"x" * (2 * CHUNK))
        assert b"".join(held.owner.heard).startswith(b"xxx")


@looped
async def test_what_came_before_the_end_can_be_taken() -> None:
    held = Held()
    with held.intake:
        await held.come(HEAD)
        held.intake.left = 9
        waiting = asyncio.create_task(held.intake.collect(CHUNK))
        await asyncio.sleep(0)
        await held.come(b"1234")
        assert held.intake.eof_received() is None
        held.intake.connection_lost(None)
        assert isinstance(await waiting, ReadError)
        assert bytes(held.intake.take()) == b"1234"
        assert isinstance(await held.intake.collect(CHUNK), ReadError)
    assert (held.owner.has_ended, held.owner.is_lost) == (True, True)


def test_silence_ends_a_body_and_a_byte_now_and_then_does_not() -> None:
    async def go() -> None:
        held = Held(quiet=5.0)
        with held.intake:
            await held.come(HEAD)
            held.intake.left = 9
            waiting = asyncio.create_task(held.intake.collect(CHUNK))
            for _ in range(4):
                await asyncio.sleep(3.0)
                await held.come(b".")
            began = asyncio.get_running_loop().time()
            assert isinstance(await waiting, ReadTimeout)
            assert asyncio.get_running_loop().time() - began == pytest.approx(5.0)
            assert len(held.intake.take()) == 4

    in_own_time(go())


def test_while_nobody_waits_nothing_is_late() -> None:
    async def go() -> None:
        held = Held(quiet=5.0)
        with held.intake:
            await held.come(HEAD)
            held.intake.left = 9
            await asyncio.sleep(100.0)
            waiting = asyncio.create_task(held.intake.collect(CHUNK))
            await asyncio.sleep(4.0)
            await held.come(b"123456789")
            assert await waiting is None

    in_own_time(go())


@pytest.mark.parametrize("quiet", [0.0, PATIENCE])
def test_who_is_cancelled_gives_the_connection_back(quiet: float) -> None:
    async def go() -> None:
        held = Held(quiet)

        async def wait() -> None:
            with held.intake:
                await held.come(HEAD)
                held.intake.left = 9
                await held.intake.collect(CHUNK)

        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert held.line.protocol is held.owner

    asyncio.run(go())
