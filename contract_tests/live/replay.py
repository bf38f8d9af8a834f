"""Holds a recording against the contract in force: yesterday's reality, today's promise."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..contract import Contract
from ..harness.findings import Finding, Ledger
from ..harness.runs import LayerRun, Run
from ..harness.target import Target
from .judging import Verdict, value_at, verdict, where
from .masks import is_placeholder
from .recordings import Recording
from .redaction import Record
from .routes import Routes

LAYER = "replay"
_NOT_A_TYPE = "is not of type"  # jsonschema-rs's words; a placeholder keeps the type


def replay(path: Path, contract: Contract) -> Run:
    """Judge a recording again; raises NotTestableError if the file is none."""
    recording = Recording.read(path)
    routes, ledger, started = Routes(contract, ""), Ledger(), time.monotonic()
    findings: dict[Finding, None] = {}
    for record in recording.records:
        judged = verdict(routes, record)
        if judged.place is not None and record["status"]:
            ledger.phase(LAYER)
            name = judged.place.operation.operation_id
            ledger.answer(name, _status(record))
            if name in recording.lacking:
                findings[_not_served(name)] = None
            else:
                findings |= dict.fromkeys(_findings(record, judged))
    worked = LayerRun(LAYER, tuple(findings), ledger, time.monotonic() - started, (LAYER,))
    target = Target(recording.server, "", recording.dialect)
    return Run(f"recording {path.name}", target, 0, (worked,), tuple(_missing(contract, ledger)))


def _findings(record: Record, judged: Verdict) -> Iterator[Finding]:
    operation = judged.place.operation.operation_id if judged.place else ""
    then = record.get("problems")
    true, masked = _then(then if isinstance(then, dict) else {})
    for problem in judged.problems:
        told = f"{record['status']}: {problem}"
        if not _is_of_the_mask(record, problem, true=true, masked=masked):
            yield Finding(LAYER, "answer", operation, told)
        else:
            words = f"cannot be told, a placeholder stands there: {told}"
            yield Finding(LAYER, "masked", operation, words, level="warning")
    if true and not masked and not judged.problems:
        words = f"{record['status']}: the answer broke the contract, at a value that was not kept"
        yield Finding(LAYER, "answer", operation, words)
    for difference in judged.ids:
        yield Finding(LAYER, "ids-differ", operation, difference)


def _not_served(operation: str) -> Finding:
    words = "not served by this server when it was recorded: its answers were not judged"
    return Finding(LAYER, "route-not-served", operation, words, level="warning")


def _then(problems: Mapping[str, object]) -> tuple[int, list[str]]:
    """Return how many problems the true answer had, and where its masked form had some."""
    true, masked = problems.get("true"), problems.get("masked")
    return (
        true if isinstance(true, int) else 0,
        [str(each) for each in masked] if isinstance(masked, list) else [],
    )


def _is_of_the_mask(record: Record, problem: str, *, true: int, masked: list[str]) -> bool:
    """Tell whether a problem may lie in the placeholder and not in what it stands for."""
    if where(problem) in masked:
        return true == 0
    return is_placeholder(value_at(record, where(problem))) and _NOT_A_TYPE not in problem


def _missing(contract: Contract, ledger: Ledger) -> Iterator[Finding]:
    if not ledger.answers.total():
        words = "the recording holds no answer of the contract's operations: it proves nothing"
        yield Finding("floors", "not-exercised", "", words)
        return
    seen = {operation for operation, _ in ledger.answers}
    for operation in contract.operations:
        if operation not in seen:
            words = "the recording holds no answer of it"
            yield Finding("floors", "not-recorded", operation, words, level="warning")


def _status(record: Record) -> int:
    status = record["status"]
    return status if isinstance(status, int) else 0
