"""Reads schemathesis's events: failures become findings, answers go into the ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import StopReason, events
from schemathesis.engine.recorder import CheckFailureInfo, ScenarioRecorder
from schemathesis.generation.case import Case

from ..contract import Contract, Operation
from ..harness.findings import Ledger
from .broken import BrokenRule
from .collected import Collected, Level
from .issued import Issued
from .tuning import PHASES, labels, state_refusals

AnyCase = Case[Any]  # its parameter is the kind of operation, which is OpenAPI's throughout
_CODED = {"content-encoding", "transfer-encoding", "content-length"}  # true of the wire only
_UNKNOWN = {httpx.codes.NOT_FOUND, httpx.codes.BAD_REQUEST}  # documented for ids nobody gave out


@dataclass
class Reading:
    """One run as it happens: what was found, what was answered, and what was given out."""

    contract: Contract
    ledger: Ledger
    collected: Collected
    _issued: Issued = field(init=False)
    _labels: dict[str, str] = field(init=False)
    _answers: Counter[str] = field(default_factory=Counter)
    _accepted: set[str] = field(default_factory=set)
    _refused_by_state: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Read from the contract what the run will be compared with."""
        self._issued = Issued.of(self.contract)
        self._labels = dict(labels(self.contract))

    def note(self, event: events.EngineEvent) -> None:
        """Take in one event."""
        match event:
            case events.ScenarioFinished():
                self._scenario(event)
            case events.NonFatalError():
                text = f"{event.info.title}: {event.info.message}"
                curl = event.info.code_sample or ""
                self.collected.add("engine_error", self._operation(event.label), text, curl=curl)
            case events.FatalError():
                self.collected.add("engine_error", "", f"the engine broke: {event.exception}")
            case events.SchemaAnalysisWarnings():
                for warning in event.warnings:
                    name = self._operation(warning.operation_label or "")
                    self.collected.add(f"warning_{warning.kind}", name, warning.message)
            case events.EngineFinished():
                self._finished(event)

    def close(self) -> None:
        """Add what only the whole run shows: silent phases and operations never reached."""
        for phase in PHASES:
            if not self._answers[phase]:
                text = f"no request of the phase {phase} was answered: it proved nothing"
                self.collected.add("silent_phase", "", text)
        for name in sorted(self.contract.operations.keys() - self._accepted):
            self._never_accepted(self.contract.operations[name])

    def keeps(self, failure: Failure, case: AnyCase, response: Response) -> bool:
        """Tell whether a failure stands; valid data with an id nobody gave out is rightly refused.

        Everything else stands, so the refusal of an id that was given out does too.
        """
        if response.status_code not in _UNKNOWN:
            return True
        if "positive_data_acceptance" not in failure.checks or "{" not in case.path:
            return True
        return self._names_known(self._operation(case.operation.label), case)

    def learn(self, case: AnyCase, response: Response) -> None:
        """Take in an answer as it comes, before it is judged."""
        operation = self.declared(case)
        if operation is None:
            return
        name, status = operation.operation_id, response.status_code
        if httpx.codes.is_success(status):
            self._accepted.add(name)
            self._issued.learn(name, status, response.content)
        elif status in state_refusals(operation) and self._names_known(name, case):
            self._refused_by_state.add(name)

    def declared(self, case: AnyCase) -> Operation | None:
        """Return the operation a case calls; None if the method is one nobody documents."""
        name = self._labels.get(f"{case.method.upper()} {case.path}")
        return None if name is None else self.contract.operations[name]

    def _scenario(self, event: events.ScenarioFinished) -> None:
        recorder = event.recorder
        failing = set(recorder.failing_case_ids())
        for case_id, interaction in recorder.interactions.items():
            if interaction.response is None:
                continue  # nothing was exercised; the engine reports why
            self._answers[event.phase.value] += 1
            self.ledger.phase(event.phase.value)
            if case_id in recorder.cases:
                case = recorder.cases[case_id].value
                self._answered(case, interaction.response, judged=case_id in failing)
        for case_id, checks in recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    self._failed(check.name, check.failure_info, case_id, recorder)
        if event.skip_warning is not None:
            text = event.skip_reason or "the operation was not tested"
            name = self._operation(event.label or "")
            self.collected.add(f"warning_{event.skip_warning}", name, text)

    def _answered(self, case: AnyCase, response: Response, *, judged: bool) -> None:
        """Note an answer, and read it a second time by this project's own strict rules.

        They see what schemathesis does not: repeated keys, formats of headers, and the answers
        to the requests its own checks send, which it does not judge.
        """
        operation = self.declared(case)
        if operation is None:
            return
        self.ledger.answer(operation.operation_id, response.status_code)
        if judged or response.content_size > len(response.content):
            return  # found wrong already, or kept in part only: schemathesis has judged the whole
        for problem in operation.answer_problems(_as_httpx(response)):
            text = f"{response.status_code}: {problem}"
            about = (response.status_code, problem.partition(":")[0])
            curl = case.as_curl_command()
            self.collected.add("strict_answer", operation.operation_id, text, about, curl=curl)

    def _failed(
        self, check: str, info: CheckFailureInfo, case_id: str, recorder: ScenarioRecorder
    ) -> None:
        failure = info.failure
        response = recorder.find_response(case_id=failure.case_id or case_id)
        status = f" (answered {response.status_code})" if response else ""
        name = self._operation(failure.operation or recorder.label)
        text = f"{failure.title}{status}: {failure.message}"
        curl = " && ".join(step.curl for step in info.steps) or info.code_sample
        rule = failure.rule if isinstance(failure, BrokenRule) else check
        self.collected.add(rule, name, text, (type(failure), status), curl=curl)

    def _finished(self, event: events.EngineFinished) -> None:
        if event.stop_reason is StopReason.SERVER_UNAVAILABLE:
            text = "the server stopped answering before the run was over: start it again"
            self.collected.add("engine_error", "", text)
        for failure in event.failures:
            self._after_run(failure)

    def _after_run(self, failure: Failure) -> None:
        """Take in what the check of the whole run found; anything else is its own breakdown."""
        name = self._operation(failure.operation or "")
        if isinstance(failure, BrokenRule):
            self.collected.add(failure.rule, name, failure.message, curl=failure.curl)
        else:
            self.collected.add("engine_error", name, f"{failure.title}: {failure.message}")

    def _never_accepted(self, operation: Operation) -> None:
        """Report an operation without a 2xx; an action may always come too late, a read may not."""
        late = operation.operation_id in self._refused_by_state
        text = "no valid request was ever answered with a 2xx: check the key and the server"
        if late:
            text = "each job refused it because of its state: let some jobs end at once, some never"
        level: Level = "warning" if late and operation.method != "GET" else "error"
        self.collected.add("never_accepted", operation.operation_id, text, level=level)

    def _names_known(self, operation: str, case: AnyCase) -> bool:
        return self._issued.names_known(operation, case.path_parameters or {})

    def _operation(self, label: str) -> str:
        return self._labels.get(label, label)


def _as_httpx(response: Response) -> httpx.Response:
    headers = list(_header_lines(response))
    return httpx.Response(response.status_code, headers=headers, content=response.content)


def _header_lines(response: Response) -> Iterator[tuple[str, str]]:
    for name, values in response.headers.items():
        if name.lower() not in _CODED:
            yield from ((name, value) for value in values)
