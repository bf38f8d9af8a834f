"""Random walks over the queue: any step on any job, in any order, held to the model of a job."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import cast

from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)

from .bench import Bench
from .budget import SpentError
from .endpoints import Endpoint
from .exchange import UnansweredError
from .jobs import Job
from .report import EnoughError

WALKS, STEPS, JOBS = 20, 14, 3


@dataclass
class _Place:
    """Where a walk keeps a job: Hypothesis must see the same places, whatever the target says."""

    number: int
    job: Job | None = None


class _Queue(RuleBasedStateMachine):
    """The steps of one walk, on the jobs that it has submitted itself."""

    places = Bundle("places")

    def __init__(self, walked: _Walked) -> None:
        super().__init__()
        self._walked, self._submitted = walked, 0
        walked.bench.report.steps.clear()

    @precondition(lambda self: self._submitted < JOBS)
    @rule(target=places, which=st.integers(0, 7))
    def submit(self, which: int) -> _Place:
        self._submitted += 1
        place = _Place(self._submitted)
        self._walked.step("submit", partial(self._walked.submit, place, which))
        return place

    @rule(place=places, logs=st.sampled_from((None, 0, 1)))
    def look(self, place: _Place, logs: int | None) -> None:
        self._on(place, "look at", partial(self._walked.bench.look, logs=logs))

    @rule(place=places, logs=st.sampled_from((None, 0, 1)))
    def listen(self, place: _Place, logs: int | None) -> None:
        listen = partial(self._walked.bench.listen, logs=logs, briefly=True)
        self._on(place, "listen to", listen)

    @rule(place=places)
    def fetch(self, place: _Place) -> None:
        self._on(place, "fetch", self._walked.bench.fetch)

    @rule(place=places)
    def cancel(self, place: _Place) -> None:
        self._on(place, "cancel", self._walked.bench.cancel)

    def _on(self, place: _Place, name: str, take: Callable[[Job], None]) -> None:
        if place.job is not None:
            self._walked.step(f"{name} job {place.number}", partial(take, place.job))


class _Walked:
    """Stops at the first broken rule, and keeps what stopped it.

    Nothing is raised through Hypothesis, which would send the same steps again, to a queue that
    has moved on, and call the difference flaky.
    """

    def __init__(self, bench: Bench, endpoints: Sequence[Endpoint]) -> None:
        self.bench, self._endpoints = bench, endpoints
        self.stopped: EnoughError | UnansweredError | None = None

    def submit(self, place: _Place, which: int) -> None:
        """Submit to one of the endpoints, and keep the job in its place."""
        endpoint = self._endpoints[which % len(self._endpoints)]
        with suppress(SpentError):  # Hypothesis may begin more walks than were asked for
            place.job = self.bench.submit(endpoint, self.bench.order(endpoint))

    def step(self, name: str, take: Callable[[], None]) -> None:
        """Take a step, unless an earlier one broke a rule."""
        if self.stopped is not None:
            return
        self.bench.report.steps.append(name)
        breaches = self.bench.report.breaches
        try:
            take()
        except (EnoughError, UnansweredError) as error:
            self.stopped = error
        else:
            if self.bench.report.breaches > breaches:
                self.stopped = EnoughError()


def walk(bench: Bench, endpoints: Sequence[Endpoint], seed: int, walks: int) -> None:
    """Walk at random, the same way for the same seed; raises what stopped the walk.

    Each walk submits ``JOBS`` jobs at most.
    """
    walked = _Walked(bench, endpoints)
    rules = settings(
        max_examples=walks,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    # Hypothesis calls it without arguments, so a function does as well as a class.
    make = cast("type[_Queue]", seeded(seed)(lambda: _Queue(walked)))
    run_state_machine_as_test(make, settings=rules)
    if walked.stopped is not None:
        raise walked.stopped
    bench.report.steps.clear()
