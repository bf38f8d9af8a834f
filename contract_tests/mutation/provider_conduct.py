"""Mutants in the conduct of jobs: the order of their states, and the time they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import Alteration, Fault
from chainhub_fal_sandbox.queue import Failure

from ..contract import Contract
from .provider_edits import (
    Body,
    alters,
    drops,
    edits,
    from_read,
    missing,
    only,
    output,
    recodes,
    resets,
    says,
    sets,
    until_read,
)
from .provider_mutant import Make, Mutant, mutant

_RUNNING: Alteration = says(status="IN_PROGRESS")
_QUEUED: Alteration = says(status="IN_QUEUE", queue_position=1)


def sequence_mutants() -> Iterator[Mutant]:
    """Yield the mutants of order: states, results and cancels that contradict each other."""
    yield from _states()
    yield from _results()
    yield from _cancels()
    yield from _positions_and_logs()


def _states() -> Iterator[Mutant]:
    def regress() -> tuple[Fault, ...]:
        return (alters("status", from_read(2, _QUEUED)),)

    def wander() -> tuple[Fault, ...]:
        return (alters("status", from_read(2, _RUNNING)),)

    def fails_late() -> tuple[Fault, ...]:
        return (alters("status", from_read(2, says(status="FAILED", error="lost"))),)

    def lags() -> tuple[Fault, ...]:
        return (alters("status", until_read(3, _QUEUED)),)

    def appears_late() -> tuple[Fault, ...]:
        return (alters("status", until_read(1, missing())),)

    def forgets() -> tuple[Fault, ...]:
        return (alters("status", from_read(2, missing())),)

    for name, why, make in (
        ("status-regresses", "back in the queue after it was done: polled for ever", regress),
        ("status-runs-again", "running again after it was done", wander),
        ("status-fails-late", "failed after it was done: paid, and thrown away", fails_late),
        ("status-lags", "still queued while the result can be read", lags),
        ("status-appears-late", "404 for a job just paid for: a client gives up", appears_late),
        ("status-forgets", "404 for a job that was known a moment ago", forgets),
    ):
        yield Mutant(name, "sequence", why, make)
    done = edits("submit", sets("status", "COMPLETED"))
    why = "a ticket that says done for a job that waits"
    yield mutant("sequence", "ticket-says-completed", why, done, waiting=True)
    failed = edits("submit", sets("status", "FAILED"))
    yield mutant("sequence", "ticket-says-failed", "a ticket that says failed: paid twice", failed)
    early = edits("status", sets("status", "COMPLETED"))
    why = "done, says the status, while the result is not there"
    yield mutant("sequence", "status-done-early", why, early, waiting=True)
    accepted = recodes("status", 200, 202)
    why = "202 for a finished job: who goes by the code waits for ever"
    yield mutant("sequence", "status-202-when-done", why, accepted, dialect="fal")
    finished = recodes("status", 202, 200)
    why = "200 for a waiting job: who goes by the code reads too early"
    yield mutant("sequence", "status-200-when-waiting", why, finished, dialect="fal", waiting=True)


def _results() -> Iterator[Mutant]:
    def changes() -> tuple[Fault, ...]:
        again = output(resets("seed", 7))
        return (alters("result", from_read(2, lambda answer, _: answer.edited(again))),)

    def shrinks() -> tuple[Fault, ...]:
        bare = output(resets("timings", {}))
        return (alters("result", from_read(2, lambda answer, _: answer.edited(bare))),)

    def once() -> tuple[Fault, ...]:
        return (alters("result", from_read(2, missing())),)

    def fails_once() -> tuple[Fault, ...]:
        return (alters("result", until_read(1, missing())),)

    for name, why, make in (
        ("result-changes", "another seed at the second read", changes),
        ("result-shrinks", "parts of it are gone at the second read", shrinks),
        ("result-once", "a result that can be read once: a lost answer is lost money", once),
        ("result-appears-late", "404 for a job that is done", fails_once),
    ):
        yield Mutant(name, "sequence", why, make)
    for dialect in ("gateway", "fal"):
        late = alters("result", only((200, 202, 400), _as_if_done))
        name = f"result-too-early-{dialect}"
        why = "an output while the job waits: of what?"
        yield mutant("sequence", name, why, late, dialect=dialect, waiting=True)
    pending = alters("result", only((200,), _pending))
    why = "running for ever on the result route, done on the other"
    yield mutant("sequence", "result-never", why, pending)


@lru_cache(maxsize=1)
def _output() -> Answer:
    """Take an output from the contract's own examples: the one that is no status."""
    for operation in Contract.load().operations.values():
        for example in operation.examples(200).values() if 200 in operation.statuses else ():
            if isinstance(example, dict) and "status" not in example:
                return Answer.json(200, example)
    raise LookupError("the contract has no example of a model's output")


