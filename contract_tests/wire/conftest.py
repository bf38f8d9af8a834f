"""The fixtures of the wire tests: a router for each dialect, and a client that speaks to one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chainhub_fal import Backoff, Client
from chainhub_fal.flows import cancelling, downloading, submitting

from ..drive import Drive
from .router import SpecRouter
from .samples import CONTRACT, FAL, GATEWAY, KEY, Connect, at_once


@pytest.fixture(autouse=True)
def _tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next try follow at once: how long it waits is seen in the flows' own tests."""
    for flow in (cancelling, downloading, submitting):
        monkeypatch.setattr(flow, "RETRY_DELAYS", Backoff(0.001, 1.0, 0.001))


@pytest.fixture
def router() -> Iterator[SpecRouter]:
    """Give the routes of the gateway."""
    with SpecRouter(CONTRACT, base_url=GATEWAY, key=KEY, scheme="Bearer") as found:
        yield found


@pytest.fixture
def fal_router() -> Iterator[SpecRouter]:
    """Give the routes of fal itself."""
    with SpecRouter(CONTRACT, base_url=FAL, key=KEY, scheme="Key") as found:
        yield found


@pytest.fixture
def connect(drive: Drive) -> Connect:
    """Give what makes clients."""

    def make(router: SpecRouter, **options: Any) -> Client:
        chosen = {
            "transport": router.transport,
            "api_key": KEY,
            "base_url": router.base_url,
            "schedule": at_once,
            "missing_patience": 0.03,
            **options,
        }
        return drive.client(**chosen)

    return make
