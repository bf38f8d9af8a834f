"""One job from its submit to its end, asked about on the way; and a job cancelled in time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

import httpx

from ..harness.target import Target
from ..schemas import StrictJsonError, parse_json
from .chains import Chain
from .exchange import Case, Probe, json_object
from .inputs import JSON, base_body, encoded
from .subjects import ended_answers, state_answers, successes

_PENDING, _ENDED = ("IN_QUEUE", "IN_PROGRESS"), ("COMPLETED", "FAILED")
# How long to wait for a job's end, in timeouts of the target: a picture that is really made takes
# its minute, where a server on this machine has nothing to make.
_PATIENCE, _PATIENCE_HERE = 12, 1.5
_HERE = {"localhost", "127.0.0.1", "::1"}
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.01, 2.0, 1.5  # seconds between two looks
_TRIES = 5  # jobs to catch before their end; a machine may be too busy to catch the first


def usual_patience(target: Target) -> float:
    """Return the seconds that a job may take, if nobody says otherwise."""
    here = httpx.URL(target.base_url).host in _HERE
    return target.timeout * (_PATIENCE_HERE if here else _PATIENCE)


class Walk:
    """Follows the jobs of one chain; ``patience`` is the seconds that a job may take to end."""

    def __init__(self, probe: Probe, chain: Chain, patience: float) -> None:
        self._probe, self._chain, self._patience = probe, chain, patience
        body = encoded(base_body(probe.contract, chain.submit))
        success = successes(chain.submit)
        self._submit = Case(
            chain.submit, "valid-refused", "a plain submit", success, headers=JSON, content=body
        )

    def to_the_end(self) -> Mapping[str, object]:
        """Submit, wait, read the result, come too late with a cancel; return the ticket."""
        ticket = self._submitted()
        if ticket:
            self._pending(ticket)
            self._ask("result", ticket)
            self._listen(ticket, self._patience)
            self._wait(ticket)
            for role in self._chain.links:
                self._ask(role, ticket, ended=True)
        return ticket

    def cut_short(self) -> None:
        """Look at jobs while they wait or run, and cancel them, until one was caught in time."""
        for _ in range(_TRIES):
            ticket = self._submitted()
            pending = self._pending(ticket)
            self._listen(ticket, 0)
            self._ask("result", ticket)
            answer = self._ask("cancel", ticket)
            if not ticket or answer is None or (pending and answer.is_success):
                return

    def release(self, answer: httpx.Response | None) -> None:
        """Cancel the job that an answer gave, so that as little as can be is paid for it."""
        if answer is not None and answer.is_success:
            self._ask("cancel", json_object(answer))

    def _submitted(self) -> Mapping[str, object]:
        answer = self._probe.send(self._submit)
        return json_object(answer) if answer is not None and answer.is_success else {}

    def _wait(self, ticket: Mapping[str, object]) -> None:
        """Wait until status and result agree that the job has ended, or no longer make sense."""
        until = time.monotonic() + self._patience
        pause = _FIRST_PAUSE
        while True:
            pending, answer = self._pending(ticket), self._ask("result", ticket)
            if self._has_output(answer):
                if pending and self._pending(ticket):
                    self._say(ticket, "status-behind", "the result is there, the status denies it")
                break
            if pending is False or (pending is None and not json_object(answer)):
                break
            if time.monotonic() > until:
                self._say(ticket, "never-ends", f"the job did not end in {self._patience:g} s")
                break
            time.sleep(pause)
            pause = min(_LONGEST_PAUSE, pause * _GROWTH)
        self._check_output(ticket)

    def _listen(self, ticket: Mapping[str, object], patience: float) -> None:
        """Hear every stream about a job, for so many seconds; with 0 where the job stands now."""
        for role, link in self._chain.links.items():
            if link.operation.streams:
                self._ask(role, ticket, patience=patience)

    def _pending(self, ticket: Mapping[str, object]) -> bool | None:
        """Tell whether the status says that the job has not ended; None if it says neither."""
        status = json_object(self._ask("status", ticket)).get("status")
        return {**dict.fromkeys(_PENDING, True), **dict.fromkeys(_ENDED, False)}.get(str(status))

    def _check_output(self, ticket: Mapping[str, object]) -> None:
        """Demand what a valid input was promised: the model's output, and no word of failure."""
        status = json_object(self._ask("status", ticket, ended=True))
        if status.get("status") == "FAILED" or status.get("error"):
            self._say(ticket, "valid-failed", f"a valid job failed: {status.get('error')}")
        answer = self._ask("result", ticket, ended=True)
        if answer is not None and not self._has_output(answer):
            about = "is not the output that the contract names"
            message = f"the result of a valid job ({answer.status_code}) {about}"
            self._say(ticket, "valid-failed", message, role="result")

    def _has_output(self, answer: httpx.Response | None) -> bool:
        """Tell whether an answer is the model's output."""
        if answer is None or not answer.is_success:
            return False
        try:
            value = parse_json(answer.content)
        except StrictJsonError:
            return False
        if isinstance(value, dict) and value.get("status") in (*_PENDING, *_ENDED):
            return False  # an output that requires nothing would hold a status, too
        return self._chain.output is None or not self._chain.output.problems(value)

    def _ask(
        self,
        role: str,
        ticket: Mapping[str, object],
        *,
        ended: bool = False,
        patience: float | None = None,
    ) -> httpx.Response | None:
        case = self._case(role, ticket)
        if case is None:
            return None
        right = ended_answers if ended else state_answers
        expected = right(case.operation, role)
        return self._probe.send(replace(case, expected=expected, patience=patience))

    def _case(self, role: str, ticket: Mapping[str, object]) -> Case | None:
        link = self._chain.links.get(role)
        path = link.path(ticket) if link is not None else None
        if link is None or path is None:
            return None
        return Case(link.operation, "known-refused", f"{role} of a job", frozenset(), path=path)

    def _say(
        self, ticket: Mapping[str, object], rule: str, message: str, *, role: str = "status"
    ) -> None:
        case = self._case(role, ticket) or self._submit
        self._probe.find(case, rule, message)
