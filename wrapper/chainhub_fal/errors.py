"""Every error this client raises, in one tree.

::

    ChainHubError                     catch this to catch all of them
    ├── ConfigurationError            no key, a bad base URL, a bad option; also a ValueError
    ├── InvalidInputError             an input refused before it cost money; also a ValueError
    │   └── UnknownEndpointError      no such endpoint in the contract
    ├── NoAnswerError                 the exchange ended without an answer; says whether a byte left
    ├── SubmissionUnknownError        a submit that may have been queued: never sent again
    ├── StatusError                   an answer came, and it says no
    │   ├── AuthenticationError       401: the key is wrong
    │   ├── PermissionDeniedError     403: the key may not do this
    │   │   └── QuotaError            403, 402 or 429: the balance does not cover the call
    │   ├── NotFoundError             404: no such job or route
    │   ├── RequestRefusedError       400, 413, 422 and the other 4xx: the request was refused
    │   ├── RateLimitError            429: too many requests
    │   └── ServerError               5xx
    ├── JobFailedError                the queue's verdict: the job ended without a result
    │   └── JobCancelledError         ... because it was cancelled
    ├── DeadlineExceededError         our patience ended; the job may go on; also a TimeoutError
    ├── ContractError                 an answer that the contract does not allow
    │   ├── NotTheApiError            a web page or a redirect where the API should be
    │   └── TicketError               a ticket whose URLs must not be followed
    ├── JournalError                  a batch's journal cannot be opened or written; also an OSError
    └── SaveError                     a result's file was not fetched or written; also an OSError

Each says what happened, to which job, after how long, and what to do next. ``.job`` is the
:class:`~chainhub_fal.JobRef` of the job concerned, or ``None`` when none exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._refs import JobRef

__all__ = [
    "AuthenticationError",
    "ChainHubError",
    "ConfigurationError",
    "ContractError",
    "DeadlineExceededError",
    "FieldProblem",
    "InvalidInputError",
    "JobCancelledError",
    "JobFailedError",
    "JournalError",
    "NoAnswerError",
    "NotFoundError",
    "NotTheApiError",
    "PermissionDeniedError",
    "QuotaError",
    "RateLimitError",
    "RequestRefusedError",
    "SaveError",
    "ServerError",
    "StatusError",
    "SubmissionUnknownError",
    "TicketError",
    "UnknownEndpointError",
]


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One input field that the model refused: where, what is wrong, and the type to branch on."""

    field: str
    message: str
    type: str = ""

    def __str__(self) -> str:
        """Read as ``num_images: must be <= 4``."""
        return f"{self.field}: {self.message}" if self.field else self.message


