"""The weather: faults of the sandbox's catalogue at every stage, drawn from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from chainhub_fal_sandbox import Fault, Sandbox
from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.catalogue import CATALOGUE
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Delivery

SHARES = {"submit": 0.25, "status": 0.25, "stream": 0.5, "result": 0.25, "file": 0.15}
"""Which share of the requests of each kind is disturbed."""
LONGEST = 0.4
"""Seconds that an answer is held back; the catalogue's own half minute would only cost time."""
_CLEAR_ERRORS = 500  # below it, and with 503, nothing was queued and the client can know it
_LEFT_OUT = {
    "submit-same-id": "jobs that share an id cannot be counted",
    "stream-stalled": "twenty seconds of silence would only cost time",
    "stream-never": "twenty seconds of silence would only cost time",
    "file-other-type": "a whole picture of another kind is no damage that a client could see",
}


class Storm:
    """Disturbs one sandbox; ``torn`` counts tickets that were cut off or came without their id."""

    def __init__(self, sandbox: Sandbox, rng: random.Random) -> None:
        self.torn = 0
        self._sandbox = sandbox
        self._rng = rng
        slow_cut = Fault(delivery=Delivery.HALF, seconds=LONGEST)
        self._faults = {
            kind: [*(f for n, f in CATALOGUE.items() if f.operation == kind and n not in _LEFT_OUT), slow_cut]
            for kind in SHARES
        }  # fmt: skip

    def brew(self, requests: int) -> None:
        """Disturb the next ``requests`` of each kind, each share of them at places of its own."""
        for kind, share in SHARES.items():
            for _ in range(round(requests * share)):
                fault = self._rng.choice(self._faults[kind])
                self._sandbox.faults.add(kind, self._ready(kind, fault), after=self._rng.randrange(requests))  # fmt: skip

    def lost_answers(self) -> int:
        """Return how many submits got no clear answer: what happened to them nobody can know."""
        unclear = (
            call.status is None or (call.status >= _CLEAR_ERRORS and call.status != 503)
            for call in self._sandbox.calls_to("submit")
        )
        return self.torn + sum(unclear)

    def _ready(self, kind: str, fault: Fault) -> Fault:
        fault = replace(fault, seconds=min(fault.seconds, LONGEST))
        if kind != "submit" or fault.refuse is not None:
            return fault
        return replace(fault, alter=self._watched(fault))

    def _watched(self, fault: Fault) -> Callable[[Answer, Exchange], Answer]:
        def alter(answer: Answer, exchange: Exchange) -> Answer:
            altered = fault.alter(answer, exchange) if fault.alter else answer
            # Without an answer the sandbox's own record has no status, and is counted by that.
            if fault.delivery is not Delivery.DONE:
                whole = fault.delivery is Delivery.WHOLE and b'"request_id"' in altered.body
                self.torn += not whole
            return altered

        return alter


def kinds_of(dialect: str) -> Sequence[str]:
    """Return the kinds of request that a client makes in this dialect."""
    # The gateway documents no status route, so its result route is what is polled; fal is heard.
    return ("submit", *(["stream"] if dialect == "fal" else []), "result", "file")
