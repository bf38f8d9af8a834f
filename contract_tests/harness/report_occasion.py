"""What all reports of one start of the command have in common: when, how long, with what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from ..contract import Contract

_SHOWN = 16  # hexadecimal digits of a hash: enough to tell two contracts apart


@dataclass(frozen=True)
class Occasion:
    """A start of the command; ``started`` is in UTC, and ``command`` repeats it."""

    command: str
    started: datetime
    seconds: float
    version: str
    digest: str

    @classmethod
    def of(
        cls, command: str, started: datetime, ended: datetime, contract: Contract, file: Path
    ) -> Self:
        """Describe a run that has ended, with the contract as it stands in its file."""
        info = contract.document.get("info")
        version = str(info.get("version", "")) if isinstance(info, Mapping) else ""
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return cls(command, started, (ended - started).total_seconds(), version, digest)

    @property
    def when(self) -> str:
        """The start, to the second, in UTC."""
        return f"{self.started:%Y-%m-%d %H:%M:%S} UTC"

    @property
    def contract(self) -> str:
        """The contract's version and the beginning of its hash."""
        return f"{self.version or 'no version'}, sha256 {self.digest[:_SHOWN]}"
