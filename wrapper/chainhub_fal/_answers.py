"""Reads an answer about a job and says pending, done, failed or broken. Pure: no I/O, no clock.

The rules are those that survive both fal and the gateway (upstream facts, sections 2, 3 and 8):
COMPLETED is not success, 200 is not success, and a web page is not the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from ._checking import Schema, is_type
from ._effects import Answer
from ._fitting import misfit
from ._problems import Problem, clip, is_json, read_problem, read_retry_after
from .status import LogLine, State, Status

IN_PROGRESS_TEXT = "Request is still in progress"
"""fal's body for a result asked for too early, with HTTP 400 (upstream facts, section 3.2)."""
_IN_PROGRESS_SIGN = IN_PROGRESS_TEXT.encode()
_ESCAPE = b"\\u"  # JSON may write any letter as \uXXXX
_BLIPS = frozenset({408, 409, 423, 425, 429})
# A gateway's relay may replace fal's body by this (upstream facts, 8.3 b); fal's usual 400 on the
# result route is "still in progress", so it is asked again.
_HIDDEN = "bad_response_status_code"
_CANCEL_CODES = frozenset({"client_cancelled", "CANCELLED", "CANCELED"})


@dataclass(frozen=True, slots=True)
class Pending:
    """The job goes on (or has ended, and the result route has the truth): its status says where."""

    status: Status
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The job's output, as JSON."""

    output: dict[str, object]


