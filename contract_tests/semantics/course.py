"""The course of one run: which scenarios, in which order, and which are left out for their cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from . import access, scenarios
from .bench import Bench
from .budget import Budget, SpentError
from .endpoints import Endpoint, endpoints
from .exchange import UnansweredError, Wire
from .hearings import STREAM_RULES
from .latency import slow_operations
from .machine import JOBS, WALKS, walk
from .report import EnoughError, Report
from .rules import RULES, TARGET_RULES
from .served import note_unserved

# Rules that one job, followed to its end, does not bring into play.
_OF_OTHERS = {"cancel_shows", "invalid_input_fails"}
_OF_A_LIFE = (
    *(each.__name__ for each in (*RULES, *TARGET_RULES) if each.__name__ not in _OF_OTHERS),
    *(each.__name__ for each in STREAM_RULES),
    "files_open",
    "ends",
)


@dataclass(frozen=True)
class Scenario:
    """One thing to do with an endpoint: the jobs it submits at most, and the rules it tests.

    One that ``follows`` looks at the endpoint's first job, and does nothing without one.
    """

    take: Callable[[Bench, Endpoint], None]
    tests: tuple[str, ...]
    jobs: int = 0
    follows: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return self.take.__name__


# In the order of their worth: with `first` a faulty target is known after a few requests, and
# where jobs are counted the first ones are those that find the most.
SCENARIOS: tuple[Scenario, ...] = (
    Scenario(note_unserved, ()),
    Scenario(scenarios.whole_life, _OF_A_LIFE, jobs=1),
    Scenario(access.submit_needs_the_key, ("key_is_needed",)),
    Scenario(access.job_needs_the_key, ("key_is_needed",), follows=True),
    Scenario(access.key_is_asked_first, ("key_is_needed",)),
    Scenario(access.unknown_ids_are_unknown, ("unknown_is_404",)),
    Scenario(access.foreign_ids_are_unknown, ("unknown_is_404",), follows=True),
    Scenario(scenarios.repeated_reads, ("one_class_of_answer",), follows=True),
    Scenario(scenarios.cancelled, ("cancel_shows", "fresh_id"), jobs=1),
    Scenario(scenarios.inline, ("files_open",), jobs=1),
    Scenario(scenarios.two_at_once, ("fresh_id", "result_repeats_its_input"), jobs=2),
    Scenario(scenarios.invalid, ("invalid_input_fails",), jobs=1),
    Scenario(scenarios.repeated_submits, ("one_class_of_answer",), jobs=scenarios.REPEATS),
)


def hold(
    target: Target,
    contract: Contract,
    ledger: Ledger,
    report: Report,
    *,
    budget: Budget,
    patience: float,
) -> list[Finding]:
    """Hold a target to every rule that the budget pays for, and say which are left out.

    ``patience`` is how many seconds a job may take. Raises ValueError if the contract has no
    endpoint, or one for whose input no rule is known: then nothing could be proven.
    """
    found = tuple(endpoints(contract))
    if not found:
        raise ValueError("the contract has no operation whose ticket links to status and result")
    with Wire(target, ledger) as wire:
        # The dice choose inputs, and guard no secret.
        bench = Bench(wire, report, Random(report.seed), patience, budget)  # noqa: S311
        try:
            _Course(bench, found).run()
        except EnoughError:
            return report.findings
        for operation, message in slow_operations(wire.seconds):
            report.note("latency_budget", operation, message, level="warning")
    return report.findings


class _Course:
    """One run over all endpoints; remembers what it left out."""

    def __init__(self, bench: Bench, found: Sequence[Endpoint]) -> None:
        self._bench, self._endpoints = bench, found
        self._left_out: dict[str, list[str]] = {}
        self._tested: dict[str, set[str]] = {each.submit.operation_id: set() for each in found}

    def run(self) -> None:
        """Take every scenario on every endpoint, then walk; raises EnoughError to stop."""
        try:
            for scenario in SCENARIOS:
                for endpoint in self._endpoints:
                    self._take(scenario, endpoint)
            self._bench.wire.phase = "semantics machine"
            self._walk()
        finally:
            self._report()

    def _take(self, scenario: Scenario, endpoint: Endpoint) -> None:
        name, bench = endpoint.submit.operation_id, self._bench
        unpaid = scenario.jobs > bench.budget.left
        if unpaid or (scenario.follows and bench.first_job(endpoint) is None):
            self._left_out.setdefault(name, []).append(scenario.name)
            return
        try:
            scenario.take(bench, endpoint)
        except UnansweredError as error:
            bench.report.unanswered(error)
        except SpentError:
            self._left_out.setdefault(name, []).append(scenario.name)
        else:
            self._tested[name].update(scenario.tests)

    def _walk(self) -> None:
        walks = int(min(WALKS, self._bench.budget.left // JOBS))
        if walks < WALKS:
            for operation in self._tested:
                about = f"{WALKS - walks} of {WALKS} random walks"
                self._left_out.setdefault(operation, []).append(about)
        try:
            if walks:
                walk(self._bench, self._endpoints, self._bench.report.seed, walks)
        except UnansweredError as error:
            self._bench.report.unanswered(error)

    def _report(self) -> None:
        """Where jobs are counted, warn for each endpoint of the rules that were not exercised."""
        allowed = self._bench.budget.jobs
        if allowed is None:
            return
        self._bench.report.steps.clear()
        for operation, tested in self._tested.items():
            names, missing = self._left_out.get(operation, []), sorted(RULE_NAMES - tested)
            if names or missing:
                about = f"left out, with {allowed} paid jobs: {', '.join(names) or 'nothing'}"
                rules = f"rules not exercised: {', '.join(missing) or 'none'}"
                self._bench.report.note("left_out", operation, f"{about}; {rules}", level="warning")


RULE_NAMES = frozenset(name for scenario in SCENARIOS for name in scenario.tests)
