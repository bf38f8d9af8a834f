"""Runs flows for real: the only place that sleeps, reads a clock, opens a socket or a file.

The loop is the same in two colours, here and in ``_drivers_async``; every decision is in the flow.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ._choosing import transport_for
from ._ears import OF_EARS, Ear
from ._effects import (
    SHORTEST_TIMEOUT,
    Answer,
    Call,
    Download,
    Downloaded,
    Effect,
    Flow,
    Keep,
    Load,
    Notice,
    Pause,
    Steps,
)
from ._pace import Pacer
from ._transport import STREAMS, Opening, Transport
from ._wires import no_turn
from .errors import ChainHubError
from .settings import Settings

if TYPE_CHECKING:
    import httpx

R = TypeVar("R")

_log = logging.getLogger(__name__)


def log_retry(notice: object) -> None:
    """Log what is tried again, where a flow is run for its result alone."""
    if isinstance(notice, ChainHubError):
        _log.info("trying again: %s", notice.problem)


def duration(pause: Pause) -> float:
    """Draw the random share: where many clients wait, they must not wake together."""
    return pause.seconds * (1 - pause.spread * random.random())  # noqa: S311 - no secret


def _end(steps: Steps[Any], ear: Ear) -> None:
    try:
        steps.close()
    finally:
        ear.close()


class Driver:
    """Carries out effects over a sync transport."""

    def __init__(
        self,
        transport: Transport,
        settings: Settings,
        pacer: Pacer | None = None,
        *,
        borrowed: bool = False,
        streams: threading.Semaphore | None = None,
    ) -> None:
        self.transport = transport
        self.settings = settings
        self.pacer = pacer or Pacer()
        self.borrowed = borrowed
        self._streams = streams or threading.Semaphore(STREAMS)

    @classmethod
    def of(cls, client: httpx.Client | None, settings: Settings) -> Self:
        """Make a driver over the caller's HTTP client, or over connections of its own."""
        return cls(transport_for(client, settings), settings, borrowed=client is not None)

    def with_settings(self, settings: Settings) -> Self:
        """Return a driver with other settings over the same connections."""
        return type(self)(
            self.transport, settings, self.pacer, borrowed=self.borrowed, streams=self._streams
        )

    def run(self, flow: Flow[R]) -> R:
        """Run a flow to its end and return its result; what is tried again is logged."""
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := self._next(steps, ear)) is not None:
                log_retry(notice.value)
            return steps.result
        finally:
            _end(steps, ear)

    def iterate(self, flow: Flow[object]) -> Iterator[object]:
        """Run a flow and yield its notices as they come."""
        steps, ear = Steps(flow), self._ear()
        try:
            while (notice := self._next(steps, ear)) is not None:
                yield notice.value
        finally:
            _end(steps, ear)

    def _ear(self) -> Ear:
        return Ear(self.transport, self._streams, self._turn)

    def _next(self, steps: Steps[Any], ear: Ear) -> Notice | None:
        """Carry out what a flow asks for, up to its next notice; None: it has ended."""
        for effect in steps:
            if isinstance(effect, Notice):
                return effect
            try:
                performer = ear if isinstance(effect, OF_EARS) else self
                steps.reply = performer.perform(effect)
            except BaseException as failure:  # noqa: BLE001 - errors are replies, Ctrl-C too: the flow decides
                steps.failure = failure
        return None

    def perform(self, effect: Effect) -> object:
        """Carry out one effect and return its reply, or raise what is to be thrown."""
        match effect:
            case Call():
                return self._call(effect)
            case Pause():
                if effect.seconds > 0:  # else it only asks for the time
                    time.sleep(duration(effect))
                return time.monotonic()
            case Download():
                return self._download(effect)
            case _:
                return on_disk(effect)

    def _call(self, call: Call) -> Answer:
        began = time.monotonic()
        if wait := self._turn(call.patience):
            time.sleep(wait)
        return self.transport.exchange(what_is_left(call, began))

    def _turn(self, patience: float) -> float:
        return turn(self.pacer, patience, self.settings)

    def _download(self, download: Download) -> Downloaded:
        return self.transport.download(download, opening(download))


def what_is_left(call: Call, began: float) -> Call:
    """Return a call that has waited for its turn since then, so that it still ends in time.

    Raises NoAnswerError when its turn came too late: a busy machine may wake it long afterwards.
    """
    left = call.within - (time.monotonic() - began)
    if left < call.least:
        raise no_turn(call.patience, "its turn came too late")
    if left >= call.timeout:
        return call
    return replace(call, timeout=max(SHORTEST_TIMEOUT, left), within=left)


def turn(pacer: Pacer, patience: float, settings: Settings) -> float:
    """Return the seconds until a request may be sent; raises NoAnswerError when it is too long."""
    wait = pacer.reserve(time.monotonic(), settings.max_rate, patience)
    if wait is None:
        raise no_turn(patience, f"max_rate is {settings.max_rate:g} a second and others wait")
    return wait


def opening(download: Download) -> Opening:
    """Return what opens a download's temporary file."""
    from ._disk import opened  # noqa: PLC0415 - loaded with the first file

    return opened(download.folder, download.part)


def on_disk(effect: Effect) -> object:
    """Carry out what touches the disk; raises TypeError for what does not."""
    from . import _disk  # noqa: PLC0415 - loaded with the first file

    match effect:
        case Load():
            return _disk.load(effect)
        case Keep():
            return _disk.keep(effect)
        case _:
            raise TypeError(f"no driver carries out {type(effect).__name__}")
