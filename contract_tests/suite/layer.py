"""The suite as a layer of the harness: the order of its phases and what each one sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import httpx

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.target import Target
from .access import key_cases, method_cases, scheme_case, unchallenged, unknown_cases
from .chains import Chain, chains
from .exchange import Case, Enough, Probe, unexpected
from .inputs import body_cases, parameter_cases, untested
from .sharing import Shared, shared_cases
from .subjects import Subject, subjects
from .walk import Walk, usual_patience

PHASES = ("walk", "keys", "unknown", "methods", "parameters", "bodies")
"""What a run must have sent requests for, or it has proven nothing; in order of yield for time."""


def run(
    target: Target,
    contract: Contract,
    ledger: Ledger,
    *,
    seed: int,
    first: bool,
    patience: float | None = None,
) -> list[Finding]:
    """Try every rule of the contract once; the seed only chooses the ids that nobody was given.

    Every job it submits is cancelled at once, but for one of each endpoint that it walks to the
    end, for which it waits ``patience`` seconds at most: by default 1.5 timeouts of a target on
    this machine, and 12 of any other.
    """
    probe = Probe(target, contract, ledger, seed=seed, first=first)
    try:
        _Suite(probe, usual_patience(target) if patience is None else patience).run()
    except Enough:
        return probe.findings
    finally:
        probe.close()
    return probe.findings


class _Suite:
    def __init__(self, probe: Probe, patience: float) -> None:
        self._probe = probe
        self._chains = chains(probe.contract)
        self._walks = {
            chain.submit.operation_id: Walk(probe, chain, patience) for chain in self._chains
        }
        self._subjects: list[Subject] = []

    def run(self) -> None:
        steps: Mapping[str, Callable[[], None]] = {
            "walk": self._walk,
            "keys": self._keys,
            "unknown": self._unknown,
            "methods": self._methods,
            "parameters": self._parameters,
            "bodies": self._bodies,
        }
        for name, step in steps.items():
            self._probe.phase = name
            step()

    def _walk(self) -> None:
        tickets: list[tuple[Chain, Mapping[str, object]]] = []
        for chain in self._chains:
            walk = self._walks[chain.submit.operation_id]
            tickets.append((chain, walk.to_the_end()))
            walk.cut_short()
        self._subjects = subjects(self._probe.contract, tickets, self._probe.seed)

    def _keys(self) -> None:
        for subject in self._subjects:
            cases = key_cases(self._probe.contract, subject, self._probe.target.dialect)
            bare = [case for case in cases if self._is_bare(case, self._submit(case))]
            for case in bare[:1]:
                message = "401 does not say how to authenticate: it has no WWW-Authenticate"
                self._probe.find(case, "no-challenge", message, warning=True)
            recased = scheme_case(subject, self._probe.target.dialect)
            if recased is not None:
                self._submit(recased)

    @staticmethod
    def _is_bare(case: Case, answer: httpx.Response | None) -> bool:
        return answer is not None and unchallenged(case.operation, answer)

    def _unknown(self) -> None:
        for subject in self._subjects:
            for case in unknown_cases(subject):
                self._probe.send(case)

    def _methods(self) -> None:
        for case, allowed in method_cases(self._probe.contract, self._subjects):
            answer = self._probe.send(case)
            if answer is not None:
                self._check_method(case, answer, allowed)

    def _check_method(self, case: Case, answer: httpx.Response, allowed: set[str]) -> None:
        if answer.status_code not in case.expected:
            self._probe.find(case, case.rule, f"{case.what}: {unexpected(case, answer)}")
            return
        named = {word.strip() for word in answer.headers.get("allow", "").split(",")} - {""}
        if not allowed <= named or case.method in named:  # RFC 9110, 15.5.6: Allow must be sent
            said = ", ".join(sorted(named)) or "nothing"
            message = f"{case.what}: Allow names {said}, not {', '.join(sorted(allowed))}"
            self._probe.find(case, "allow", message)

    def _parameters(self) -> None:
        for subject in self._subjects:
            for case in parameter_cases(self._probe.contract, subject):
                self._submit(case)

    def _bodies(self) -> None:
        for subject in self._subjects:
            for case in body_cases(self._probe.contract, subject):
                self._submit(case)
            for shared in shared_cases(self._probe.contract, subject):
                self._share(subject, shared)
            for gap in untested(self._probe.contract, subject.operation):
                self._probe.confess(subject.operation, f"no value was found that tries {gap}")

    def _share(self, subject: Subject, shared: Shared) -> None:
        """Try values together, and if they are refused one by one, to find which it was."""
        answer = self._submit(shared.together)
        if answer is None or answer.status_code in subject.success or not shared.alone:
            return
        alone = [self._submit(case) for case in shared.alone]
        if all(each is not None and each.status_code in subject.success for each in alone):
            case = replace(shared.together, expected=subject.success)
            self._probe.find(case, case.rule, f"{case.what}: {unexpected(case, answer)}")

    def _submit(self, case: Case) -> httpx.Response | None:
        answer = self._probe.send(case)
        walk = self._walks.get(case.operation.operation_id)
        if walk is not None:
            walk.release(answer)
        return answer
