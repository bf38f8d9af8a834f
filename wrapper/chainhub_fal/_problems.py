"""What an error answer says, whoever wrote it, and which error of ours that is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ._effects import Answer
from ._media import describe
from ._refs import JobRef
from .errors import (
    AuthenticationError,
    FieldProblem,
    NotFoundError,
    PermissionDeniedError,
    QuotaError,
    RateLimitError,
    RequestRefusedError,
    ServerError,
    StatusError,
)

_LONGEST = 300  # characters of a server's own words that are repeated
_DATA_URI = re.compile(r"data:[\w/+.-]*(?:;[\w=.-]+)*,[\w+/=%.~-]*", re.IGNORECASE)
# Words for an empty balance seen in this gateway family and at fal, in both its languages
# (upstream facts, sections 6.3 and 8.3); some forks send them with 429 instead of 403.
_QUOTA_WORDS = ("quota", "balance", "额度", "余额")
# Codes of the gateway family for a task it does not know, sent with 400 (upstream facts, 8.3).
_MISSING_CODES = frozenset({"task_not_exist", "not_found", "NOT_FOUND"})
_HINTS = {
    401: "Check the key (CHAINHUB_API_KEY) and that it belongs to this base URL",
    402: "Top up the account, or use another key",
    403: "Ask the account's owner what this key may do",
    404: "Check the id and the base URL; results expire, so an old job may be gone",
    413: "Send a smaller picture, or the URL of one",
    429: "Wait, or send fewer requests at a time",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error answer, normalised: ``code`` is the type to branch on, ``text`` for people."""

    status: int
    text: str
    code: str = ""
    fields: tuple[FieldProblem, ...] = ()
    retry_after: float | None = None

    @property
    def words(self) -> str:
        """What to tell people: the text, then each input that was refused."""
        return "; ".join([self.text, *map(str, self.fields)]).strip("; ")

    @property
    def is_quota(self) -> bool:
        """Tell whether the account's money is what is missing."""
        words = f"{self.code} {self.text}".lower()
        return self.status == 402 or (  # noqa: PLR2004 - Payment Required
            self.status in {403, 429} and any(word in words for word in _QUOTA_WORDS)
        )

    @property
    def is_missing(self) -> bool:
        """Tell whether the job or the route is what is not known."""
        return self.status in {404, 405, 410} or self.code in _MISSING_CODES


def is_json(answer: Answer) -> bool:
    """Tell by its media type whether an answer claims to be JSON."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")


def read_problem(answer: Answer) -> Problem:
    """Read any of the error shapes of upstream facts 6 and 8.3, or the lack of one."""
    body = answer.json
    text, code, fields = _unpack(body) if isinstance(body, dict) else ("", "", ())
    if not text and not fields:
        text = _plain_words(answer)
    code = code or answer.headers.get("x-fal-error-type", "")
    return Problem(answer.status, clip(text), code, fields, read_retry_after(answer))


def read_retry_after(answer: Answer) -> float | None:
    """Return the wait a server asks for, in seconds: a number or a date (RFC 9110, 10.2.3)."""
    wish = answer.headers.get("retry-after", "").strip()
    if not wish:
        return None
    if wish.isascii() and wish.isdigit():
        return float(wish)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - few servers give a date

    try:
        moment = parsedate_to_datetime(wish).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, moment - answer.when)


def error_for(problem: Problem, *, doing: str, job: JobRef | None = None) -> StatusError:
    """Choose the error class of a problem; ``doing`` says what was asked, as ``submit``."""
    cls = _class_of(problem)
    hint = _HINTS.get({QuotaError: 402, NotFoundError: 404}.get(cls, problem.status), "")
    return cls(
        f"{doing} was answered {problem.status}: {problem.words}",
        status=problem.status,
        code=problem.code,
        fields=problem.fields,
        retry_after=problem.retry_after,
        hint=hint,
        job=job,
    )


def _class_of(problem: Problem) -> type[StatusError]:
    if problem.is_quota:
        return QuotaError
    if problem.is_missing:
        return NotFoundError
    if problem.status >= 500:  # noqa: PLR2004 - the server's own errors
        return ServerError
    return _BY_STATUS.get(problem.status, RequestRefusedError)


_BY_STATUS: dict[int, type[StatusError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    429: RateLimitError,
}


def _unpack(body: Mapping[str, object]) -> tuple[str, str, tuple[FieldProblem, ...]]:
    if isinstance(nested := body.get("error"), Mapping):
        return _unpack_gateway(nested)
    if "detail" in body:
        return _unpack_detail(body)
    text = _first_text(body, "message", "error", "status")
    return _unpack_relayed(text, _first_text(body, "code", "error_type", "status"))


def _unpack_gateway(error: Mapping[str, object]) -> tuple[str, str, tuple[FieldProblem, ...]]:
    """Read ``{"error": {"message", "type", "code"}}``."""
    return _first_text(error, "message"), _first_text(error, "code", "type"), ()


def _unpack_detail(body: Mapping[str, object]) -> tuple[str, str, tuple[FieldProblem, ...]]:
    """Read fal's ``{"detail": text}`` and ``{"detail": [{"loc", "msg", "type"}]}``."""
    detail = body["detail"]
    if isinstance(detail, list):
        fields = tuple(_field_problem(item) for item in detail if isinstance(item, Mapping))
        return "", fields[0].type if fields else "", fields
    return str(detail), _first_text(body, "error_type"), ()


def _unpack_relayed(text: str, code: str) -> tuple[str, str, tuple[FieldProblem, ...]]:
    """Look inside a flat task error: the gateway quotes fal's own body as text in ``message``."""
    try:
        quoted = json.loads(text)
    except (ValueError, RecursionError):
        return text, code, ()
    if not isinstance(quoted, dict) or "detail" not in quoted:
        return text, code, ()
    inner, inner_code, fields = _unpack_detail(quoted)
    return inner, inner_code or code, fields


def _field_problem(item: Mapping[str, object]) -> FieldProblem:
    where = item.get("loc")
    parts = [str(part) for part in where] if isinstance(where, list) else []
    parts = parts[1:] if parts[:1] == ["body"] else parts
    return FieldProblem(".".join(parts), clip(str(item.get("msg", ""))), str(item.get("type", "")))


def _first_text(body: Mapping[str, object], *names: str) -> str:
    texts: Iterable[object] = (body.get(name) for name in names)
    return next((text for text in texts if isinstance(text, str) and text), "")


def _plain_words(answer: Answer) -> str:
    if not answer.body.strip():
        return "an empty body"
    if is_json(answer):
        return "a body of an unknown shape"
    kind = answer.headers.get("content-type", "") or "no content type"
    return f"{kind}, {len(answer.body)} bytes"


def clip(text: str) -> str:
    """Shorten a server's words; a data URI in them is shown as type, size and hash."""
    text = _DATA_URI.sub(lambda match: f"[{describe(match[0])}]", text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
