"""Waits for a job: hears its changes, or looks on a schedule, until it has ended or time is up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .. import _operations
from .._answers import (
    Blip,
    Broken,
    Denied,
    Done,
    Failed,
    Missing,
    Pending,
    Reading,
    read_job,
    unknown_fields,
)
from .._effects import Answer, Exchange, Flow, Notice
from .._problems import Problem, error_for
from .._refs import JobRef
from ..endpoints import Endpoint
from ..errors import (
    ContractError,
    JobCancelledError,
    JobFailedError,
    NoAnswerError,
    NotTheApiError,
)
from ..settings import Settings
from ..status import LogLine, State, Status, Update
from .deadlines import Deadline, call
from .listening import Listening
from .looking import Looks

BELIEVE_BROKEN = 2
"""Answers of no known shape in a row that are believed; the first may have been cut short."""


class Watch:
    """One wait for one job: the schedule's place, what was seen, and what is odd about it."""

    def __init__(
        self,
        job: JobRef,
        endpoint: Endpoint[..., object],
        *,
        settings: Settings,
        deadline: Deadline,
        logs: bool = False,
        born: float | None = None,
    ) -> None:
        deadline.job = job
        deadline.stage = "the wait"
        self.job = job
        self.endpoint = endpoint
        self.settings = settings
        self.deadline = deadline
        self.polls = 0
        self.retries = 0
        self.unexpected: Counter[str] = Counter()
        self._looks = Looks(job, settings=settings, deadline=deadline, born=born)
        self._listening = Listening(job, settings=settings, deadline=deadline, logs=logs)
        self._ask_status = _operations.get_status(job, logs=logs)
        self._on_result_route = settings.dialect == "gateway"
        self._has_ended = False
        self._waits = True
        self._age = 0.0
        self._missing_since: float | None = None
        self._broken = 0
        self._told: tuple[str, int | None] | None = None
        self._log: tuple[LogLine, ...] = ()

    def result(self) -> Flow[dict[str, object]]:
        """Return the job's output, telling each change on the way; raises JobFailedError."""
        try:
            self._looks.begin()
            return (yield from self._wait())
        finally:
            self._looks.end()

    def _wait(self) -> Flow[dict[str, object]]:
        heard = yield from self._first_news()
        while True:
            reading = heard or (yield from self.look())
            if isinstance(reading, Done):
                self._looks.done({})
                yield from self._tell(Status(State.COMPLETED, logs=self._log))
                return self._count_unknown(reading.output)
            if isinstance(reading, Failed):
                yield from self._tell(_status_of(reading))
                raise self._verdict(reading)
            if self._is_completed(reading.status, heard=heard is not None):
                self._looks.done(reading.status.metrics)
                yield from self._tell(reading.status)
                self._on_result_route = True  # the truth is there, and there is nothing to wait for
                self._has_ended = True
                heard = None
                continue
            self._looks.pending(reading.status)
            yield from self._tell(reading.status)
            heard = yield from self._news(reading.retry_after)

    def _is_completed(self, status: Status, *, heard: bool) -> bool:
        return status.state == State.COMPLETED and (heard or not self._on_result_route)

    def _first_news(self) -> Flow[Pending | Done | Failed | None]:
        """Return what is heard at once; None: the time for a first look has come."""
        heard = (yield from self._hear()) if self._listening.has_hope else None
        if heard is None and (wish := self._listening.take_wish()):
            yield from self._looks.rest(wish)
        elif heard is None:
            yield from self._looks.first()
        return heard

    def _news(self, wish: float | None) -> Flow[Pending | Done | Failed | None]:
        """Return what is heard next; None: the time for another look has come."""
        was_heard = self._listening.is_open
        heard = (yield from self._hear()) if self._listening.has_hope else None
        if heard is None and not was_heard:
            yield from self._looks.rest(self._listening.take_wish() or wish)
        return heard

    def _hear(self) -> Flow[Pending | Done | Failed | None]:
        """Return what an event says, if it says anything of this job that can be believed."""
        while (answer := (yield from self._listening.next())) is not None:
            self._looks.saw(answer)
            if not answer.body:
                continue
            reading = read_job(answer, self.endpoint.output_schema)
            if isinstance(reading, Pending | Done | Failed) and _tells_of(self.job, answer):
                self._note(reading)
                if _has_ended(reading):
                    self._looks.pending(Status(State.IN_PROGRESS))  # until now
                    yield from self._listening.stop()
                return reading
            yield from self._listening.stop()
            return None
        return None

    def status(self) -> Flow[Status]:
        """Return where the job stands, after one clear look."""
        self._waits = False
        reading = yield from self.look()
        return reading.status if isinstance(reading, Pending) else _status_of(reading)

    def look(self) -> Flow[Pending | Done | Failed]:
        """Ask until the answer is clear; raises what asking again cannot mend."""
        while True:
            reading = yield from self._read()
            if isinstance(reading, Denied):
                raise error_for(reading.problem, doing="asking for the job", job=self.job)
            if isinstance(reading, Missing):
                self._judge_missing(reading.problem)
            elif isinstance(reading, Broken):
                self._judge_broken(reading)
            elif not isinstance(reading, Blip):
                return reading
            self.retries += 1
            yield from self._looks.rest(_retry_after(reading))

    def _read(self) -> Flow[Reading]:
        self.polls += 1
        try:
            # In a crowd, a result that is there must not wait for looks at what goes on.
            answer = yield from call(
                self.deadline, self._exchange(), self.settings.timeout, urgent=self._has_ended
            )
        except NoAnswerError as failure:
            self.deadline.trouble = failure.problem
            return Blip(Problem(0, failure.problem))
        self._looks.saw(answer)
        self._age = answer.when - self.job.submitted_at
        reading = read_job(answer, self.endpoint.output_schema)
        if self._on_result_route and _is_empty_completion(reading):
            reading = Broken("COMPLETED without an output")
        self._note(reading)
        return reading

    def _exchange(self) -> Exchange:
        if self._on_result_route:
            return _operations.get_result(self.job)
        return self._ask_status

    def _note(self, reading: Reading) -> None:
        """Keep what the deadline's error should say, and count what the contract does not know."""
        if not isinstance(reading, Missing):
            self._missing_since = None
        if not isinstance(reading, Broken):
            self._broken = 0
        if isinstance(reading, Pending):
            self.deadline.state, self.deadline.trouble = reading.status.state, ""
            if not reading.status.known:
                self.unexpected[f"state {reading.status.state}"] += 1
            for name in reading.status.raw.keys() - _operations.STATUS_FIELDS:
                self.unexpected[f"field {name} of a status"] += 1
            if reading.status.request_id not in {"", self.job.request_id}:
                self.unexpected["another request_id"] += 1
        elif isinstance(reading, Blip | Missing):
            self.deadline.trouble = f"HTTP {reading.problem.status}: {reading.problem.text}"

    def _judge_missing(self, problem: Problem) -> None:
        """Believe a 404, or a web page, only when it has lasted: a new job may not be known yet.

        A wait is not given up for one odd answer; a single look at an old job is answered at once.
        """
        if self._missing_since is None:
            self._missing_since = self.deadline.elapsed
        lasted = self.deadline.elapsed - self._missing_since
        if (lasted if self._waits else self._age) < self.settings.missing_patience:
            return
        if problem.is_missing or problem.status >= 400:  # noqa: PLR2004
            raise error_for(problem, doing="asking for the job", job=self.job)
        raise NotTheApiError(
            f"asking for the job was answered {problem.status} with {problem.text}, not by the API",
            operation=self._exchange().operation,
            hint="The job is safe; check the base URL, then fetch it by its id",
            job=self.job,
        )

    def _judge_broken(self, reading: Broken) -> None:
        self._broken += 1
        if self._broken >= BELIEVE_BROKEN:
            raise ContractError(
                f"the answer has no known shape: {reading.reason}",
                operation=self._exchange().operation,
                pointer=reading.pointer,
                hint="The job is safe: fetch it again by its id, or look at it with the vendor",
                job=self.job,
            )

    def _tell(self, status: Status) -> Sequence[Notice]:
        """Return what is to be told, if anything has changed."""
        new = new_lines(self._log, status.logs)
        now = (status.state, status.queue_position)
        if now == self._told and not new:
            return ()
        self._told = now
        self._log = (*self._log, *new)
        return (Notice(Update(status, new, self.deadline.elapsed, self.polls)),)

    def _verdict(self, reading: Failed) -> JobFailedError:
        problem = reading.problem
        cls = JobCancelledError if reading.cancelled else JobFailedError
        return cls(
            f"the job {'was cancelled' if reading.cancelled else 'failed'}: {problem.words}",
            code=problem.code,
            status=problem.status,
            fields=problem.fields,
            hint=(
                "Change the input it names and submit again"
                if problem.fields
                else "Submit again to try anew; whether a failed job is charged is not known"
            ),
            job=self.job,
        )

    def _count_unknown(self, output: dict[str, object]) -> dict[str, object]:
        for name in unknown_fields(output, self.endpoint.output_schema):
            self.unexpected[f"field {name}"] += 1
        return output


