"""The queue's own answer bodies, which fal and the gateway share: ticket, status, logs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

from chainhub_fal_sandbox.exchange import app_of
from chainhub_fal_sandbox.queue import Job, State

IN_PROGRESS_DETAIL = "Request is still in progress"

_LOG_LINES = 10
_LOG_WINDOW = 5


@dataclass(frozen=True)
class JobView:
    """A job as it looks at one moment, with what an answer about it needs.

    `host` is the origin its URLs name, `epoch` what to add to a clock reading to get POSIX
    seconds; `logs` says whether the caller asked for them. `told` is how many lines a stream
    has told already; None for a poll, which sees a sliding window and not the whole log.
    """

    job: Job
    position: int
    now: float
    host: str
    epoch: float
    logs: bool = False
    told: int | None = None

    @property
    def lines(self) -> int:
        """How many log lines the job has written."""
        job = self.job
        if job.started_at is None:
            return 0
        until = self.now if job.ended_at is None else job.ended_at
        return min(_LOG_LINES, int((until - job.started_at) / _log_step(job))) + 1

    @property
    def next_line_at(self) -> float:
        """When the job writes its next log line, if it runs on; infinity if it does not run."""
        job = self.job
        if job.state is not State.IN_PROGRESS or job.started_at is None:
            return inf
        return job.started_at + _log_step(job) * self.lines

    @property
    def urls(self) -> dict[str, str]:
        """The three URLs of the job; only `owner/app` of the endpoint id survives in them."""
        base = f"{self.host}/{app_of(self.job.endpoint_id)}/requests/{self.job.request_id}"
        return {
            "response_url": base,
            "status_url": f"{base}/status",
            "cancel_url": f"{base}/cancel",
        }


def ticket(view: JobView) -> dict[str, object]:
    """Return the answer to a submit (fal's queue page and the gateway's own sample agree)."""
    return {
        "status": State.IN_QUEUE,
        "request_id": view.job.request_id,
        **view.urls,
        "logs": None,
        "metrics": {},
        "queue_position": view.position,
    }


def status(view: JobView) -> dict[str, object]:
    """Return the status body; a failure of the request shows, one of the model does not."""
    job = view.job
    body: dict[str, object] = {
        "status": job.state,
        "request_id": job.request_id,
        **view.urls,
        "logs": _logs(view) if view.logs and job.state is not State.IN_QUEUE else None,
        "metrics": {},
    }
    if job.state is State.IN_QUEUE:
        body["queue_position"] = view.position
    if job.state is State.COMPLETED and job.ran_seconds is not None:
        body["metrics"] = {"inference_time": round(job.ran_seconds, 6)}
    if job.state is State.COMPLETED and job.failure and job.failure.error_type:
        body |= {"error": job.failure.detail, "error_type": job.failure.error_type}
    return body


def _logs(view: JobView) -> list[Mapping[str, object]]:
    """Return the newest lines, or those that were not told yet."""
    job = view.job
    first = max(0, view.lines - _LOG_WINDOW) if view.told is None else view.told
    start, step = view.epoch + (job.started_at or 0.0), _log_step(job)
    return [_line(index, start + step * index) for index in range(first, view.lines)]


def _log_step(job: Job) -> float:
    """Return the seconds between two log lines."""
    return max(job.run_seconds, 1e-6) / _LOG_LINES


def _line(index: int, at: float) -> Mapping[str, object]:
    """Return one log entry; fal writes microseconds and no time zone."""
    moment = datetime.fromtimestamp(at, UTC).replace(tzinfo=None)
    return {
        "timestamp": moment.isoformat(timespec="microseconds"),
        "message": f"{100 * index // _LOG_LINES} % done" if index else "started",
        "level": "INFO",
        "source": "USER",
        "labels": {},
    }