@dataclass(frozen=True, slots=True)
class Failed:
    """The queue's verdict: this job has no result and never will."""

    problem: Problem
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Denied:
    """401 or 403: asking again with this key is of no use."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Missing:
    """The job or the route is not known: final only if it lasts, since a new job may lag."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Blip:
    """The server could not say: ask again."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class Broken:
    """An answer of no known shape; ``reason`` says what is odd, ``pointer`` where in the body."""

    reason: str
    pointer: str = ""


Reading: TypeAlias = Pending | Done | Failed | Denied | Missing | Blip | Broken


def read_job(answer: Answer, output_schema: Schema) -> Reading:
    """Read an answer of the status or the result route."""
    if answer.status in {401, 403}:
        return Denied(read_problem(answer))
    if _is_in_progress(answer):
        return Pending(Status(state=State.IN_PROGRESS), read_retry_after(answer))
    body = answer.json
    if 200 <= answer.status < 300:  # noqa: PLR2004 - success
        return _read_success(answer, body, output_schema)
    return _read_error(answer)


def _is_in_progress(answer: Answer) -> bool:
    """Match fal's words, plain or quoted inside a gateway's flat task error; the code may vary."""
    if _IN_PROGRESS_SIGN not in answer.body and _ESCAPE not in answer.body:
        return False  # as of nearly every answer: there is no need to look for a problem in it
    problem = read_problem(answer)
    return problem.text == IN_PROGRESS_TEXT != problem.code  # a state of that name is no such word


def _read_success(answer: Answer, body: object, output_schema: Schema) -> Reading:
    if not isinstance(body, dict) and not is_json(answer):
        # one-api and new-api answer any path they do not route with 200 and their web page.
        return Missing(read_problem(answer))
    if not isinstance(body, dict):
        return Broken("JSON that is not an object" if body is not None else "broken JSON")
    status = read_status(body) if isinstance(body.get("status"), str) else None
    if status is not None and status.state in State.FAILURES:
        return _judge_status(answer, status)
    if (output := _find_output(body, output_schema)) is not None:
        return Done(output)
    if status is not None:
        return _judge_status(answer, status)
    return _read_odd(answer, body, output_schema)


def _find_output(body: dict[str, object], output_schema: Schema) -> dict[str, object] | None:
    """Find the output, bare or in ``response``, where an older shape had it (section 3.3)."""
    for candidate in (body, body.get("response")):
        if isinstance(candidate, dict) and is_output(candidate, output_schema):
            return candidate
    return None


def _read_odd(answer: Answer, body: Mapping[str, object], output_schema: Schema) -> Reading:
    if body.get("detail") or body.get("error"):
        return Failed(read_problem(answer))
    if "status" in body:
        return Broken("a state that is no text", "/status")
    found = misfit(body, output_schema)
    if found is not None and any(name in body for name in _telling(output_schema)):
        return Broken(found.words, found.pointer)
    names = ", ".join(sorted(body)) or "nothing"
    return Broken(f"JSON with {names[:100]} in it, and neither a state nor an output", "/status")


def _judge_status(answer: Answer, status: Status) -> Reading:
    if status.state == State.NOT_FOUND:
        return Missing(read_problem(answer))
    if status.state in State.CANCELLED_SPELLINGS:
        return Failed(read_problem(answer), cancelled=True)
    if status.failed:
        return Failed(_verdict(answer, status), cancelled=status.error_type in _CANCEL_CODES)
    return Pending(status, read_retry_after(answer))


def _verdict(answer: Answer, status: Status) -> Problem:
    problem = read_problem(answer)
    text = status.error or (problem.text if problem.text != status.state else "")
    text = clip(text) or f"the job ended as {status.state}"
    return Problem(problem.status, text, status.error_type or problem.code, problem.fields)


def _read_error(answer: Answer) -> Reading:
    problem = read_problem(answer)
    if problem.is_missing:
        return Missing(problem)
    if 300 <= answer.status < 400:  # noqa: PLR2004 - a redirect is never followed
        return Missing(problem)
    if answer.status == 400 and problem.code == _HIDDEN:  # noqa: PLR2004
        return Blip(problem)
    if answer.status in _BLIPS or answer.status < 400:  # noqa: PLR2004
        return Blip(problem)
    if answer.status >= 500 and not _is_verdict(answer, problem):  # noqa: PLR2004
        return Blip(problem)
    return Failed(problem, cancelled=problem.code in _CANCEL_CODES)


def _is_verdict(answer: Answer, problem: Problem) -> bool:
    """Tell a failed job from a failing server: fal types its verdicts (upstream facts, 6)."""
    body = answer.json
    typed = isinstance(body, dict) and "error_type" in body
    return typed or "x-fal-error-type" in answer.headers or bool(problem.fields)


def is_output(body: Mapping[str, object], output_schema: Schema) -> bool:
    """Tell whether an object is a model's output.

    One property that carries files must be there, of its type; a model without files is known by
    any property it requires. A lone ``prompt`` or ``seed`` proves nothing of a picture.
    """
    properties = cast("Mapping[str, Schema]", output_schema.get("properties", {}))
    if properties.keys().isdisjoint(body):
        return False  # as of nearly every answer: it is a status
    telling = _telling(output_schema)
    return any(name in body and _has_type(body[name], properties[name]) for name in telling)


def _telling(output_schema: Schema) -> list[str]:
    properties = cast("Mapping[str, Schema]", output_schema.get("properties", {}))
    required = cast("list[str]", output_schema.get("required", []))
    telling = [name for name, schema in properties.items() if _holds_files(schema)]
    return telling or required or list(properties)


def _holds_files(schema: Schema) -> bool:
    """Tell whether it describes a file: an object with a ``url``, alone or in an array."""
    item = cast("Schema", schema.get("items", schema))
    return "url" in cast("Mapping[str, object]", item.get("properties", {}))


def _has_type(value: object, schema: Schema) -> bool:
    allowed = schema.get("type")
    names = [allowed] if isinstance(allowed, str) else cast("list[str]", allowed or [])
    return not names or any(is_type(value, name) for name in names)


def unknown_fields(value: object, schema: Schema, place: str = "") -> Iterator[str]:
    """Name each field of an output that its schema does not know, as ``images[].novelty``."""
    if isinstance(value, list) and "items" in schema:
        for item in value:
            yield from unknown_fields(item, cast("Schema", schema["items"]), f"{place}[]")
    elif isinstance(value, dict) and "properties" in schema:
        known = cast("Mapping[str, Schema]", schema["properties"])
        for name, item in value.items():
            where = f"{place}.{name}".lstrip(".")
            if name in known:
                yield from unknown_fields(item, known[name], where)
            else:
                yield where


def read_status(body: Mapping[str, object]) -> Status:
    """Read a status body leniently: what is missing or of another type is left out."""
    position = body.get("queue_position")
    logs = body.get("logs")
    metrics = body.get("metrics")
    return Status(
        state=str(body.get("status")),
        request_id=str(body.get("request_id") or ""),
        queue_position=position
        if isinstance(position, int) and not isinstance(position, bool)
        else None,
        logs=tuple(_log_line(item) for item in logs) if isinstance(logs, list) else (),
        metrics=dict(metrics) if isinstance(metrics, dict) else {},
        error=_error_text(body.get("error")),
        error_type=str(body.get("error_type") or ""),
        raw=body,
    )


def _error_text(error: object) -> str:
    if not error:
        return ""
    return str(error.get("message") or error if isinstance(error, Mapping) else error)


def _log_line(item: object) -> LogLine:
    if not isinstance(item, dict):
        return LogLine(message=str(item))
    texts = {
        name: str(item.get(name) or "") for name in ("message", "timestamp", "level", "source")
    }
    return LogLine(**texts)
