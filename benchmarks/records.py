"""Reads the recorded runs: one JSON file for each scenario, written by the runner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .figures import Spread, paired


@dataclass(frozen=True)
class Record:
    """One scenario's recorded rounds."""

    values: dict[str, Any]

    @property
    def name(self) -> str:
        """The scenario's name."""
        return str(self.values["scenario"])

    @property
    def rounds(self) -> list[dict[str, dict[str, Any]]]:
        """Each round's outcomes by peer."""
        rounds: list[dict[str, dict[str, Any]]] = self.values.get("rounds", [])
        return rounds

    @property
    def peers(self) -> list[str]:
        """Who was to take part."""
        return list(self.rounds[0]) if self.rounds else []

    @property
    def present(self) -> list[str]:
        """Who took part, but for those whose client has no such feature."""
        return [peer for peer in self.peers if not self.not_offered(peer)]

    def not_offered(self, peer: str) -> str:
        """Return why a peer did not take part; nothing if it did."""
        if peer not in self.peers:
            return "it does not take part"
        return str(self.rounds[0][peer].get("not_offered", ""))

    def column(self, peer: str, field: str) -> list[float | None]:
        """Return a value of each round; None where a round has none."""
        return [one_round.get(peer, {}).get(field) for one_round in self.rounds]

    def spread(self, peer: str, field: str) -> Spread | None:
        """Return a value's spread over the rounds that have it."""
        known = [value for value in self.column(peer, field) if value is not None]
        return Spread.of(known) if known else None

    def middle(self, peer: str, field: str) -> float | None:
        """Return a value's median over the rounds that have it."""
        spread = self.spread(peer, field)
        return spread.middle if spread else None

    def ratio(self, peer: str, base: str, field: str) -> Spread | None:
        """Return the ratio of two peers' values, paired by round."""
        return paired(self.column(peer, field), self.column(base, field))

    def total(self, peer: str, field: str) -> float | None:
        """Return a value's sum over the rounds; None where nothing is known."""
        known = [value for value in self.column(peer, field) if value is not None]
        return sum(known) if known else None

    @property
    def asked(self) -> float:
        """How many jobs every client had, in all rounds."""
        return float(self.values["jobs"]) * len(self.rounds)

    def lost(self, peer: str) -> float | None:
        """Return how many jobs came to no result, in all rounds; None where it took no part."""
        if self.not_offered(peer):
            return None
        finished = self.total(peer, "finished") or 0
        return self.asked - finished

    def failures(self, peer: str) -> dict[str, int]:
        """Return the errors by name, over all rounds."""
        counted: dict[str, int] = {}
        for one_round in self.rounds:
            for name, count in one_round.get(peer, {}).get("failed", {}).items():
                counted[name] = counted.get(name, 0) + count
        return counted


def read_records(folder: Path, order: Sequence[str]) -> dict[str, Record]:
    """Return the records that there are, in this order."""
    records = {}
    for name in order:
        path = folder / f"{name}.json"
        if path.is_file():
            records[name] = Record(json.loads(path.read_text()))
    return records
