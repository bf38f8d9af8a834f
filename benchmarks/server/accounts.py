"""The judge's books: for each job when it truly ended, how often it was asked, when it was told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field

from .line import Turn


@dataclass(slots=True)
class Job:
    """One submitted job. Times are seconds of the monotonic clock."""

    index: int
    """Its place among the submits; its request id is made of it."""
    number: int
    """Which of the round's jobs the client said it is; the same number is the same work."""
    turn: Turn
    polls: int = 0
    """Reads up to the first that said the job had ended, that one included."""
    reads: int = 0
    """All reads, the fetching of the result included."""
    told: float | None = None
    """When the first answer that said so was written."""
    closed_until: float = 0.0
    """No read is welcome before: a Retry-After was sent."""
    early: int = 0
    """Reads that came all the same."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """What is reported of a job."""

    number: int
    submitted: float
    ended: float
    told: float | None
    polls: int
    reads: int

    @property
    def delay(self) -> float | None:
        """Seconds from the job's end until the client was told."""
        return None if self.told is None else self.told - self.ended


@dataclass(slots=True)
class Accounts:
    """What happened since the round began."""

    jobs: list[Job] = field(default_factory=list)
    submitted: list[float] = field(default_factory=list)
    requests: int = 0
    connections: int = 0
    open_now: int = 0
    most_open: int = 0
    faults: dict[str, int] = field(default_factory=dict)

    def submit(self, number: int, turn: Turn, now: float) -> Job:
        """Note a new job."""
        job = Job(len(self.jobs), number, turn)
        self.jobs.append(job)
        self.submitted.append(now)
        return job

    def read(self, job: Job, now: float) -> None:
        """Note that a job is asked for."""
        job.reads += 1
        if job.told is None:
            job.polls += 1
        if now < job.closed_until:
            job.early += 1

    def tell(self, job: Job, now: float) -> None:
        """Note that an answer says the job has ended; the first one counts."""
        if job.told is None:
            job.told = now

    def fault(self, kind: str) -> None:
        """Note a fault."""
        self.faults[kind] = self.faults.get(kind, 0) + 1

    def connected(self, change: int) -> None:
        """Note a connection opened (1) or closed (-1)."""
        self.connections += change > 0
        self.open_now += change
        self.most_open = max(self.most_open, self.open_now)

    def report(self) -> dict[str, object]:
        """Return the books as plain values."""
        return {
            "jobs": [
                asdict(JobRecord(job.number, when, job.turn.end, job.told, job.polls, job.reads))
                for job, when in zip(self.jobs, self.submitted, strict=True)
            ],
            "requests": self.requests,
            "connections": self.connections,
            "most_open": self.most_open,
            "faults": dict(self.faults),
            "early": sum(job.early for job in self.jobs),
        }
