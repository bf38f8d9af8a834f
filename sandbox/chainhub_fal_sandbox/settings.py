"""The choices a sandbox is started with: which service it plays, and how that service behaves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

DialectName = Literal["gateway", "fal"]

_DEFAULT_KEYS: dict[DialectName, str] = {
    "gateway": "sandbox-key",
    "fal": "sandbox-id:sandbox-secret",
}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one sandbox behaves; times are in seconds, sizes in bytes.

    What the live gateway does is known only in part, so each doubtful point is a choice here
    and no choice claims to be the truth.

    dialect: `gateway` (Bearer key, ticket URLs of another host) or `fal` (`Key id:secret`).
    key: the one key that is accepted; None takes the dialect's own default.
    workers, queue_seconds, run_seconds: how many jobs run at once, how long each waits at
        least, how long each runs (a number, or a function of the job's input).
    others_ahead: jobs of other callers that stand before a new job and leave while it waits.
    cancel_queued: the answer to a cancel before the start: 202 `requested`, as fal's pages say,
        or 200 `removed`, as its newest API document says.
    cancel_running: whether a cancel stops a job that is running, or comes too late for it.
    validation: a body that breaks the contract is refused at `submit`, or `deferred`: accepted,
        and refused on the result route, as fal was observed to do.
    pending: the gateway's answer for a result that is not ready: 200 with a `status` body,
        202 with the same (`accepted`), or fal's 400 `detail`.
    failure: the gateway's answer for a failed job: 200 with a `status` body that says FAILED,
        the `flat` error of its task relay, the `relayed` error of its other relay (which loses
        fal's words), or fal's own `detail` passed through.
    unknown_job: the gateway's answer to an unknown id: fal's 404 `not-found`, or the 400
        `task-not-exist` of its task relay.
    gateway_routes: `all`, `no-stream`, which is all but the status stream, or `result-only`: the
        gateway documents no status, stream and cancel route.
    unrouted: the gateway's answer to unknown paths: its web `page` with 200, or `404`.
    foreign_images: a picture on a host other than loopback is never fetched: `refuse` fails
        the job, `invent` draws a picture from the address instead.
    ping_seconds: how often a status stream gets a comment that shows it is alive.
    ticket_host: origin of the ticket's URLs; None is `https://queue.fal.run` for the gateway
        and the sandbox itself for fal.
    body_limit: a larger request body is answered 413.
    max_megapixels: a larger picture, asked for or sent, fails its job.
    contract: the OpenAPI file; None finds the one that belongs to this package.
    faults: names of faults that stay switched on from the start.
    clock: seconds that never go back.
    """

    dialect: DialectName = "gateway"
    key: str | None = None
    workers: int = 2
    queue_seconds: float = 0.02
    run_seconds: float | Callable[[object], float] = 0.05
    others_ahead: int = 2
    cancel_queued: Literal["requested", "removed"] = "requested"
    cancel_running: Literal["stop", "too-late"] = "stop"
    validation: Literal["submit", "deferred"] = "submit"
    pending: Literal["status", "accepted", "detail"] = "status"
    failure: Literal["status", "flat", "relayed", "detail"] = "status"
    unknown_job: Literal["not-found", "task-not-exist"] = "not-found"
    gateway_routes: Literal["all", "no-stream", "result-only"] = "all"
    unrouted: Literal["page", "404"] = "page"
    foreign_images: Literal["refuse", "invent"] = "refuse"
    ping_seconds: float = 15.0
    ticket_host: str | None = None
    body_limit: int = 32 * 1024 * 1024
    max_megapixels: float = 16.0
    contract: Path | None = None
    faults: tuple[str, ...] = ()
    clock: Callable[[], float] = time.monotonic

    def __post_init__(self) -> None:
        """Refuse a word or a number that no sandbox can be started with (ValueError)."""
        for name, hint in get_type_hints(type(self)).items():
            value, known = getattr(self, name), get_args(hint)
            if get_origin(hint) is Literal and value not in known:
                raise ValueError(f"{name} is {value!r}: choose one of {', '.join(known)}")
        if self.key == "":
            raise ValueError("key is empty: a request without a key would be let in")
        if self.workers < 1:
            raise ValueError(f"workers is {self.workers}: at least one is needed to run jobs")
        if not self.ping_seconds > 0:
            raise ValueError(f"ping_seconds is {self.ping_seconds}: it is the time between two")

    @property
    def accepted_key(self) -> str:
        """The one key that opens this sandbox."""
        return self.key if self.key is not None else _DEFAULT_KEYS[self.dialect]
