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


def pytest_collection_finish() -> None:
    """Leave what lives as long as the run, out of every search for garbage."""
    gc.collect()
    gc.freeze()


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
