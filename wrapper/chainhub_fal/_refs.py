"""The reference to a job: a plain value that outlives the process, without secret or host."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from typing import Self

from .errors import ConfigurationError

VERSION = 1
LONGEST_PATH = 1000  # characters; what is longer is no job's address
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}"
REQUEST_ID = re.compile(_SEGMENT)
REQUEST_PATH = re.compile(rf"(?:/{_SEGMENT})+/requests/(?P<request_id>{_SEGMENT})")
# What fal appends to a request's path: its older documents end the result at the id, newer ones in
# "/response" (upstream facts, section 3); either may carry a trailing slash.
SUFFIX = re.compile(r"(?P<suffix>/status|/cancel|/response)?/?")


@dataclass(frozen=True, slots=True)
class JobRef:
    """Names one job anywhere: ``client.job(ref)`` resumes it, in another process or another year.

    ``path`` is the job's path below the base URL (``/fal-ai/flux-1/requests/<id>``), taken from the
    ticket; ``submitted_at`` is Unix time in seconds. Raises ConfigurationError when the parts do
    not belong together, because a path from elsewhere must not steer a request with the key in it.
    """

    endpoint: str
    request_id: str
    path: str
    submitted_at: float = 0.0
    version: int = VERSION

    def __post_init__(self) -> None:
        """Refuse a reference that could lead a request anywhere but to its own job."""
        if self.version != VERSION:
            raise ConfigurationError(
                f"the job reference has version {self.version}, this client reads {VERSION}",
                hint="Update chainhub-fal",
            )
        match = REQUEST_PATH.fullmatch(self.path)
        mine = match is not None and match["request_id"] == self.request_id
        if not mine or len(self.path) > LONGEST_PATH:
            raise ConfigurationError(
                f"the path of the job reference does not belong to job {self.request_id!r}",
                hint="A job reference is made by submit; do not build its path by hand",
            )

    def to_json(self) -> str:
        """Return the reference as one line of JSON."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote; raises ConfigurationError for anything else."""
        try:
            values = json.loads(text)
            return cls(**values)
        except (ValueError, TypeError) as error:
            if isinstance(error, ConfigurationError):
                raise
            raise ConfigurationError(
                f"this is not a job reference: {error}", hint="Pass what job.ref.to_json() gave"
            ) from error
