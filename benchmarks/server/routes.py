"""What the server does with a request: pure but for the books it keeps; time is an argument."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

from . import bodies
from .accounts import Accounts, Job
from .faults import RETRY_AFTER, Faults
from .line import Line

_NUMBER = re.compile(rb"job=(\d+)")
_ID = re.compile(r"(?P<index>\d{8})-0000-4000-8000-(?P<round>\d{12})")
_FAL = re.compile(
    r"(?P<job>/.+/requests/(?P<id>[^/]+))(?P<route>/status/stream|/status|/cancel|/response)?/?"
)
_OTHER = re.compile(r"/v1/(?P<kind>predictions|videos)/(?P<id>[^/]+)")
_FILE = re.compile(r"/files/(?P<size>\d{1,9})/[^/]+")
_UNKNOWN = bodies.as_json(404, {"detail": "Not found"})


class Reset:
    """The connection is to be cut instead of an answer."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The job's states are to be told as they come."""

    job: Job


RESET: Final = Reset()
Reply: TypeAlias = bytes | Reset | Stream


@dataclass(slots=True)
class Round:
    """One client's turn: the jobs' lengths by number, the line, the faults and the books."""

    serial: int = 0
    lengths: Sequence[float] = ()
    line: Line = field(default_factory=Line)
    faults: Faults = field(default_factory=Faults)
    file_size: int = 1024
    accounts: Accounts = field(default_factory=Accounts)

    @classmethod
    def read(cls, text: bytes, serial: int) -> Self:
        """Return the round that a control request describes."""
        plan = json.loads(text)
        return cls(
            serial,
            plan.get("lengths", ()),
            Line(plan.get("workers"), plan.get("backlog", ())),
            Faults(plan.get("faults", 0.0), plan.get("seed", 0)),
            plan.get("file_size", 1024),
        )

    def length(self, number: int) -> float:
        """Return how long the job of this number runs; a round may have one length for all."""
        return self.lengths[number % len(self.lengths)] if self.lengths else 0.0


class Routes:
    """Answers requests for one round after another."""

    def __init__(self, base: str = "") -> None:
        self.base = base
        self.round = Round()

    def begin(self, text: bytes) -> None:
        """Begin a new round; what belongs to an earlier one is not known any more."""
        self.round = Round.read(text, self.round.serial + 1)

    def answer(self, method: str, target: str, body: bytes, now: float) -> Reply:
        """Answer one request."""
        self.round.accounts.requests += 1
        path = target.partition("?")[0]
        if method == "POST" and not path.endswith("/cancel"):
            return self._submit(path, body, now)
        if (found := _FAL.fullmatch(path)) is not None:
            return self._fal(found, now)
        if (found := _OTHER.fullmatch(path)) is not None:
            return self._other(found, now)
        if (found := _FILE.fullmatch(path)) is not None:
            return bodies.file(int(found["size"]))
        return _UNKNOWN

    def state(self, job: Job, now: float) -> str:
        """Return where a job stands, in fal's words."""
        if now >= job.turn.end:
            return "COMPLETED"
        return "IN_PROGRESS" if now >= job.turn.start else "IN_QUEUE"

    def status(self, job: Job, url: str, now: float) -> dict[str, object]:
        """Return a job's status in fal's protocol, and note it when it tells the end."""
        state = self.state(job, now)
        if state == "COMPLETED":
            self.round.accounts.tell(job, now)
        took = job.turn.end - job.turn.start
        return bodies.fal_status(
            url, self.id_of(job), state, self.round.line.ahead(job.turn, now), took
        )

    def id_of(self, job: Job) -> str:
        """Return a job's request id; it names the round, too."""
        return f"{job.index:08d}-0000-4000-8000-{self.round.serial:012d}"

    def _submit(self, path: str, body: bytes, now: float) -> bytes:
        found = _NUMBER.search(body)
        number = int(found[1]) if found else 0
        turn = self.round.line.admit(now, self.round.length(number))
        job = self.round.accounts.submit(number, turn, now)
        if path.startswith("/v1/videos"):
            return bodies.as_json(200, bodies.openai(self.id_of(job), "IN_QUEUE"))
        if path.startswith("/v1/"):
            return bodies.as_json(201, bodies.replicate(self.base, self.id_of(job), "IN_QUEUE", 0))
        owner_and_model = "/".join(path.split("/")[:3])
        return bodies.as_json(200, bodies.fal_ticket(self.base, self.id_of(job), owner_and_model))

    def _job(self, request_id: str) -> Job | None:
        found = _ID.fullmatch(request_id)
        jobs = self.round.accounts.jobs
        if found is None or int(found["round"]) != self.round.serial:
            return None
        return jobs[int(found["index"])] if int(found["index"]) < len(jobs) else None

    def _fal(self, found: re.Match[str], now: float) -> Reply:
        job, route = self._job(found["id"]), found["route"]
        if job is None:
            return _UNKNOWN
        if route == "/cancel":
            return bodies.as_json(202, {"status": "CANCELLATION_REQUESTED"})
        if route == "/status/stream":
            return Stream(job)
        if (fault := self._read(job, now)) is not None:
            return fault
        if route == "/status":
            status = self.status(job, self.base + found["job"], now)
            return bodies.as_json(200 if status["status"] == "COMPLETED" else 202, status)
        return self._result(job, now)

    def _result(self, job: Job, now: float) -> bytes:
        if self.state(job, now) != "COMPLETED":
            return bodies.as_json(400, {"detail": "Request is still in progress"})
        self.round.accounts.tell(job, now)
        return bodies.as_json(
            200, bodies.fal_output(self.base, self.id_of(job), self.round.file_size)
        )

    def _other(self, found: re.Match[str], now: float) -> Reply:
        job = self._job(found["id"])
        if job is None:
            return _UNKNOWN
        if (fault := self._read(job, now)) is not None:
            return fault
        state = self.state(job, now)
        if state == "COMPLETED":
            self.round.accounts.tell(job, now)
        if found["kind"] == "videos":
            return bodies.as_json(200, bodies.openai(self.id_of(job), state))
        took = job.turn.end - job.turn.start
        return bodies.as_json(200, bodies.replicate(self.base, self.id_of(job), state, took))

    def _read(self, job: Job, now: float) -> Reply | None:
        """Note a read, and return the fault that it meets, if any."""
        accounts = self.round.accounts
        accounts.read(job, now)
        fault = self.round.faults.of(job.number, job.reads)
        if fault is None:
            return None
        accounts.fault(fault)
        if fault == "429":
            job.closed_until = now + RETRY_AFTER
            refusal = {"detail": "Too many requests"}
            return bodies.as_json(429, refusal, extra=f"retry-after: {RETRY_AFTER}\r\n")
        if fault == "503":
            return bodies.as_json(503, {"detail": "Service unavailable"})
        return RESET if fault == "reset" else bodies.http(502, bodies.PAGE, media="text/html")
