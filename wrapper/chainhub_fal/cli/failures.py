"""What went wrong, told in full: what, which job, how long, what to do, and how to resume."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from .. import ChainHubError, FieldProblem, JobRef
from .exits import Exit, Terminated, exit_of
from .wording import name_of, seconds

_WORTH_TELLING = 0.1  # seconds; what was refused at once took no time


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, ready to be told; ``elapsed`` is in seconds, ``resume`` a command line.

    ``way`` says what that command does.
    """

    error: BaseException
    image: str = ""
    job: JobRef | None = None
    elapsed: float | None = None
    resume: str = ""
    way: str = "fetch it with"

    @property
    def exit(self) -> Exit:
        """The code this failure ends the command with."""
        return exit_of(self.error)

    @property
    def problem(self) -> str:
        """What happened, without the job and without the way out."""
        if isinstance(self.error, ChainHubError):
            return self.error.problem
        if isinstance(self.error, Terminated):
            return "terminated"
        if isinstance(self.error, KeyboardInterrupt):
            return "interrupted"
        return f"a bug in this program, {type(self.error).__name__} at {_place_of(self.error)}"

    @property
    def advice(self) -> Sequence[str]:
        """What to do, and what has become of the job."""
        hint = self.error.hint if isinstance(self.error, ChainHubError) else ""
        return [line for line in (hint, *getattr(self.error, "__notes__", ())) if line]

    def lines(self) -> list[str]:
        """Return the lines for people."""
        about = []
        if self.job is not None:
            about.append(f"job {self.job.request_id} of {self.job.endpoint}")
        if self.elapsed is not None and self.elapsed >= _WORTH_TELLING:
            about.append(f"after {seconds(self.elapsed)}")
        image = f"{name_of(self.image)}: " if self.image else ""
        told = f" ({', '.join(about)})" if about else ""
        resume = [f"{self.way}: {self.resume}"] if self.resume else []
        return [f"{image}{self.problem}{told}", *self.advice, *resume]

    def facts(self) -> dict[str, object]:
        """Return the facts for machines; what does not apply is left out."""
        fields: tuple[FieldProblem, ...] = getattr(self.error, "fields", ())
        facts = {
            "kind": type(self.error).__name__,
            "exit_code": int(self.exit),
            "problem": self.problem,
            "advice": list(self.advice),
            "image": name_of(self.image) if self.image else None,
            "request_id": self.job.request_id if self.job else None,
            "endpoint": self.job.endpoint if self.job else None,
            "ref": self.job.to_json() if self.job else None,
            "elapsed": self.elapsed,
            "resume": self.resume,
            "status": getattr(self.error, "status", None),
            "code": getattr(self.error, "code", None),
            "fields": [{"field": field.field, "message": field.message} for field in fields],
        }
        return {name: value for name, value in facts.items() if value not in (None, "", [])}


def _place_of(error: BaseException) -> str:
    """Name the line that raised; a bug's own words may hold what must not be shown."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{name_of(frames[-1].filename)}:{frames[-1].lineno}" if frames else "an unknown place"
