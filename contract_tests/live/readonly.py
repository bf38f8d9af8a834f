"""The suite's cases that can make no job: keys, unknown ids, methods, and a look at jobs there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..semantics.exchange import UnansweredError
from ..semantics.served import unserved
from ..suite.access import key_cases, method_cases, unknown_cases
from ..suite.chains import Chain, chains
from ..suite.exchange import KEY_WORD, RIGHT_KEY, Case, Enough, Probe, unexpected
from ..suite.inputs import parameter_cases
from ..suite.subjects import Subject, ended_answers, subjects
from .gate import GatedTarget
from .spending import CapReachedError

LAYER = "read-only"
_JSON = httpx.Headers({"content-type": "application/json"})
PHASES = ("keys", "unknown", "methods")
"""What every run sends requests in."""
PHASES_WITH_JOB = (*PHASES, "known")
"""What it does as well once there is a job to look at."""


def read_only(
    target: GatedTarget,
    contract: Contract,
    ledger: Ledger,
    tickets: Mapping[str, Mapping[str, object]],
    *,
    seed: int,
) -> list[Finding]:
    """Send every case of the suite that is free; ``tickets`` are of ended jobs, by operation.

    The purse says what is free, and refuses the rest should it be asked for all the same. Routes
    that this gateway plainly lacks are left alone: the semantics layer warns of them.
    """
    probe = Probe(target, contract, ledger, seed=seed, first=False)
    every = [(chain, tickets.get(chain.submit.operation_id, {})) for chain in chains(contract)]
    try:
        about = subjects(contract, every, seed)
        lacking = unserved(target, contract, ledger, phase=LAYER)
        _Looking(probe, target, about, lacking).run(every)
    except Enough:
        return probe.findings
    except UnansweredError as error:
        words = f"no answer came: {error}"
        return [*probe.findings, Finding(LAYER, "no-answer", error.operation, words, error.curl)]
    except CapReachedError as error:  # a request without the key was taken, which is found above
        return [*probe.findings, Finding(LAYER, "over-the-cap", "", str(error))]
    finally:
        probe.close()
    return probe.findings


class _Looking:
    def __init__(
        self, probe: Probe, target: GatedTarget, about: list[Subject], unserved: frozenset[str]
    ) -> None:
        self._probe, self._target, self._subjects = probe, target, about
        self._unserved = unserved

    def run(self, tickets: list[tuple[Chain, Mapping[str, object]]]) -> None:
        contract, dialect = self._probe.contract, self._target.dialect
        self._send("known", (case for chain, ticket in tickets for case in _known(chain, ticket)))
        for subject in self._subjects:
            self._send("parameters", parameter_cases(contract, subject))
            self._send("keys", key_cases(contract, subject, dialect))
            self._send("unknown", unknown_cases(subject))
        self._probe.phase = "methods"
        for case, _ in method_cases(contract, self._subjects):
            if self._is_free(case):
                self._check_method(case)

    def _send(self, phase: str, cases: Iterator[Case]) -> None:
        self._probe.phase = phase
        for case in filter(self._is_free, cases):
            self._probe.send(case)

    def _check_method(self, case: Case) -> None:
        answer = self._probe.send(case)
        if answer is not None and answer.status_code not in case.expected:
            self._probe.find(case, case.rule, f"{case.what}: {unexpected(case, answer)}")

    def _is_free(self, case: Case) -> bool:
        """Tell whether a case makes no job, not even at a server that asks nobody for a key."""
        operation = case.operation
        if operation.operation_id in self._unserved:
            return False
        if operation.body.schemas and not operation.body.problems(_JSON, case.content or b""):
            return False
        shown = case.authorization or ""
        url = httpx.URL(self._target.base_url.rstrip("/") + case.address)
        return not self._target.gate.purse.may_cost(
            case.method or case.operation.method,
            url,
            with_key=shown == RIGHT_KEY or KEY_WORD in shown,
        )


def _known(chain: Chain, ticket: Mapping[str, object]) -> Iterator[Case]:
    """Yield a look at an ended job by every route."""
    for role, link in chain.links.items():
        if path := link.path(ticket):
            right = ended_answers(link.operation, role)
            yield Case(link.operation, "known-refused", f"{role} of a job", right, path=path)
