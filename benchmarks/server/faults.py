"""Which reads go wrong, and how: the same for every client that asks for the same job as often."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("503", "429", "reset", "502")
RETRY_AFTER = 1
"""Seconds, as a 429 says them."""
_MIX = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Faults:
    """A share of reads goes wrong, each kind as often."""

    share: float = 0.0
    seed: int = 0

    def of(self, number: int, read: int) -> str | None:
        """Return the kind of fault for this read of this job, None for an honest answer."""
        if not self.share:
            return None
        drawn = _scatter(_scatter(self.seed + number) + read)
        if (drawn >> 32) / 2**32 >= self.share:
            return None
        return KINDS[drawn % len(KINDS)]


def _scatter(value: int) -> int:
    """Mix the bits of a number (splitmix64), so that neighbours have nothing in common."""
    value = (value + _MIX) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
