"""What is bounded ends in time, by one timer for all, and as ``asyncio.timeout`` would end it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chainhub_fal import NoAnswerError
from chainhub_fal._bounded import Bounded
from chainhub_fal._bounds import Bounds
from chainhub_fal._wires import Trace, Wire

from .running import looped

ENDLESS = 60.0


def wire(timeout: float) -> Wire:
    return Wire("GET", "gateway.test", timeout, Trace(0), listens=False)


class Ends:
    """A bound that notes when it was given up."""

    def __init__(self, due: float, order: list[float]) -> None:
        self.due = due
        self._order = order

    def give_up(self) -> None:
        self._order.append(self.due)


@looped
async def test_each_ends_at_its_own_time_whatever_the_order_they_came_in() -> None:
    loop, bounds, order = asyncio.get_running_loop(), Bounds(), list[float]()
    now = loop.time()
    for after in (0.03, 0.01, 0.02):
        bounds.add(Ends(now + after, order), loop)
    spared = Ends(now + 0.015, order)
    bounds.add(spared, loop)
    bounds.remove(spared)
    while len(order) < 3:
        await asyncio.sleep(0.001)
        assert all(due <= loop.time() for due in order)
    assert order == [now + 0.01, now + 0.02, now + 0.03]


@looped
async def test_a_thousand_exchanges_in_a_row_take_one_timer() -> None:
    loop, bounds, timers = asyncio.get_running_loop(), Bounds(), list[float]()
    set_timer = loop.call_at

    def counted(when: float, *args: Any) -> asyncio.TimerHandle:
        timers.append(when)
        return set_timer(when, *args)

    loop.call_at = counted  # type: ignore[assignment, method-assign]
    for _ in range(1000):
        async with Bounded(bounds, wire(ENDLESS), ()):
            pass
    assert len(timers) == 1


@looped
async def test_what_takes_too_long_is_no_answer_and_the_task_goes_on() -> None:
    async with asyncio.timeout(ENDLESS):
        with pytest.raises(NoAnswerError, match=r"not whole after 0\.01 s"):
            async with Bounded(Bounds(), wire(0.01), ()):
                await asyncio.sleep(ENDLESS)
        await asyncio.sleep(0)
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


@looped
async def test_a_cancel_of_the_callers_is_none_of_ours_even_in_the_same_moment() -> None:
    bounded = Bounded(Bounds(), wire(ENDLESS), ())

    async def exchange() -> None:
        async with bounded:
            await asyncio.sleep(ENDLESS)

    task = asyncio.create_task(exchange())
    await asyncio.sleep(0)
    bounded.give_up()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()


@looped
async def test_a_failure_of_the_transport_says_so_when_the_end_came_first() -> None:
    async def exchange() -> None:
        async with Bounded(Bounds(), wire(0.01), (OSError,)):
            try:
                await asyncio.sleep(ENDLESS)
            except asyncio.CancelledError:
                raise OSError from None

    with pytest.raises(NoAnswerError, match="the exchange failed: OSError"):
        await exchange()
