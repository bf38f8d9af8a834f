"""A crowd wakes together, each within the time that its own pause allows."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from chainhub_fal._drivers import duration
from chainhub_fal._effects import Pause
from chainhub_fal._ticks import TICK, Ticks

from .running import in_own_time

_ROUNDING = 1e-6  # seconds

PAUSES = st.lists(
    st.builds(Pause, st.floats(0.001, 100.0), st.sampled_from([0.0, 0.01, 0.2])),
    min_size=1,
    max_size=30,
)


async def woken(ticks: Ticks, pause: Pause) -> float:
    """Return the moment at which a pause ends."""
    await ticks.sleep(pause, duration(pause))
    return asyncio.get_running_loop().time()


async def all_woken(pauses: list[Pause]) -> list[float]:
    """Return how long each pause was, of many that begin together."""
    ticks, began = Ticks(), asyncio.get_running_loop().time()
    ended = await asyncio.gather(*(woken(ticks, pause) for pause in pauses))
    return [end - began for end in ended]


@given(PAUSES)
def test_no_pause_is_longer_than_asked_or_shorter_than_its_share_allows(
    pauses: list[Pause],
) -> None:
    for pause, took in zip(pauses, in_own_time(all_woken(pauses)), strict=True):
        least = pause.seconds * (1 - pause.spread)
        assert least - _ROUNDING <= took <= pause.seconds + _ROUNDING


def test_a_crowd_wakes_at_few_moments_all_over_its_spread() -> None:
    pause = Pause(1.0, 0.2)
    moments = {round(took / TICK, 3) for took in in_own_time(all_woken([pause] * 1000))}
    assert 0.2 / TICK - 1 <= len(moments) <= 0.2 / TICK + 1


def test_the_shares_are_random_as_before_and_not_all_rounded_down() -> None:
    took = in_own_time(all_woken([Pause(1.0, 0.2)] * 1000))
    assert abs(sum(took) / 1000 - 0.9) < 0.01


def test_who_is_cancelled_keeps_nobody_from_waking() -> None:
    async def crowd() -> list[float | BaseException]:
        ticks = Ticks()
        naps = [asyncio.create_task(woken(ticks, Pause(1.0, 0.2))) for _ in range(100)]
        await asyncio.sleep(0.5)
        naps[0].cancel()
        return await asyncio.gather(*naps, return_exceptions=True)

    first, *others = in_own_time(crowd())
    assert isinstance(first, asyncio.CancelledError)
    assert all(isinstance(end, float) for end in others)


def test_two_clients_do_not_wake_in_step() -> None:
    def moment() -> float:
        return in_own_time(woken(Ticks(), Pause(1.0, 0.2))) % TICK

    assert len({round(moment(), 6) for _ in range(10)}) > 5
