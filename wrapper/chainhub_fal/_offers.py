"""Whether a server offers what only some do, as far as it has been tried."""

from __future__ import annotations

_BELIEVED = 3
_AGAIN = 100


class Offer:
    """Tried until it was refused three times in a row; then once in a hundred times.

    Shared by all that one client does, in any thread: a count that is off by one costs one try.
    """

    __slots__ = ("_passed", "_refusals")

    def __init__(self) -> None:
        self._refusals = self._passed = 0

    def worth_a_try(self) -> bool:
        """Tell whether it may be there, and count that it was asked."""
        if self._refusals < _BELIEVED:
            return True
        self._passed += 1
        return self._passed % _AGAIN == 0

    def taken(self) -> None:
        """Take note that it is there."""
        self._refusals = self._passed = 0

    def refused(self) -> None:
        """Take note that it was not there."""
        self._refusals += 1
