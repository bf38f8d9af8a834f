"""Runs one batch through the storm: killed, left, cut off and started again until it has ended."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chainhub_fal import Row
from chainhub_fal.cli.exits import Exit
from chainhub_fal_sandbox import Sandbox

from .accounts import ENDED, UNSETTLED, Accounts
from .process import OUTAGE, SIGNALS, Blow, End, Order, live
from .storm import Storm, kinds_of

WEIGHTS = {"kill": 8, "interrupt": 2, "terminate": 1}
"""How often each of them ends a life of the batch, in proportion."""
OUTAGES = 0.2
"""The share of lives in which the sandbox goes away as well, and comes back."""
LATEST = 0.05
"""Seconds between the moment that was drawn and the blow; half of them fall at once."""
SLOWEST_LEAVE = 5.0
"""Seconds in which a batch that is asked to leave must have left, whatever is under way."""
BROKEN = {Exit.USAGE, Exit.EXTRA_MISSING, Exit.JOURNAL, Exit.INTERNAL, Exit.INTERRUPTED}
"""How no run may end that nobody told to leave; rows that failed have codes of their own."""
CALM_RUNS = 3
"""Undisturbed runs in which every input must come to its end."""
REQUESTS = 4
"""Requests of each kind for one job, at most, that a storm is spread over."""


@dataclass
class Campaign:
    """One batch that gets SIGKILL ``kills`` times, and is told to leave in between.

    ``wrong`` is what its accounts should not say, or that it ended before it could be killed so often.
    The seed draws the faults and the blows. Which request meets which of them depends on how the
    machine schedules threads and processes, so two runs of a seed are alike and not the same.
    """

    seed: int
    order: Order
    kills: int
    dialect: str = "gateway"
    tell: Callable[[str], object] = lambda _: None
    wrong: list[str] = field(default_factory=list)
    fallen: Counter[str] = field(default_factory=Counter)
    slowest_leave: float = 0.0

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)  # noqa: S311 - no secret
        self._sandbox = Sandbox(
            dialect=self.dialect,
            queue_seconds=0.01,
            run_seconds=0.02,
            workers=self.order.jobs,
            foreign_images="invent",
        )
        self._storm = Storm(self._sandbox, self._rng)
        self._accounts = Accounts(self._sandbox, self.order)
        self._began = time.monotonic()

    def run(self) -> str:
        """Run it to its end, or to the first thing wrong; return the figures in a line."""
        with self._sandbox:
            for _ in range(2 * self._lives):
                if self.wrong or self.fallen["kill"] == self.kills:
                    break
                self._live(self._draw())
                self.tell(self._figures())
            if not self.wrong:
                self._end_in_peace()
        return self._figures()

    @property
    def _lives(self) -> int:
        """How many lives of the batch it takes, by the weights."""
        return max(1, self.kills * sum(WEIGHTS.values()) // WEIGHTS["kill"])

    def _draw(self) -> list[Blow]:
        """Draw what ends the next life, within the share of the batch that is its own."""
        (name,) = self._rng.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))
        names = [name, OUTAGE] if self._rng.random() < OUTAGES else [name]
        return [self._blow(name) for name in names]

    def _blow(self, name: str) -> Blow:
        kind = self._rng.choice(kinds_of(self.dialect))
        after = self._rng.randrange(max(1, 2 * self.order.jobs // self._lives))
        delay = self._rng.choice([0.0, self._rng.uniform(0, LATEST)])
        return Blow(name, kind, after, delay)

    def _live(self, blows: Sequence[Blow] = ()) -> None:
        """Run the batch once, and hold the accounts together."""
        for blow in blows:
            blow.wait_in(self._sandbox, blow.after)
        if blows:
            self._storm.brew(max(20, REQUESTS * self.order.jobs // self._lives))
        end = live(self.order, self._sandbox, blows)
        fallen = {blow.name: blow for blow in blows if blow.fell_at is not None}
        self.fallen.update(fallen.keys())
        self._check_leave(fallen, end)
        struck = bool(SIGNALS.keys() & fallen)
        if not struck and end.code in BROKEN:
            self.wrong.append(f"the batch ended with {end.code}: {end.said}")
        # A batch that gives up (the storm holds refusals of the key) leaves like one that is told to.
        whole = not struck and "not tried" not in end.said
        self.wrong += self._accounts.unbalanced(self._accounts.rows(), ended_by_itself=whole)

    def _check_leave(self, fallen: Mapping[str, Blow], end: End) -> None:
        """Hold it to leaving at once when it is told to."""
        for name in fallen.keys() - {"kill", OUTAGE}:
            took = end.at - (fallen[name].fell_at or end.at)
            self.slowest_leave = max(self.slowest_leave, took)
            if took > SLOWEST_LEAVE or "Traceback" in end.said:
                self.wrong.append(f"{name}: left after {took:.1f} s, saying {end.said}")

    def _end_in_peace(self) -> None:
        """Run it undisturbed, until every row has ended: it may take more than one run."""
        rows: Sequence[Row] = ()
        for _ in range(CALM_RUNS):
            self._live()
            rows = self._accounts.rows()
            if len(rows) == self.order.jobs and all(row.state in ENDED for row in rows):
                break
        kills = self.fallen["kill"]
        self.wrong += [f"it was killed {kills} times, not {self.kills}"] * (kills < self.kills)
        self.wrong += self._accounts.torn(rows) + self._accounts.leaks()
        self.wrong += [f"{len(rows)} rows of {self.order.jobs}"] * (len(rows) != self.order.jobs)
        unknown = sum(row.state in UNSETTLED for row in rows)
        excused = self._storm.lost_answers() + self.fallen.total() * self.order.concurrency
        self.wrong += [f"{unknown} are unknown, {excused} could be"] * (unknown > excused)

    def _figures(self) -> str:
        rows = self._accounts.rows()
        states = Counter(row.state.value for row in rows)
        blows = ", ".join(f"{count} {name}" for name, count in sorted(self.fallen.items()))
        return (
            f"seed {self.seed} ({self.dialect}): {self.order.jobs} jobs, blows: {blows};"
            f" paid {self._sandbox.paid}, answers lost {self._storm.lost_answers()},"
            f" rows {dict(sorted(states.items()))}, slowest leave {self.slowest_leave:.1f} s,"
            f" {len(self._sandbox.calls)} requests in {time.monotonic() - self._began:.0f} s"
        )
