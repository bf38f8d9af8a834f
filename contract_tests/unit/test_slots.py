"""The gate before the connections: first come, first served, and no slot is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator
from contextlib import asynccontextmanager

import pytest

from chainhub_fal import NoAnswerError
from chainhub_fal._drivers import Driver
from chainhub_fal._drivers_async import AsyncDriver
from chainhub_fal._effects import Answer, Call, Download, Downloaded, Exchange, Listen, ask
from chainhub_fal._slots import Slots
from chainhub_fal.settings import Settings

from .running import looped

SETTINGS = Settings.load(api_key="canary-key", base_url="https://gateway.test")
GET = Exchange("look", "GET", "/jobs/1")
PATIENCE = 60.0


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@looped
async def test_slots_are_given_in_the_order_of_asking() -> None:
    slots, order = Slots(1), []

    async def enter(number: int) -> None:
        assert slots.take() or await slots.wait(PATIENCE)
        order.append(number)

    assert slots.take()
    tasks = [asyncio.create_task(enter(number)) for number in range(5)]
    for count in range(5):
        await settle()
        assert order == list(range(count))
        slots.give_back()
    await asyncio.gather(*tasks)
    assert order == list(range(5))
    assert not slots.take()
    slots.give_back()
    assert slots.take()


@looped
async def test_the_urgent_have_their_turn_before_all_who_wait() -> None:
    slots, order = Slots(1), []

    async def enter(number: int) -> None:
        assert await slots.wait(PATIENCE, urgent=number >= 2)
        order.append(number)

    assert slots.take()
    tasks = [asyncio.create_task(enter(number)) for number in range(4)]
    await settle()
    tasks[2].cancel()
    for _ in tasks:
        slots.give_back()
        await settle()
    await asyncio.wait(tasks)
    assert order == [3, 0, 1]


@looped
async def test_who_gives_up_or_is_cancelled_takes_no_slot_along() -> None:
    slots = Slots(1)
    assert slots.take()
    assert not await slots.wait(0)
    waiting = asyncio.create_task(slots.wait(PATIENCE))
    await settle()
    waiting.cancel()
    await settle()
    slots.give_back()
    assert slots.take()


@looped
async def test_a_slot_given_in_the_moment_of_a_cancel_goes_on_to_the_next() -> None:
    slots = Slots(1)
    assert slots.take()
    first, second = (asyncio.create_task(slots.wait(PATIENCE)) for _ in range(2))
    await settle()
    slots.give_back()
    first.cancel()
    assert await second
    assert first.cancelled()


@looped
async def test_a_slot_given_in_the_moment_that_the_wait_ends_is_kept() -> None:
    slots = Slots(1)
    assert slots.take()
    waiting = asyncio.create_task(slots.wait(0))
    await asyncio.sleep(0)
    slots.give_back()
    assert await waiting
    assert not slots.take()


class Stuck:
    """A transport on which nothing ends until it is told."""

    name = "stuck"

    def __init__(self) -> None:
        self.under_way = self.most = 0
        self.go_on = asyncio.Event()

    async def exchange(self, _call: Call) -> Answer:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go_on.wait()
        self.under_way -= 1
        return Answer(200, {}, b"{}", 1.0)

    def listen(self, _listen: Listen) -> AsyncGenerator[Answer]:
        raise AssertionError

    async def download(self, _download: Download, _opening: object) -> Downloaded:
        await self.go_on.wait()
        return Downloaded(200, {}, b"", b"", 0, "")

    async def close(self) -> None:
        """Have nothing to close."""


@looped
async def test_a_crowd_waits_here_and_every_one_of_it_gets_its_turn() -> None:
    stuck = Stuck()
    driver = AsyncDriver(stuck, SETTINGS)
    tasks = [
        asyncio.create_task(driver.run(ask(Call(GET, PATIENCE, PATIENCE), Answer)))
        for _ in range(1000)
    ]
    await settle()
    assert stuck.under_way == 64
    stuck.go_on.set()
    answers = await asyncio.gather(*tasks)
    assert (len(answers), stuck.most) == (1000, 64)


@looped
async def test_downloads_that_hang_keep_no_call_waiting() -> None:
    stuck = Stuck()
    driver = AsyncDriver(stuck, SETTINGS)
    effect = Download("https://cdn.test/a", "/nowhere", 1, PATIENCE, PATIENCE)
    hanging = [asyncio.create_task(driver.perform(effect)) for _ in range(100)]
    await settle()
    call = asyncio.create_task(driver.perform(Call(GET, PATIENCE, PATIENCE)))
    await settle()
    assert stuck.under_way == 1
    impatient = Download("https://cdn.test/a", "/nowhere", 1, 0.0, 0.0)
    with pytest.raises(NoAnswerError, match="32 other downloads") as caught:
        await driver.perform(impatient)
    assert (caught.value.phase, caught.value.unsent) == ("turn", True)
    stuck.go_on.set()
    await asyncio.gather(call, *hanging)


@asynccontextmanager
async def all_busy() -> AsyncIterator[AsyncDriver]:
    """Give a driver on whose connections nothing ends while the block runs."""
    stuck = Stuck()
    driver = AsyncDriver(stuck, SETTINGS)
    tasks = [asyncio.create_task(driver.perform(Call(GET, PATIENCE, PATIENCE))) for _ in range(64)]
    await settle()
    yield driver
    stuck.go_on.set()
    await asyncio.gather(*tasks)


@looped
async def test_a_call_that_gets_no_turn_says_so_and_was_not_sent() -> None:
    async with all_busy() as driver:
        with pytest.raises(NoAnswerError, match="64 connections are busy") as caught:
            await driver.perform(Call(GET, 0.0, 0.0))
    assert (caught.value.phase, caught.value.unsent) == ("turn", True)


@looped
async def test_a_result_that_is_there_does_not_wait_behind_a_crowd_of_looks() -> None:
    stuck, order = Stuck(), []
    driver = AsyncDriver(stuck, SETTINGS)

    async def ask_for(what: str, *, urgent: bool = False) -> None:
        await driver.perform(Call(GET, PATIENCE, PATIENCE, urgent=urgent))
        order.append(what)

    tasks = [asyncio.create_task(ask_for("a look")) for _ in range(3 * 64)]
    await settle()
    tasks.append(asyncio.create_task(ask_for("a result", urgent=True)))
    await settle()
    stuck.go_on.set()
    await asyncio.gather(*tasks)
    assert order.index("a result") <= 64


@looped
async def test_a_turn_that_leaves_too_little_is_not_waited_for() -> None:
    async with all_busy() as driver:
        with pytest.raises(NoAnswerError, match="no turn came within 0 s"):
            await driver.perform(Call(GET, PATIENCE, PATIENCE, least=PATIENCE))


class Quick:
    """A sync transport that answers at once, and keeps the calls that were made of it."""

    name = "quick"

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def exchange(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(200, {}, b"{}", 1.0)

    def listen(self, _listen: Listen) -> Generator[Answer]:
        raise AssertionError

    def download(self, _download: Download, _opening: object) -> Downloaded:
        raise AssertionError

    def close(self) -> None:
        """Have nothing to close."""


def test_a_turn_is_waited_for_longer_than_an_exchange_may_take() -> None:
    transport = Quick()
    driver = Driver(transport, SETTINGS.changed(max_rate=100.0))
    for _ in range(5):
        driver.run(ask(Call(GET, 0.001, PATIENCE), Answer))
    assert [call.timeout for call in transport.calls] == [0.001] * 5


@looped
async def test_a_crowd_under_a_low_rate_gets_its_turns_in_time() -> None:
    stuck = Stuck()
    stuck.go_on.set()
    driver = AsyncDriver(stuck, SETTINGS.changed(max_rate=1000.0))
    calls = (driver.perform(Call(GET, 0.01, PATIENCE)) for _ in range(100))
    assert len(await asyncio.gather(*calls)) == 100


def test_a_turn_and_the_exchange_after_it_share_what_the_deadline_leaves() -> None:
    transport = Quick()
    driver = Driver(transport, SETTINGS.changed(max_rate=20.0))
    first, second = (driver.run(ask(Call(GET, 10.0, 10.0), Answer)) for _ in range(2))
    assert first.status == second.status == 200
    assert transport.calls[0].timeout == pytest.approx(10.0, abs=0.01)
    assert transport.calls[1].timeout <= 9.96


def test_a_call_is_not_sent_with_less_than_it_needs_left() -> None:
    transport = Quick()
    driver = Driver(transport, SETTINGS.changed(max_rate=0.1))
    driver.run(ask(Call(GET, PATIENCE, PATIENCE), Answer))
    call = Call(GET, PATIENCE, 15.0, least=6.0)  # its turn comes after 10 s and would leave it 5
    with pytest.raises(NoAnswerError, match="no turn came within 9 s") as caught:
        driver.run(ask(call, Answer))
    assert (caught.value.phase, caught.value.unsent) == ("turn", True)
    assert len(transport.calls) == 1


def test_a_turn_that_came_too_late_is_not_used() -> None:
    transport = Quick()
    with pytest.raises(NoAnswerError, match="its turn came too late"):
        Driver(transport, SETTINGS).run(ask(Call(GET, PATIENCE, PATIENCE, least=PATIENCE), Answer))
    assert transport.calls == []


def test_a_turn_that_cannot_come_in_time_is_told_at_once() -> None:
    transport = Quick()
    driver = Driver(transport, SETTINGS.changed(max_rate=0.01))
    driver.run(ask(Call(GET, PATIENCE, PATIENCE), Answer))
    with pytest.raises(NoAnswerError, match=r"within 60 s: max_rate is 0.01 a second") as caught:
        driver.run(ask(Call(GET, PATIENCE, PATIENCE), Answer))
    assert (caught.value.phase, caught.value.unsent) == ("turn", True)
    assert len(transport.calls) == 1
