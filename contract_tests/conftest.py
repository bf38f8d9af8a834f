"""What holds for every test: nothing leaves loopback, no setting leaks in, both colours run."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from typing import cast

import pytest

from .drive import DRIVES, Colour, Drive
from .loopback import LeftLoopback, take_attempts

_PROXIES = {"http_proxy", "https_proxy", "all_proxy", "no_proxy"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Draw once, and leave what lives as long as the run out of every search for garbage."""
    if any(_draws(item) for item in session.items):
        _draw()
    gc.collect()
    gc.freeze()


def _draws(item: pytest.Item) -> bool:
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


def _draw() -> None:
    """Have Hypothesis read the constants of all modules now.

    In a fresh checkout that takes seconds, which its health check would hold against the strategy of
    whichever test happens to draw first.
    """
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 - only where it is used
    from hypothesis import strategies as st  # noqa: PLC0415

    @settings(
        deadline=None,
        phases=[Phase.generate],
        database=None,
        max_examples=10,  # one number in twenty is drawn from the constants: 200 ask for them
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(st.integers(), min_size=20, max_size=20))
    def draw(_: list[int]) -> None:
        pass

    draw()


@pytest.fixture(autouse=True)
def _apart_from_the_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith("CHAINHUB_") or name.lower() in _PROXIES:
            monkeypatch.delenv(name)
    take_attempts()
    yield
    if attempts := take_attempts():
        raise LeftLoopback(f"this test tried to leave the machine: {', '.join(attempts)}")


@pytest.fixture(params=DRIVES)
def drive(request: pytest.FixtureRequest) -> Iterator[Drive]:
    """Make clients of one colour; a test that asks for this runs once in each."""
    found = DRIVES[cast("Colour", request.param)]()
    try:
        yield found
    finally:
        found.close()
