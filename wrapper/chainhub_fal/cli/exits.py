"""The exit codes, one for each kind of end, and which error ends with which."""

from __future__ import annotations

from collections.abc import Collection
from enum import IntEnum
from typing import Self

from .. import (
    AuthenticationError,
    ChainHubError,
    ConfigurationError,
    ContractError,
    DeadlineExceededError,
    InvalidInputError,
    JobCancelledError,
    JobFailedError,
    JournalError,
    NoAnswerError,
    NotFoundError,
    NotTheApiError,
    PermissionDeniedError,
    RateLimitError,
    SaveError,
    ServerError,
    StatusError,
    SubmissionUnknownError,
)


class Exit(IntEnum):
    """How the command ended; ``meaning`` is what the documentation says about the code."""

    meaning: str

    def __new__(cls, code: int, meaning: str) -> Self:
        """Make a member of its code and its meaning."""
        member = int.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    OK = 0, "everything asked for was done"
    SEVERAL = 1, "several images or rows failed, and not all in the same way"
    USAGE = 2, "the command, an input or the configuration was refused before anything was sent"
    EXTRA_MISSING = 3, "an extra of the package is not installed"
    AUTHENTICATION = 4, "the key was not accepted (401)"
    PERMISSION = 5, "the key may not do this, or the balance does not cover it (403, 402)"
    REFUSED = 6, "the request was refused as it stands (another 4xx)"
    NOT_FOUND = 7, "the server does not know the job or the route (404)"
    RATE_LIMIT = 8, "too many requests (429)"
    SERVER = 9, "the server failed (5xx)"
    NO_ANSWER = 10, "no connection or no answer, and nothing was queued"
    NOT_THE_API = 11, "a web page or a redirect came where the API should have answered"
    CONTRACT = 12, "an answer broke the contract: a result of another shape, a false ticket"
    JOB_FAILED = 13, "the job failed"
    JOB_CANCELLED = 14, "the job was cancelled"
    DEADLINE = 15, "the deadline came first"
    UNKNOWN = 16, "the submit may have been queued and charged; it was not sent again"
    SAVE = 17, "a result could not be fetched or written; the job is paid"
    JOURNAL = 18, "the journal of a batch cannot be opened or written"
    INTERNAL = 70, "a bug in this program"
    INTERRUPTED = 130, "Ctrl-C"
    TERMINATED = 143, "SIGTERM, treated like Ctrl-C"


class Terminated(KeyboardInterrupt):
    """SIGTERM came; whatever happens on Ctrl-C happens."""


_BY_ERROR: dict[type[BaseException], Exit] = {
    ConfigurationError: Exit.USAGE,
    InvalidInputError: Exit.USAGE,
    AuthenticationError: Exit.AUTHENTICATION,
    PermissionDeniedError: Exit.PERMISSION,
    NotFoundError: Exit.NOT_FOUND,
    RateLimitError: Exit.RATE_LIMIT,
    ServerError: Exit.SERVER,
    StatusError: Exit.REFUSED,
    NoAnswerError: Exit.NO_ANSWER,
    NotTheApiError: Exit.NOT_THE_API,
    ContractError: Exit.CONTRACT,
    JobCancelledError: Exit.JOB_CANCELLED,
    JobFailedError: Exit.JOB_FAILED,
    JournalError: Exit.JOURNAL,
    DeadlineExceededError: Exit.DEADLINE,
    SubmissionUnknownError: Exit.UNKNOWN,
    SaveError: Exit.SAVE,
    Terminated: Exit.TERMINATED,
    KeyboardInterrupt: Exit.INTERRUPTED,
}


def exit_of(error: BaseException) -> Exit:
    """Return the code an error ends with: that of its class, else of the nearest one above."""
    known = (_BY_ERROR[cls] for cls in type(error).__mro__ if cls in _BY_ERROR)
    return next(known, Exit.INTERNAL)


def exit_of_all(codes: Collection[Exit]) -> Exit:
    """Return the code of several failures: their own if they agree, OK if there are none."""
    kinds = set(codes)
    if not kinds:
        return Exit.OK
    return kinds.pop() if len(kinds) == 1 else Exit.SEVERAL


def concerns_all(error: ChainHubError, file_field: str) -> bool:
    """Tell whether the next image would end alike, so that trying it is pointless."""
    if isinstance(error, InvalidInputError):
        return error.field.partition("[")[0] != file_field
    return isinstance(error, ConfigurationError | AuthenticationError | PermissionDeniedError)