def new_lines(seen: tuple[LogLine, ...], window: tuple[LogLine, ...]) -> tuple[LogLine, ...]:
    """Return the lines of a sliding window that come after those seen."""
    for overlap in range(min(len(seen), len(window)), 0, -1):
        if seen[-overlap:] == window[:overlap]:
            return window[overlap:]
    return window


def _tells_of(job: JobRef, answer: Answer) -> bool:
    """Tell whether an event says where this job stands; one that names no job is about this one."""
    body = answer.json
    if not isinstance(body, dict) or not isinstance(body.get("status"), str):
        return False
    return body.get("request_id") in (None, "", job.request_id)


def _has_ended(reading: Pending | Done | Failed) -> bool:
    return not isinstance(reading, Pending) or reading.status.state == State.COMPLETED


def _is_empty_completion(reading: Reading) -> bool:
    return isinstance(reading, Pending) and reading.status.state == State.COMPLETED


def _retry_after(reading: Reading) -> float | None:
    return reading.problem.retry_after if isinstance(reading, Blip | Missing) else None


def _status_of(reading: Done | Failed) -> Status:
    if isinstance(reading, Done):
        return Status(State.COMPLETED)
    problem = reading.problem
    state = State.CANCELLED if reading.cancelled else State.FAILED
    return Status(state, error=problem.words, error_type=problem.code)
