"""How fast a queue moves, learned from the positions of all jobs that wait in it."""

from __future__ import annotations

import math

_CAUTION = 1.0  # standard deviations that a start may come before its time
_MEMORY = 50.0  # places; a queue's pace changes with the machines behind it
_SPEED_UP = 4.0  # times as fast as it was: machines that are added, or one that is free again
_UNSEEN = 2.0  # places that may pass just after the last look


class Line:
    """The pace of one endpoint's queue."""

    __slots__ = ("places", "seconds")

    def __init__(self, places: float = 0.0, seconds: float = 0.0) -> None:
        self.places = places
        self.seconds = seconds

    @property
    def is_known(self) -> bool:
        """Tell whether the queue has been seen to move."""
        return self.places > 0 and self.seconds > 0

    def moved(self, places: int, seconds: float, watchers: int) -> None:
        """Take note that a job moved up so many places in so many seconds, or back.

        ``watchers`` jobs see the same queue move: what each of them saw counts for its share.
        """
        if seconds <= 0:
            return
        share = min(1.0, _MEMORY / max(places, 1)) / watchers  # of many places, as many seconds
        forward = max(places, 0) * share
        seconds *= share
        fade = 1 - forward / (_MEMORY + forward)
        self.places = self.places * fade + forward
        self.seconds = self.seconds * fade + seconds

    def soonest_start(self, position: int) -> float:
        """Return the seconds that a job with so many ahead of it waits though the queue speeds up.

        A job may be looked at so much later, and no end is noticed late: the pace is taken to be
        as much quicker as it may turn, and a little more where few places were seen to pass.
        """
        return position * self.seconds / (self.places + _UNSEEN) / _SPEED_UP

    def time_to_start(self, position: int) -> float:
        """Return the seconds that a job with so many ahead of it waits at least, in all likelihood.

        That is the expected time, less what the pace and chance leave open; 0 for an unknown pace.
        """
        if not self.is_known or position <= 0:
            return 0.0
        doubt = _CAUTION * math.sqrt(1 / self.places + 1 / position)
        return position * self.seconds / self.places / (1 + doubt)
