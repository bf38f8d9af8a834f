"""One job's looks, by what is known of its endpoint: before it is seen, in the queue, running."""

from __future__ import annotations

import math
from collections.abc import Mapping

from ._learning_lengths import Lengths
from ._learning_limits import LONGEST_WAIT, PATIENCE, longest, shortest, wished
from ._learning_lore import Lore
from ._learning_plan import EDGES, RATIO
from .status import State

_SPREAD = 0.2  # the random share of a wait, where others would come at the same moment
_CROWD_SPREAD = 0.1  # the same for a crowd, in which no two were submitted at the same moment
_LONGEST_SPREAD = 0.5  # seconds: enough for any crowd, and a look too early is a look in vain
_SCOUTING_SPREAD = 0.5  # the same for a look that is put off: to wake and put it off again is cheap
_UNLIKELY = 0.01  # the chance of an end that a crowd leaves to its scouts
_WORTH_WAITING = 0.05  # seconds; a look that is due sooner is not put off


class LearnedJob:
    """What it is told may be any nonsense; what it answers is bounded (``_learning_limits``)."""

    def __init__(self, lore: Lore) -> None:
        self._lore = lore
        self._tracked: Lengths | None = None  # the phase it was last seen in
        self._outlived = 0.0  # how much of that phase is known to have passed
        self._seen = 0.0  # the age at the last look that found it pending
        self._position: int | None = None
        self._front_at: float | None = None  # the first age at which nobody was ahead
        self._start = (0.0, 0.0)  # the ages between which it left the queue
        self._looks = 0
        self._is_put_off = False
        self._waited = 0.0
        self._spread = 0.0
        self._over = False
        with lore.lock:
            lore.flying += 1

    @property
    def spread(self) -> float:
        """The random share by which the wait may be cut short: none if alone, or at a wish."""
        return self._spread if self._lore.flying > 1 else 0.0

    def pending(self, age: float, state: str = "", position: object = None) -> None:
        """Take note of a look that found the job not ended, and where the server says it is."""
        with self._lore.lock:
            if self._over:
                return
            age = self._clean(age)
            if state == State.IN_QUEUE and self._tracked is not self._lore.running:
                self._stand_in_line(age, _place(position))
            else:
                self._run(age)
            self._seen = age

    def first(self, age: float) -> float:
        """Return the seconds to wait before the first look at a job that was submitted here."""
        with self._lore.lock:
            return self._wait(self._clean(age), self._unseen.plan.next_look(0.0), 0.0)

    def delay(self, age: float, retry_after: float | None = None) -> float:
        """Return the seconds to wait before the next look: no less than the server wishes."""
        with self._lore.lock:
            age = self._clean(age)
            return self._wait(age, self._due(age), wished(retry_after))

    def put_off(self, age: float) -> float:
        """Return by how many seconds to put off the look that is due; 0: look now.

        A bound wakes many jobs before a look at them pays. Where several wait side by side, a few
        of them go and look, and the others sleep on for as long as those find nothing ended.
        """
        with self._lore.lock:
            age = self._clean(age)
            if not self._may_be_put_off(age):
                return 0.0
            rest = self._rest(age)
            if rest < _WORTH_WAITING or self._lore.sends_scout():
                return 0.0
            wait = min(rest, self._longest(age))
            self._is_put_off = True
            self._waited += wait
            self._spread = _SPREAD if wait == rest else _SCOUTING_SPREAD
            return wait

    def _may_be_put_off(self, age: float) -> bool:
        """Tell whether others look meanwhile: in a crowd always, else once, before it was seen."""
        if not self._spread or self._tracked is self._lore.queued:
            return False  # it is alone, the server named the moment, or the queue has its own pace
        if not self._lore.is_crowded and (self._tracked or self._is_put_off):
            return False
        return self._lore.is_accompanied and self._spent(age) < self._phase.plan.usual

    def _rest(self, age: float) -> float:
        """Return the seconds until a look pays, by what is known now."""
        if self._lore.is_crowded:
            ends = self._phase.plan.hazard_at
            if ends(self._spent(age)) - ends(self._spent(self._seen)) < _UNLIKELY:
                return math.inf
        return self._due(self._seen) - age

    def _wait(self, age: float, due: float, wish: float) -> float:
        wait = min(self._lore.affordable(due - age), self._longest(age))
        wait = max(wait, shortest(self._looks, max(age, self._waited)), wish)
        share = _CROWD_SPREAD if self._lore.is_crowded else _SPREAD
        self._spread = 0.0 if wait == wish else min(share, _LONGEST_SPREAD / wait)
        self._looks += 1
        self._waited += wait
        return wait

    def _spent(self, age: float) -> float:
        """Return the seconds that a job of this age has spent in its phase."""
        return age - sum(self._start) / 2 if self._tracked is self._lore.running else age

    @property
    def _phase(self) -> Lengths:
        return self._tracked or self._unseen

    @property
    def _unseen(self) -> Lengths:
        """What a job that was not seen yet is judged by: a queue may be all that is known of."""
        queued, running = self._lore.queued, self._lore.running
        return running if running.weight or running.watched > queued.watched else queued

    def done(self, age: float, metrics: Mapping[str, object] | None = None) -> None:
        """Take note of the look that found the job ended, with what the server measured."""
        with self._lore.lock:
            if self._over:
                return
            if self._tracked is None and not self._looks:
                self._leave()  # it may have ended long ago: that is no news of how long it took
                return
            age = self._clean(age)
            phase = self._tracked
            self._leave()
            first, last = self._start
            span = (max(0.0, self._seen - last), age - first)
            measured = _inference_time(metrics)
            believed = span[0] < measured <= span[1]
            if phase is self._lore.queued:
                phase.ended((self._seen, age))
            if believed:
                self._lore.running.ended((measured / RATIO, measured))
            elif phase is not self._lore.queued:
                self._lore.running.ended(span)

    def abandoned(self, age: float) -> None:
        """Take note that nobody looks at the job any more; after ``done`` it changes nothing."""
        with self._lore.lock:
            if self._over:
                return
            self._seen = self._clean(age)
            phase = self._tracked
            self._leave()
            if phase is not None:
                phase.lost(self._outlived)

    def _clean(self, age: float) -> float:
        """Return an age that does not run backwards."""
        return age if self._seen <= age < math.inf else self._seen

    def _track(self, phase: Lengths, outlived: float) -> None:
        phase.moved(self._outlived if self._tracked is phase else None, outlived)
        self._tracked, self._outlived = phase, outlived

    def _leave(self) -> None:
        """Let go of the job: it is not in flight any more."""
        if self._tracked is not None:
            self._tracked.moved(self._outlived, None)
        self._over = True
        self._lore.flying -= 1

    def _stand_in_line(self, age: float, position: int | None) -> None:
        if position is not None and self._position is not None:
            places = self._position - position
            self._lore.line.moved(places, age - self._seen, self._lore.flying)
        self._position = position
        if position == 0 and self._front_at is None:
            self._front_at = age
        self._start = (age, age)
        self._track(self._lore.queued, age)

    def _run(self, age: float) -> None:
        if self._tracked is self._lore.queued:
            self._tracked.moved(self._outlived, None)
            self._tracked.ended((self._seen, age))
            self._start = (self._seen, age)
        self._track(self._lore.running, age - self._start[1])

    def _due(self, age: float) -> float:
        """Return the age at which the next look pays, all bounds left aside."""
        if age >= EDGES[-1]:
            return math.inf  # what has lasted so long may last as long again
        lore = self._lore
        if self._tracked is None:
            return self._unseen.plan.next_look(age)
        if self._tracked is lore.running:
            start = sum(self._start) / 2
            return start + lore.running.plan.next_look(age - start)
        return self._due_in_line(age)

    def _due_in_line(self, age: float) -> float:
        lore = self._lore
        if self._position is not None and lore.line.is_known:
            return age + lore.line.time_to_start(self._position) + self._soonest(age)
        if self._position:
            return age + longest(age)  # others come first; the next look tells how soon
        soonest = age + self._soonest(age) if lore.running.weight else age
        return max(lore.queued.plan.next_look(age), soonest)

    def _soonest(self, age: float) -> float:
        """Return the seconds until a look pays for a job that is in the queue and about to leave.

        A server may never say that a job runs: long at the front, it is taken to run.
        """
        plan = self._lore.running.plan
        at_front = age - self._front_at if self._front_at is not None else 0.0
        return max(plan.next_look(0.0), plan.next_look(at_front) - at_front)

    def _longest(self, age: float) -> float:
        """Return the bound on the next wait, in seconds."""
        if self._position and self._tracked is self._lore.queued and self._lore.line.is_known:
            soonest = self._lore.line.soonest_start(self._position)
            return min(LONGEST_WAIT, soonest + longest(age + soonest))
        spent, usual = self._spent(age), self._phase.plan.usual
        if spent >= usual:
            return longest(spent)
        fair = longest(spent, self._lore.patience) * self._lore.thrift
        return min(LONGEST_WAIT, fair, usual - spent + PATIENCE)


def _place(position: object) -> int | None:
    """Return a queue position, None for what cannot be one."""
    good = isinstance(position, int) and not isinstance(position, bool) and position >= 0
    return position if good else None  # type: ignore[return-value]


def _inference_time(metrics: Mapping[str, object] | None) -> float:
    """Return the seconds that the server says it worked; NaN, which is in no span, otherwise."""
    value = metrics.get("inference_time") if isinstance(metrics, Mapping) else None
    if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
        return float(value)
    return math.nan