def _as_if_done(answer: Answer, _: Exchange) -> Answer:
    waits = answer.status != 200 or b'"status"' in answer.body
    return _output() if waits else answer


def _pending(_: Answer, exchange: Exchange) -> Answer:
    return Answer.json(200, {"status": "IN_PROGRESS", "request_id": exchange.route.name})


def _cancels() -> Iterator[Mutant]:
    accepted = Answer.json(202, {"status": "CANCELLATION_REQUESTED"})
    late = alters("cancel", only((400,), lambda *_: accepted))
    why = "a finished job can be cancelled, or so it says"
    yield mutant("sequence", "cancel-too-late-accepted", why, late)
    refused = Answer.json(400, {"status": "ALREADY_COMPLETED"})
    early = alters("cancel", only((200, 202), lambda *_: refused))
    why = "a waiting job can never be cancelled: it is paid for"
    yield mutant("sequence", "cancel-always-too-late", why, early, waiting=True)
    for name, why, route, alter in _AFTER_CANCEL:
        yield Mutant(name, "sequence", why, _after_cancel(route, alter), waiting=True)
    lost = _after_cancel("result", missing(), statuses=(400,))
    why = "a cancel that came too late takes the result away"
    yield Mutant("cancel-too-late-deletes", "sequence", why, lost)


_AFTER_CANCEL: tuple[tuple[str, str, str, Alteration], ...] = (
    ("cancel-leaves-running", "a cancelled job runs for ever", "status", _RUNNING),
    ("cancel-forgets-status", "404 for the status of a cancelled job", "status", missing()),
    ("cancel-forgets-result", "404 for the result of a cancelled job", "result", missing()),
    (
        "cancel-gives-output",
        "a cancelled job has an output",
        "result",
        lambda *_: _output(),
    ),
)


def _after_cancel(route: str, alter: Alteration, statuses: tuple[int, ...] = (200, 202)) -> Make:
    """Change the answers about a job once it was cancelled with one of these statuses."""

    def make() -> tuple[Fault, ...]:
        cancelled: set[str] = set()

        def note(answer: Answer, exchange: Exchange) -> Answer:
            if answer.status in statuses:
                cancelled.add(exchange.route.name)
            return answer

        def change(answer: Answer, exchange: Exchange) -> Answer:
            known = exchange.route.name in cancelled and answer.status != 401
            return alter(answer, exchange) if known and answer.status != 405 else answer

        return alters("cancel", note), alters(route, change)

    return make


def _positions_and_logs() -> Iterator[Mutant]:
    def grows() -> tuple[Fault, ...]:
        reads = [0]

        def change(body: Body) -> None:
            reads[0] += 1
            if body.get("status") == "IN_QUEUE":
                body["queue_position"] = reads[0]

        return (edits("status", change),)

    why = "the place in the queue gets worse with every look"
    yield Mutant("status-position-grows", "sequence", why, grows, waiting=True)
    silent = edits("status", sets("logs", None))
    yield mutant("sequence", "status-logs-ignored", "logs are asked for and never given", silent)
    line = [{"message": "started", "level": "INFO", "source": "USER", "labels": {}}]
    chatty = edits("status", sets("logs", line))
    yield mutant("sequence", "status-logs-unasked", "logs nobody asked for", chatty)


def time_mutants() -> Iterator[Mutant]:
    """Yield the mutants of time: answers that come late, jobs that never end."""
    for operation in ("cancel", "any"):
        why = "an answer after half a minute: a client without a limit hangs"
        yield mutant("time", f"{operation}-slow", why, Fault(operation=operation, seconds=30))
    negative = edits("status", sets("metrics", {"inference_time": -1.5}))
    yield mutant("time", "status-negative-seconds", "a job that ran less than no time", negative)
    endless = edits("status", _endless)
    why = "no job ever ends, though its place in the queue moves"
    yield mutant("time", "status-never-done", why, endless, recodes("result", 200, 202))
    pending = alters("result", only((200,), _pending))
    quiet = edits("status", _endless)
    why = "no job ever ends, by both routes"
    yield mutant("time", "job-never-done", why, pending, quiet)
    hung = Failure(504, "Request timed out", "request_timeout")
    timed = Fault(operation="submit", bend=lambda r: replace(r, ending=lambda _: hung))
    yield mutant(
        "time", "job-always-times-out", "every job ends by a timeout", timed, dialect="fal"
    )
    zero = edits("result", output(drops("timings")))
    yield mutant("time", "result-no-timings", "how long it took is not told", zero)


def _endless(body: Body) -> None:
    body.update({"status": "IN_QUEUE", "queue_position": 1, "metrics": {}})
