"""One call of a command: what it is about just now, and how each of its ends is told."""

from __future__ import annotations

import json
import shlex
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import click

from .. import ChainHubError, Client, ConfigurationError, Job, JobRef, Update
from .echo import echoed
from .exits import Exit
from .failures import Failure
from .service import Service
from .talk import Talk
from .voice import choose
from .wording import PROGRAM, change, name_of


class Session:
    """Remembers the image and the job in hand, so that no end of the command loses them."""

    def __init__(self, service: Service, *, out: str | None = None, repeats: bool = True) -> None:
        """``repeats``: what the library logs is said as well; of many jobs it would be too much."""
        self.service = service
        self._repeats = repeats
        self.talk: Talk = choose(as_json=bool(service.json))
        self._out = out
        self.image = ""
        self._job: JobRef | None = None
        self._started: float | None = None

    @property
    def about(self) -> str:
        """The short name of the image in hand."""
        return name_of(self.image) if self.image else ""

    def run(self, work: Callable[[], Exit]) -> Exit:
        """Do the work; every end of it, a bug too, is told with the job it concerns."""
        with self.talk, echoed(self._repeat) if self._repeats else nullcontext():
            try:
                return work()
            except (ChainHubError, KeyboardInterrupt) as error:
                return self.report(error)
            except Exception as bug:
                if isinstance(bug, click.ClickException | click.exceptions.Exit | BrokenPipeError):
                    raise
                return self.report(bug)

    def _repeat(self, message: str) -> None:
        self.talk.tell(self.about, message, {"event": "log", "line": message})

    def report(self, error: BaseException) -> Exit:
        """Tell a failure and return its exit code."""
        job = (error.job if isinstance(error, ChainHubError) else None) or self._job
        failure = Failure(
            error,
            image=self.image,
            job=job,
            elapsed=None if self._started is None else time.monotonic() - self._started,
            resume=self.resume_command(job) if job else "",
        )
        self.talk.fail(failure)
        return failure.exit

    def begin(self, image: str) -> None:
        """Take an image in hand."""
        self.image = image
        self._job = None
        self._started = time.monotonic()
        self.talk.begin(self.about)

    def hold(self, job: JobRef) -> None:
        """Take a job in hand: from now on every end names it."""
        self._job = job
        self._started = self._started or time.monotonic()

    def queued(self, job: JobRef) -> None:
        """Say the job's id at once: from here on it is paid."""
        self.hold(job)
        facts = {"event": "queued", "request_id": job.request_id, "ref": job.to_json()}
        self.talk.tell(self.about, f"job {job.request_id} is queued", facts)

    def moved(self, update: Update) -> None:
        """Say where the job stands, and what its log says."""
        for line in update.new_logs:
            self.talk.tell(
                self.about, f"log: {line.message}", {"event": "log", "line": line.message}
            )
        facts = {
            "event": "state",
            "state": update.state,
            "queue_position": update.queue_position,
            "elapsed": round(update.elapsed, 3),
        }
        self.talk.change(self.about, change(update), facts)

    def resume_command(self, job: JobRef) -> str:
        """Return the command line that fetches this job's result."""
        out = ["-o", self._out or "."]
        return command_line("result", job.to_json(), *out, *self.service.repeated())

    def job(self, client: Client, reference: str, endpoint: str) -> Job[object]:
        """Take up the job that a REF, a file of one, ``-`` for stdin, or a bare id names."""
        text = _read_reference(reference)
        known = text.startswith("{")  # a reference tells its endpoint, a bare id does not
        job = client.job(JobRef.from_json(text)) if known else client.job(text, endpoint=endpoint)
        self.hold(job.ref)
        return job


def command_line(*words: str) -> str:
    """Write a command as it is typed into a shell."""
    return shlex.join([PROGRAM, *words])


def _read_reference(reference: str) -> str:
    text = reference.strip()
    if text == "-":
        text = sys.stdin.read().strip()
    elif not text.startswith("{") and _is_file(text):
        text = _read_file(text).strip()
    return _unwrapped(text) if text.startswith("{") else text


def _read_file(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"{path} cannot be read as a job reference: {type(error).__name__}",
            hint="Give the reference itself, a file that holds it, - for stdin, or the job's id",
        ) from error


def _unwrapped(text: str) -> str:
    """Take the reference out of what ``submit --json`` printed."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value["ref"] if isinstance(value, dict) and isinstance(value.get("ref"), str) else text


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False  # no name that a file can have
