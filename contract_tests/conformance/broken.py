"""A broken rule of the queue, as a failure that schemathesis reports."""

from __future__ import annotations

from typing import ClassVar

from schemathesis.core.failures import Failure


class BrokenRule(Failure):
    """One of the rules of ``semantics`` is broken; ``curl`` repeats a request outside of a case."""

    kind_title: ClassVar[str] = "The queue contradicts itself"
    __slots__ = ("curl", "rule")

    def __init__(self, operation: str, rule: str, message: str, curl: str = "") -> None:
        super().__init__(operation=operation, message=f"{rule}: {message}")
        self.rule, self.curl = rule, curl

    @property
    def _unique_key(self) -> str:
        return self.rule  # two rules broken at one operation are two failures
