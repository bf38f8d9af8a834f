"""The findings of one run: each rule once for each operation, and the end of a run cut short."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..harness.findings import Finding
from .exchange import Seen, UnansweredError


class EnoughError(Exception):
    """The run stops here: one finding was asked for, or more of them would take too long."""


@dataclass
class Report:
    """Collects findings; ``steps`` are those of a random walk, which no curl line repeats."""

    seed: int
    first: bool
    findings: list[Finding] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    breaches: int = 0
    """Broken rules so far, those included that were noted before."""
    _known: set[tuple[str, str]] = field(default_factory=set)

    def add(self, rule: str, seen: Seen, message: str) -> None:
        """Note a broken rule; raises EnoughError if one is all that was asked for."""
        self.note(rule, seen.operation, message, seen.curl)

    def unanswered(self, error: UnansweredError) -> None:
        """Note a request without an answer; raises EnoughError if the next would take as long."""
        self.note("answers", error.operation, f"no answer came: {error}", error.curl)
        if error.late:
            raise EnoughError

    def note(
        self,
        rule: str,
        operation: str,
        message: str,
        curl: str = "",
        level: Literal["error", "warning"] = "error",
    ) -> None:
        """Note a finding in full, unless the same rule broke at the same operation before."""
        self.breaches += level == "error"
        if (rule, operation) in self._known:
            return
        self._known.add((rule, operation))
        walk = f" (after {', '.join(self.steps)})" if self.steps else ""
        self.findings.append(
            Finding("semantics", rule, operation, message + walk, curl, self.seed, level)
        )
        if self.first and level == "error":
            raise EnoughError
