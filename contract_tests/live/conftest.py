"""What the live checks' own tests share: a purse and a gate over a transport made by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from chainhub_fal_sandbox import Sandbox

from ..contract import Contract
from ..harness.target import Dialect
from .gate import Gate, GatedTarget, Pace
from .routes import Routes
from .spending import Purse

CONTRACT = Contract.load()
KEY = "sk-live-0123456789abcdef"
URL = "https://gateway.example"
Handler = Callable[[httpx.Request], httpx.Response]


class Rig:
    """A gate whose requests end in a function, and what the purse told."""

    def __init__(self, cap: int, handler: Handler, dialect: Dialect = "gateway") -> None:
        self.sent: list[httpx.Request] = []
        self.told: list[str] = []
        self._handler = handler
        routes = Routes(CONTRACT, URL)
        self.purse = Purse(cap, CONTRACT, routes, KEY, self.told.append)
        self.gate = Gate(self.purse, Pace(1e9), httpx.MockTransport(self._answer))
        self.target = GatedTarget(URL, KEY, dialect, gate=self.gate)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self._handler(request)


@pytest.fixture(params=["gateway", "fal"])
def server(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox that answers as the live gateway may: a web page where nothing is routed."""
    with Sandbox(dialect=request.param) as started:
        yield started
