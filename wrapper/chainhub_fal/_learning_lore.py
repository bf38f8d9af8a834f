"""What is known of one endpoint, shared by all of its jobs under one lock."""

from __future__ import annotations

import math
import threading

from ._learning_lengths import Lengths
from ._learning_limits import PATIENCE
from ._learning_line import Line
from ._learning_values import number, table

COMPANY = 10
"""Jobs of one endpoint in flight at once of which a few can look ahead for the others."""
SCOUTS = 3
"""Of so many jobs that could be put off, one looks, so that an early end does not go unnoticed."""
CROWD = 100
"""Jobs of one endpoint in flight at once whose looks a machine can afford as often as they pay."""
VAST = 400
"""Jobs in flight at once beyond which even the longest waits stretch, where most have not ended:
to ask after thousands every half second keeps a machine so busy that all are told late."""


class Lore:
    """The queue's pace, the time jobs spend in the queue, and the time they take after it.

    ``price`` is the seconds of delay that one poll is worth; ``thrift``, 1 or more, stretches the
    bound on a wait before the usual length has passed: who finds a poll dear would rather be late.
    """

    def __init__(self, price: float, thrift: float) -> None:
        self.lock = threading.Lock()
        self.thrift = thrift
        self.line = Line()
        self.queued = Lengths(price)
        self.running = Lengths(price)
        self.flying = 0
        self._asked = 0

    @property
    def is_accompanied(self) -> bool:
        """Tell whether there are others enough for one job to rely on what they find."""
        return self.flying > COMPANY

    def sends_scout(self) -> bool:
        """Tell whether it is this job's turn to look: every third that asks."""
        self._asked += 1
        return self._asked % SCOUTS == 0

    @property
    def is_crowded(self) -> bool:
        """Tell whether there are more jobs than can be looked at as often as pays."""
        return self.flying > CROWD

    def affordable(self, wait: float) -> float:
        """Return a planned wait, longer in a crowd: its looks a second do not grow with it.

        But nobody waits any longer for the crowd's sake than ``patience`` is.
        """
        share = max(1.0, self.flying / CROWD)
        return max(wait, min(wait * share, self.patience))

    @property
    def patience(self) -> float:
        """Seconds below which no wait is called long, until the usual length has passed."""
        return PATIENCE * math.sqrt(max(1.0, self.flying / VAST))

    def known(self) -> dict[str, object]:
        """Return what was learned, as plain values."""
        with self.lock:
            return {
                "line": {"places": self.line.places, "seconds": self.line.seconds},
                "queued": self.queued.known(),
                "running": self.running.known(),
            }

    def restore(self, known: object) -> None:
        """Begin with what ``known`` returned once; raises ValueError for anything else."""
        values = table(known)
        line = table(values.get("line"))
        self.line = Line(number(line.get("places")), number(line.get("seconds")))
        self.queued.restore(values.get("queued"))
        self.running.restore(values.get("running"))
