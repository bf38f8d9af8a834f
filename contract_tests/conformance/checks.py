"""The rules of the queue as a check of schemathesis: on every answer, and after the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response

from ..harness.findings import Ledger
from ..semantics import access
from ..semantics.bench import Bench
from ..semantics.budget import Budget
from ..semantics.endpoints import endpoints
from ..semantics.exchange import UnansweredError, Wire
from ..semantics.report import Report
from .broken import BrokenRule
from .reading import AnyCase, Reading
from .watching import Watch

AFTER_RUN = "after run"
_FOLLOWED = 40  # jobs that are read again after the run, two requests of each kind for each job
# What needs no job, and what schemathesis never asks: its own checks need a 2xx first.
_READ_ONLY = (
    access.submit_needs_the_key,
    access.key_is_asked_first,
    access.unknown_ids_are_unknown,
)


def register(watch: Watch, reading: Reading, ledger: Ledger, seed: int) -> None:
    """Register the check for the next run; the one of an earlier run is replaced."""

    @schemathesis.check
    class TheQueueKeepsItsWord:
        """Holds the answers about each job to the rules of ``semantics``."""

        def after_response(self, _: CheckContext, response: Response, case: AnyCase) -> None:
            """Judge an answer, by the case it belongs to."""
            operation = reading.declared(case)
            if operation is not None:
                _raise(watch.breaches(case.id, operation, response))

        def after_run(self, _: CheckContext) -> None:
            """Ask what no phase has asked, and look at the jobs of the whole run."""
            later = list(_later(watch, ledger, seed))
            _raise([*later, *watch.never_succeeded()])


def _raise(found: list[BrokenRule]) -> None:
    if found:
        raise FailureGroup(found)


def _later(watch: Watch, ledger: Ledger, seed: int) -> Iterator[BrokenRule]:
    """Ask for jobs of nobody, and again for those of the run; submits no job.

    While fuzzing, schemathesis submits most of its jobs without ever asking for them.
    """
    report = Report(seed, first=False)
    with Wire(watch.target, ledger, AFTER_RUN) as wire:
        dice = Random(seed)  # noqa: S311 - it guards no secret
        bench = Bench(wire, report, dice, patience=0.0, budget=Budget(0))
        try:
            for endpoint in endpoints(watch.contract):
                for ask in _READ_ONLY:
                    ask(bench, endpoint)
            for job in watch.most_telling(_FOLLOWED):
                for _ in range(2):
                    bench.look(job)
                    bench.fetch(job)
        except UnansweredError as error:
            report.note("answers", error.operation, f"no answer came: {error}", error.curl)
    for found in report.findings:
        yield BrokenRule(found.operation, found.rule, found.message, found.curl)
