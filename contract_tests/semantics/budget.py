"""What a run may cost: how many submits it may send that a server could have accepted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from http import HTTPStatus

# Answers of 4xx after which nobody knows whether the job was taken.
_DOUBTFUL = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT})


class SpentError(Exception):
    """The next submit would be one more than was allowed; it was not sent."""


@dataclass
class Budget:
    """``jobs`` is the number of submits allowed, each of them a paid job; None sets no limit."""

    jobs: int | None = None
    spent: int = 0

    @property
    def left(self) -> float:
        """How many submits are still allowed."""
        return math.inf if self.jobs is None else self.jobs - self.spent

    def spend(self) -> None:
        """Count a submit before it is sent; raises SpentError when none is left."""
        if self.left < 1:
            raise SpentError
        self.spent += 1

    def refund(self, status: int) -> None:
        """Take the last submit back if its answer says plainly that nothing was queued.

        No answer, a redirect or an error of the server leave it counted.
        """
        if 400 <= status < 500 and status not in _DOUBTFUL:
            self.spent -= 1
