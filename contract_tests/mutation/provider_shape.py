"""Mutants in the form of answers: their fields, their media types, their headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.exchange import Exchange

from .provider_edits import (
    JOB_ROUTES,
    Body,
    Edit,
    alters,
    beheads,
    drops,
    each_file,
    each_list,
    edits,
    heads,
    output,
    replaces,
    resets,
    sets,
    types,
    writes,
)
from .provider_mutant import Mutant, mutant

_PAGE = "<!doctype html><title>Nothing here</title>"
_OTHER_ID = "11111111-2222-4333-8444-555555555555"
_UNREAD = "the contract documents no challenge, and this client has one scheme and never reads one"


def shape_mutants() -> Iterator[Mutant]:
    """Yield the mutants of schema, media type and header."""
    yield from _ticket()
    yield from _status()
    yield from _result()
    yield from _refusals()
    yield from _media_types()
    yield from _headers()


def _ticket() -> Iterator[Mutant]:
    for name, why, edit in _TICKETS:
        yield mutant("schema", f"ticket-{name}", why, edits("submit", edit))
    for name, why, rewrite in _TICKET_BYTES:
        yield mutant("schema", f"ticket-{name}", why, writes("submit", rewrite))
    yield mutant(
        "schema",
        "ticket-extra-field",
        "a field nobody documents",
        edits("submit", sets("priority", "low")),
        equivalent="the contract leaves its objects open: a field more keeps it",
    )


_TICKETS: tuple[tuple[str, str, Edit], ...] = (
    ("position-text", "queue_position as text breaks arithmetic", sets("queue_position", "0")),
    ("position-negative", "-1 jobs ahead makes no sense", sets("queue_position", -1)),
    ("position-null", "null where a number is promised", sets("queue_position", None)),
    ("position-fraction", "half a job ahead", sets("queue_position", 0.5)),
    ("metrics-null", "null where an object is promised", sets("metrics", None)),
    ("metrics-missing", "a required field is gone", drops("metrics")),
    ("logs-object", "an object where a list is promised", sets("logs", {})),
    ("state-lower-case", "in_queue is no state", sets("status", "in_queue")),
    ("state-missing", "no state at all", drops("status")),
    ("id-empty", "an empty id names the collection", sets("request_id", "")),
    ("id-number", "an id as a number loses digits", sets("request_id", 12345678901234567890)),
    ("id-null", "a paid job without a name", sets("request_id", None)),
    ("url-relative", "status_url is no URL", sets("status_url", "/requests/1/status")),
    ("url-words", "response_url is a sentence", sets("response_url", "see the console")),
    ("url-null", "cancel_url is null", sets("cancel_url", None)),
    ("url-missing", "no status_url", drops("status_url")),
)
_TICKET_BYTES = (
    ("list", "the ticket in a list", lambda body: b"[" + body + b"]"),
    ("wrapped", "the ticket in an envelope", lambda body: b'{"data":' + body + b"}"),
    (
        "duplicate-key",
        "two ids: which one counts depends on the reader",
        lambda body: body.replace(b"{", f'{{"request_id":"{_OTHER_ID}",'.encode(), 1),
    ),
    (
        "nan",
        "NaN is no JSON",
        lambda body: re.sub(rb'"queue_position": ?\d+', b'"queue_position":NaN', body),
    ),
    ("broken-off", "JSON that breaks off", lambda body: body[:-5]),
    ("trailing-text", "a second document behind the first", lambda body: body + b"{}"),
    ("null", "null for a ticket", lambda _: b"null"),
    ("empty", "nothing for a ticket", lambda _: b""),
)


def _log(edit: Edit) -> Edit:
    """Change every log line of a status."""
    return lambda body: [edit(line) for line in body.get("logs") or []]


def _status() -> Iterator[Mutant]:
    for name, why, edit in _STATUSES:
        yield mutant("schema", f"status-{name}", why, edits("status", edit))
    as_list = writes("status", lambda body: b"[" + body + b"]")
    yield mutant("schema", "status-list", "a list where an object is promised", as_list)


_STATUSES: tuple[tuple[str, str, Edit], ...] = (
    ("no-state", "no state: a client cannot decide", drops("status")),
    ("state-null", "null for a state", sets("status", None)),
    ("state-number", "a number for a state", sets("status", 2)),
    ("no-id", "a required field is gone", drops("request_id")),
    ("position-text", "queue_position as text", sets("queue_position", "1")),
    ("position-negative", "-1 jobs ahead", sets("queue_position", -1)),
    ("url-words", "status_url is a sentence", sets("status_url", "see the console")),
    ("logs-text", "logs as one text", sets("logs", "started")),
    ("log-no-message", "a log line without its message", _log(drops("message"))),
    ("log-time-number", "a log time as a number", _log(sets("timestamp", 1767323045))),
    ("log-labels-text", "labels as text", _log(sets("labels", "none"))),
    ("metrics-list", "metrics as a list", sets("metrics", [])),
    ("inference-text", "seconds as text", sets("metrics", {"inference_time": "0.4 s"})),
    ("error-number", "an error as a number", sets("error", 504)),
)


def _result() -> Iterator[Mutant]:
    for name, why, edit in _RESULTS:
        yield mutant("schema", f"result-{name}", why, edits("result", edit))


_RESULTS: tuple[tuple[str, str, Edit], ...] = (
    ("file-no-url", "a picture that cannot be fetched", each_file(drops("url"))),
    ("file-url-null", "null for a URL", each_file(sets("url", None))),
    ("file-url-relative", "a URL without a host", each_file(sets("url", "files/1.jpeg"))),
    ("file-width-text", "pixels as text", each_file(sets("width", "1024"))),
    ("file-width-zero", "a picture without width", each_file(sets("width", 0))),
    ("file-height-negative", "a negative height", each_file(sets("height", -768))),
    ("file-size-negative", "a negative size", each_file(sets("file_size", -1))),
    ("file-type-number", "a media type as a number", each_file(sets("content_type", 1))),
    ("file-name-list", "a file name as a list", each_file(sets("file_name", ["a"]))),
    ("no-files", "an empty list for a paid job", each_list(list.clear)),
    (
        "nine-files",
        "more pictures than any job may ask for",
        each_list(lambda f: f.extend(f[:1] * 8)),
    ),
    ("files-null", "null among the pictures", each_list(lambda files: files.append(None))),
    ("no-seed", "a required field is gone", output(drops("seed"))),
    ("seed-null", "null where a number is promised", output(resets("seed", None))),
    ("seed-text", "a seed as text", output(resets("seed", "42"))),
    ("seed-fraction", "a seed that is no integer", output(resets("seed", 0.5))),
    ("timings-text", "seconds as text", output(resets("timings", {"inference": "fast"}))),
    ("timings-list", "timings as a list", output(resets("timings", []))),
    ("verdicts-numbers", "0 for false", output(resets("has_nsfw_concepts", [0]))),
    ("verdicts-null", "null for a list", output(resets("has_nsfw_concepts", None))),
    ("prompt-null", "null for a text", output(resets("prompt", None))),
)


def _refusals() -> Iterator[Mutant]:
    for name, why, edit in _INVALID:
        yield mutant("schema", f"refusal-{name}", why, edits("submit", edit, 422))
    broken = writes("submit", lambda body: body.replace(b"Input", b"\xff\xfe", 1), 422)
    yield mutant("schema", "refusal-bad-utf8", "text that cannot be decoded", broken)
    unshaped = Answer.json(401, {"reason": "no"})
    for operation in ("submit", *JOB_ROUTES):
        why = "a refused key in a shape nobody documents"
        yield mutant("schema", f"{operation}-401-shape", why, replaces(operation, 401, unshaped))
    gone = Answer.json(404, {"message": "no such job"})
    for operation in JOB_ROUTES:
        why = "an unknown job in a shape nobody documents"
        yield mutant("schema", f"{operation}-404-shape", why, replaces(operation, 404, gone))
    late = edits("cancel", sets("status", "TOO_LATE"), 400)
    yield mutant("schema", "cancel-400-word", "a refusal in an unknown word", late)
    done = edits("cancel", sets("status", "CANCELLED"))
    yield mutant("schema", "cancel-word", "success in an unknown word", done, waiting=True)
    null = edits("cancel", sets("status", None))
    yield mutant("schema", "cancel-null", "null for an outcome", null, waiting=True)
    early = edits("result", resets("detail", {"state": "running"}), 400)
    why = "not ready, in a shape nobody documents"
    yield mutant("schema", "result-400-shape", why, early, dialect="fal", waiting=True)


def _items(edit: Edit) -> Edit:
    """Change every item of a list of errors."""

    def change(body: Body) -> None:
        for item in body["detail"] if isinstance(body.get("detail"), list) else []:
            edit(item)

    return change


_INVALID: tuple[tuple[str, str, Edit], ...] = (
    ("empty-list", "refused, and no reason given", sets("detail", [])),
    ("no-place", "an error that names no field", _items(drops("loc"))),
    ("place-text", "a field's place as one text", _items(sets("loc", "body.num_images"))),
    ("no-type", "an error no program can tell apart", _items(drops("type"))),
    ("detail-number", "a number for a reason", sets("detail", 7)),
    ("no-detail", "an empty refusal", dict.clear),
)


def _media_types() -> Iterator[Mutant]:
    for operation in ("submit", "status", "result"):
        for name, media_type in _WRONG_TYPES:
            why = f"JSON announced as {media_type or 'nothing'}"
            yield mutant("media type", f"{operation}-{name}", why, types(operation, media_type))
    as_text = types("cancel", "text/plain", 200, 202, 400)
    yield mutant("media type", "cancel-text-type", "JSON announced as text/plain", as_text)
    for status, operation in ((422, "submit"), (401, "submit"), (404, "status"), (404, "result")):
        text = types(operation, "text/plain", status)
        yield mutant("media type", f"{operation}-{status}-text", "an error as text/plain", text)
        page = replaces(operation, status, Answer.html(status, _PAGE))
        yield mutant("media type", f"{operation}-{status}-page", "an error as a web page", page)
    silent = replaces("status", 401, Answer(401, b"", {}))
    yield mutant("media type", "status-401-empty", "an error without a word", silent)
    charset = types("submit", "application/json; charset=utf-16")
    yield mutant(
        "media type",
        "ticket-charset",
        "UTF-8 announced as UTF-16: who goes by it reads nothing",
        charset,
    )


_WRONG_TYPES = (
    ("html-type", "text/html"),
    ("no-type", ""),
    ("binary-type", "application/octet-stream"),
    ("problem-type", "application/problem+json"),
)


def _headers() -> Iterator[Mutant]:
    for operation in ("submit", *JOB_ROUTES):
        why = "401 must say how to authenticate (RFC 9110)"
        bare = beheads(operation, "www-authenticate", 401)
        name = f"{operation}-401-no-challenge"
        yield mutant("header", name, why, bare, equivalent=_UNREAD)
        why = "405 must name the methods that work (RFC 9110)"
        yield mutant("header", f"{operation}-no-allow", why, beheads(operation, "allow", 405))
    lies = alters("any", _allow_the_refused)
    yield mutant("header", "any-allow-lies", "Allow names the method just refused", lies)
    for operation in ("submit", "status", "stream", "result"):
        other = heads(operation, "x-fal-request-id", _OTHER_ID)
        why = "the header names another job than the body: which one was paid?"
        yield mutant("header", f"{operation}-header-other-id", why, other, dialect="fal")
        gzip = heads(operation, "content-encoding", "gzip")
        yield mutant("header", f"{operation}-false-gzip", "announced as gzip, and is not", gzip)


def _allow_the_refused(answer: Answer, exchange: Exchange) -> Answer:
    if answer.status != 405:
        return answer
    return answer.with_headers({"allow": f"{exchange.method}, {answer.headers['allow']}"})
