"""What a layer of the harness reports: findings, and a ledger of what it exercised."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ..contract import Contract
from .target import Target

Polarity = Literal["valid", "invalid"]


@dataclass(frozen=True)
class Finding:
    """One broken rule: where, what was seen, and how to see it again.

    ``layer`` is suite, semantics or conformance; ``rule`` a short stable name; ``operation`` an
    operationId; ``curl`` a line that repeats it, with the key as ``$API_KEY``; a warning does not
    make a run red.
    """

    layer: str
    rule: str
    operation: str
    message: str
    curl: str = ""
    seed: int | None = None
    level: Literal["error", "warning"] = "error"


@dataclass
class Ledger:
    """Counts what was really exercised; safe to use from several threads."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    """By operation and status."""
    keywords: Counter[tuple[str, str, str, Polarity]] = field(default_factory=Counter)
    """By operation, place (``body.num_images``, ``query.logs``), keyword and polarity."""
    phases: Counter[str] = field(default_factory=Counter)
    """By phase: requests sent in it."""
    reads: Counter[tuple[str, int, str, str]] = field(default_factory=Counter)
    """By operation, status, place (``body.logs[].level``) and keyword: answers it was held to."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, operation: str, status: int) -> None:
        """Note that an operation was answered with a status."""
        with self._lock:
            self.answers[operation, status] += 1

    def keyword(self, operation: str, place: str, keyword: str, polarity: Polarity) -> None:
        """Note that a keyword was tried with a value that keeps or breaks it."""
        with self._lock:
            self.keywords[operation, place, keyword, polarity] += 1

    def phase(self, name: str) -> None:
        """Note one request of a phase."""
        with self._lock:
            self.phases[name] += 1

    def read(self, operation: str, status: int, place: str, keyword: str) -> None:
        """Note that an answer held a value that a keyword of its schema speaks of."""
        with self._lock:
            self.reads[operation, status, place, keyword] += 1


class Layer(Protocol):
    """Anything that tests a target: returns its findings, notes what it did in the ledger."""

    def __call__(
        self, target: Target, contract: Contract, ledger: Ledger, *, seed: int, first: bool
    ) -> list[Finding]:
        """Test; with ``first`` it may stop at the first finding that is an error."""
