"""The findings of one run: each broken rule once per operation, and never with the key in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..harness.findings import Finding
from ..harness.target import Target

Level = Literal["error", "warning"]
_LAYER = "conformance"
_LONGEST = 2_000  # characters of a message, which may quote a whole answer
_FILTERED = "'Authorization: [Filtered]'"  # what schemathesis writes in place of the header


@dataclass
class Collected:
    """Findings in the order in which they were made."""

    target: Target
    seed: int
    findings: list[Finding] = field(default_factory=list)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    @property
    def red(self) -> bool:
        """Whether anything was found that makes the run red."""
        return any(finding.level == "error" for finding in self.findings)

    def add(
        self,
        rule: str,
        operation: str,
        message: str,
        about: tuple[object, ...] = (),
        *,
        curl: str = "",
        level: Level = "error",
    ) -> None:
        """Add a finding, unless there is one of the same rule ``about`` the same thing.

        Without ``about`` the message tells two findings apart.
        """
        key = (rule, operation, *(about or (message,)))
        if key in self._seen:
            return
        self._seen.add(key)
        text = self._keyless(message)[:_LONGEST]
        line = self._keyless(curl.replace(_FILTERED, self._header()))
        self.findings.append(Finding(_LAYER, rule, operation, text, line, self.seed, level))

    def _header(self) -> str:
        scheme = self.target.authorization.partition(" ")[0]
        return f'"Authorization: {scheme} $API_KEY"'

    def _keyless(self, text: str) -> str:
        return text.replace(self.target.key, "$API_KEY") if self.target.key else text