class ChainHubError(Exception):
    """The root of all errors; ``problem`` is what happened, ``hint`` what to do next."""

    def __init__(self, problem: str, *, hint: str = "", job: JobRef | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint
        self.job = job

    def __str__(self) -> str:
        """Say the problem, the job it concerns and the way out, in that order."""
        about = f" (job {self.job.request_id} of {self.job.endpoint})" if self.job else ""
        return f"{self.problem}{about}" + (f". {self.hint}" if self.hint else "")

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: keyword-only constructors cannot be called with ``args`` alone."""
        return _rebuild, (type(self), self.args, self.__dict__)


def _rebuild(
    cls: type[ChainHubError], args: tuple[object, ...], state: Mapping[str, object]
) -> ChainHubError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class ConfigurationError(ChainHubError, ValueError):
    """The client cannot be made or used as configured."""


class InvalidInputError(ChainHubError, ValueError):
    """An input was refused before anything was sent; ``field`` names it."""

    def __init__(self, problem: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(f"{field}: {problem}" if field else problem, hint=hint)
        self.field = field


class UnknownEndpointError(InvalidInputError):
    """The endpoint is not in the contract this client was built from."""


class NoAnswerError(ChainHubError):
    """An exchange ended without an answer.

    ``unsent`` is True only with proof that no byte of the request left this machine; ``phase`` says
    how far it came; ``at`` is the driver's clock when it ended, ``when`` the Unix time of sending.
    """

    def __init__(
        self,
        problem: str,
        *,
        phase: str,
        unsent: bool,
        at: float = 0.0,
        when: float = 0.0,
        bytes_written: int | None = None,
    ) -> None:
        super().__init__(problem)
        self.phase = phase
        self.unsent = unsent
        self.at = at
        self.when = when
        self.bytes_written = bytes_written

    @property
    def had_no_turn(self) -> bool:
        """Tell whether the exchange never began, because others had to come first."""
        return self.phase == "turn"


class SubmissionUnknownError(ChainHubError):
    """A submit whose fate is not known: it may be queued and charged, so it is not sent again.

    ``phase`` is how far the exchange came, ``bytes_written`` how much of the request's body is
    known to have left (None: not known), ``digest`` the SHA-256 of the body, ``submitted_at`` the
    Unix time of sending. ``status`` is the HTTP status if an answer came, and ``pointer`` the place
    in its body, as a JSON pointer, where a ticket would name the job.
    """

    def __init__(
        self,
        problem: str,
        *,
        phase: str,
        digest: str,
        submitted_at: float,
        bytes_written: int | None = None,
        status: int | None = None,
        pointer: str = "",
    ) -> None:
        hint = (
            "The job may be queued and charged, so it was not sent again; look at the account's"
            f" list of calls before you resubmit (payload sha256 {digest[:12]})"
        )
        super().__init__(problem, hint=hint)
        self.phase = phase
        self.digest = digest
        self.submitted_at = submitted_at
        self.bytes_written = bytes_written
        self.status = status
        self.pointer = pointer


class StatusError(ChainHubError):
    """An answer with an error status; ``code`` and ``fields`` hold what its body said."""

    def __init__(
        self,
        problem: str,
        *,
        status: int,
        code: str = "",
        fields: tuple[FieldProblem, ...] = (),
        retry_after: float | None = None,
        hint: str = "",
        job: JobRef | None = None,
    ) -> None:
        super().__init__(problem, hint=hint, job=job)
        self.status = status
        self.code = code
        self.fields = fields
        self.retry_after = retry_after


class AuthenticationError(StatusError):
    """401: the key was not accepted."""


class PermissionDeniedError(StatusError):
    """403: the key was accepted but may not do this."""


class QuotaError(PermissionDeniedError):
    """The account's balance or quota does not cover the call."""


class NotFoundError(StatusError):
    """404: the server does not know the job or the route."""


class RequestRefusedError(StatusError):
    """400, 413, 422 or another 4xx: the request was refused as it stands."""


class RateLimitError(StatusError):
    """429: too many requests; ``retry_after`` is the server's wish in seconds, if it said one."""


class ServerError(StatusError):
    """5xx: the server failed."""


class JobFailedError(ChainHubError):
    """The job ended without a result; ``fields`` names the inputs that the model refused."""

    def __init__(
        self,
        problem: str,
        *,
        code: str = "",
        status: int | None = None,
        fields: tuple[FieldProblem, ...] = (),
        hint: str = "",
        job: JobRef | None = None,
    ) -> None:
        super().__init__(problem, hint=hint, job=job)
        self.code = code
        self.status = status
        self.fields = fields


class JobCancelledError(JobFailedError):
    """The job was cancelled before it had a result."""


class DeadlineExceededError(ChainHubError, TimeoutError):
    """The deadline came before the end; ``stage`` says what was going on, ``waited`` in seconds."""

    def __init__(
        self, problem: str, *, stage: str, waited: float, hint: str = "", job: JobRef | None = None
    ) -> None:
        super().__init__(problem, hint=hint, job=job)
        self.stage = stage
        self.waited = waited


class ContractError(ChainHubError):
    """An answer that the contract does not allow and that cannot be used.

    ``operation`` is the contract's operationId, ``pointer`` the place in the answer's body as a
    JSON pointer (RFC 6901; empty: the body as a whole).
    """

    def __init__(
        self,
        problem: str,
        *,
        operation: str,
        pointer: str = "",
        hint: str = "",
        job: JobRef | None = None,
    ) -> None:
        place = f"{operation} at {pointer}" if pointer else operation
        super().__init__(f"{place}: {problem}", hint=hint, job=job)
        self.operation = operation
        self.pointer = pointer


class NotTheApiError(ContractError):
    """A web page or a redirect came where the API should have answered."""


class TicketError(ContractError):
    """A ticket whose URLs do not belong to its job; nothing was sent to them."""


class JournalError(ChainHubError, OSError):
    """A batch's journal cannot be opened, read or written; nothing is submitted without it."""


class SaveError(ChainHubError, OSError):
    """A result's file was not fetched or written; the job is paid and can be fetched again."""

    def __init__(
        self, problem: str, *, path: str = "", hint: str = "", job: JobRef | None = None
    ) -> None:
        super().__init__(problem, hint=hint, job=job)
        self.path = path
