"""Idle connections: the last one used first, none that is spoilt, no more than was agreed."""

from __future__ import annotations

import pytest

from chainhub_fal._idle import Idle


class Held:
    def __init__(self, *, available: bool = True, expired: bool = False) -> None:
        self.available = available
        self.expired = expired

    def is_available(self) -> bool:
        return self.available

    def has_expired(self) -> bool:
        return self.expired


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("chainhub_fal._idle.time.monotonic", lambda: now[0])
    return now


def test_the_last_one_used_is_taken_first() -> None:
    idle = Idle[Held](3, 1.0)
    one, two = Held(), Held()
    assert (idle.put("a", one), idle.put("a", two), idle.put("b", Held())) == ([], [], [])
    assert idle.take("a") == (two, [])
    assert idle.take("a") == (one, [])
    assert idle.take("a") == (None, [])
    assert idle.take("never seen") == (None, [])


def test_a_spoilt_one_is_given_out_to_be_closed() -> None:
    idle = Idle[Held](9, 1.0)
    good, spoilt, broken = Held(), Held(), Held()
    for each in (good, spoilt, broken):
        idle.put("a", each)
    spoilt.expired = True
    broken.available = False
    assert idle.take("a") == (good, [broken, spoilt])


def test_what_cannot_be_used_again_or_is_too_much_is_not_kept() -> None:
    idle = Idle[Held](1, 1.0)
    dead, kept, more = Held(available=False), Held(), Held()
    assert idle.put("a", dead) == [dead]
    assert idle.put("a", kept) == []
    assert idle.put("b", more) == [more]


def test_what_nobody_came_back_for_is_given_up(clock: list[float]) -> None:
    idle = Idle[Held](9, 4.0)
    old, new, last = Held(), Held(), Held()
    idle.put("a", old)
    idle.put("b", new)
    old.expired = True
    assert idle.put("c", last) == []
    clock[0] += 4
    assert idle.put("c", Held()) == [old]
    assert idle.take("b") == (new, [])


def test_nothing_is_kept_after_the_end() -> None:
    idle = Idle[Held](9, 1.0)
    kept, late = Held(), Held()
    idle.put("a", kept)
    assert idle.close() == [kept]
    assert idle.put("a", late) == [late]
    assert idle.take("a") == (None, [])
