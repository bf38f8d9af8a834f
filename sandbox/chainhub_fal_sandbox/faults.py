"""Scripted misbehaviour: what a fault is, and the switchboard that says when it happens."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal
from urllib.parse import urlsplit

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.dialects import Dialect
from chainhub_fal_sandbox.events import Blocks
from chainhub_fal_sandbox.exchange import QUEUE_KINDS, Exchange
from chainhub_fal_sandbox.rules import Rules

Refusal = Callable[[Exchange, Dialect], Answer]
Alteration = Callable[[Answer, Exchange], Answer]
StreamAlteration = Callable[[Blocks, Exchange], Blocks]
BodyKind = Literal["json", "html", "empty"]

URL_FIELDS = ("response_url", "status_url", "cancel_url")
_ERROR_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1><hr>nginx</body></html>"


class Delivery(StrEnum):
    """How far an exchange gets before the connection is closed, or falls silent.

    A stream is closed by HALF within its second block, or within the first if there is no
    other, and stalls after the first.
    """

    WHOLE = "answered"
    UNREAD = "closed before the body is read"
    READ = "closed after the body was read, with nothing done"
    DONE = "closed after the work was done, without an answer"
    HEADERS = "closed after the headers of the answer"
    HALF = "closed after half the body of the answer"
    STALLED = "silent after half the body of the answer, until the client leaves"


@dataclass(frozen=True)
class Fault:
    """One way to misbehave, as data.

    operation: submit, status, stream, result, cancel, file, or `any` for those of the queue.
    refuse: answers in place of the work; nothing is queued.
    bend: replaces a rule of the work. alter: changes the answer of the work.
    events: remakes the blocks of a stream; an answer of another form it leaves alone.
    delivery, reset: where the connection is closed, and whether with a TCP reset.
    seconds: how long the finished answer is held back.
    """

    name: str = "unnamed"
    operation: str = "any"
    description: str = ""
    refuse: Refusal | None = None
    bend: Callable[[Rules], Rules] | None = None
    alter: Alteration | None = None
    events: StreamAlteration | None = None
    delivery: Delivery = Delivery.WHOLE
    reset: bool = False
    seconds: float = 0.0

    @staticmethod
    def named(name: str) -> Fault:
        """Return a fault of the catalogue; raises KeyError that lists the names."""
        # Faults are entries of the catalogue, which therefore must be able to import this module.
        from chainhub_fal_sandbox.catalogue import CATALOGUE  # noqa: PLC0415

        if name not in CATALOGUE:
            raise KeyError(f"no fault is named {name!r}: choose one of {', '.join(CATALOGUE)}")
        return CATALOGUE[name]

    @staticmethod
    def status(
        code: int, *, retry_after: float | str | None = None, body: BodyKind = "json"
    ) -> Fault:
        """Answer with an error status; `retry_after` is in seconds, or an HTTP date."""
        wait = {} if retry_after is None else {"retry-after": str(retry_after)}

        def refuse(_: Exchange, dialect: Dialect) -> Answer:
            if body == "empty":
                return Answer(code, b"", wait)
            if body == "html":
                return Answer.html(code, _ERROR_PAGE.format(code)).with_headers(wait)
            return dialect.refused(code, f"the sandbox was told to answer {code}").with_headers(
                wait
            )

        return Fault(refuse=refuse)

    @staticmethod
    def slow(seconds: float) -> Fault:
        """Do the work, then hold the answer back."""
        return Fault(seconds=seconds)

    @staticmethod
    def drop(delivery: Delivery, *, reset: bool = False) -> Fault:
        """Close the connection at a point of the exchange."""
        return Fault(delivery=delivery, reset=reset)

    @staticmethod
    def redirect(code: int = 302, to: str | None = None) -> Fault:
        """Redirect the same path to the origin `to`; None is the sandbox's foreign host."""

        def refuse(exchange: Exchange, _: Dialect) -> Answer:
            return Answer(code, b"", {"location": f"{to or exchange.foreign}{exchange.path}"})

        return Fault(refuse=refuse)

    @staticmethod
    def foreign_urls(to: str | None = None) -> Fault:
        """Move the URLs of an answer to the origin `to`; None is the sandbox's foreign host."""

        def alter(answer: Answer, exchange: Exchange) -> Answer:
            return answer.edited(lambda value: _move_urls(value, to or exchange.foreign))

        return Fault(alter=alter)

    @staticmethod
    def fields(**changes: object) -> Fault:
        """Overwrite fields of a JSON answer, or of each event of a stream."""

        def alter(answer: Answer, _: Exchange) -> Answer:
            return answer.edited(lambda value: value.update(changes))

        return Fault(alter=alter)


def _move_urls(value: dict[str, object], origin: str) -> None:
    for name in URL_FIELDS:
        if name in value:
            value[name] = origin + urlsplit(str(value[name])).path


@dataclass
class _Plan:
    operation: str
    fault: Fault
    skip: int
    left: int | None


@dataclass
class Switchboard:
    """Which fault happens at which occurrence of which operation; safe from any thread.

    `ids` translates the contract's operation ids, so that either word can be used.
    """

    ids: Callable[[str], str] = field(default=lambda name: name)
    _plans: list[_Plan] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, operation: str, fault: Fault, *, times: int | None = 1, after: int = 0) -> None:
        """Let a fault happen `times` times (None: always) after `after` undisturbed requests.

        Faults of one operation happen in the order in which they were added. Raises ValueError
        for an operation that does not exist.
        """
        kind = self.ids(operation)
        if kind not in (*QUEUE_KINDS, "file", "any"):
            known = ", ".join((*QUEUE_KINDS, "file", "any"))
            raise ValueError(f"no operation is named {operation!r}: choose one of {known}")
        with self._lock:
            self._plans.append(_Plan(kind, replace(fault, operation=kind), after, times))

    def clear(self) -> None:
        """Switch every fault off."""
        with self._lock:
            self._plans.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault for this occurrence of an operation, and count it."""
        with self._lock:
            for plan in self._plans:
                matches = plan.operation in (operation, "any") and operation
                if not matches or plan.left == 0:
                    continue
                if plan.operation == "any" and operation not in QUEUE_KINDS:
                    continue
                if plan.skip > 0:
                    plan.skip -= 1
                    continue
                plan.left = None if plan.left is None else plan.left - 1
                return plan.fault
        return None
