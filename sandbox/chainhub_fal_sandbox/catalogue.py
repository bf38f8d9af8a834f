"""The named faults, one a line: `Fault.named(...)`, `--fault NAME`, and mutation runs read it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import uuid4

from chainhub_fal_sandbox.answers import JSON_TYPE, Answer
from chainhub_fal_sandbox.dialects import Dialect
from chainhub_fal_sandbox.events import Blocks, data_of, edited, event
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.faults import URL_FIELDS, Alteration, Delivery, Fault
from chainhub_fal_sandbox.queue import Failure
from chainhub_fal_sandbox.rules import Rules
from chainhub_fal_sandbox.validation import detail

_PAST = "Wed, 21 Oct 2015 07:28:00 GMT"
_HTML = "<!doctype html><title>Welcome</title><p>It works!"
_METADATA = "http://169.254.169.254/latest/meta-data/"  # where clouds hand out credentials
_GIF = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")


def _edit(change: Callable[[dict[str, object], Exchange], object]) -> Alteration:
    return lambda answer, exchange: answer.edited(lambda value: change(value, exchange))


def _body(value: object) -> Alteration:
    return lambda _, __: Answer.json(200, value)


def _ends(status_code: int, kind: str, message: str) -> Callable[[Rules], Rules]:
    """Let the job end with a failure of the model."""
    items = [detail(["body"], message, kind, None)]
    return lambda rules: replace(rules, ending=lambda _: Failure(status_code, items))


def _breaks(status_code: int, kind: str, message: str) -> Callable[[Rules], Rules]:
    """Let the job end with a failure of the request, which the status route shows."""
    return lambda rules: replace(rules, ending=lambda _: Failure(status_code, message, kind))


def _other_id_in_urls(value: dict[str, object], _: Exchange) -> None:
    other = str(uuid4())
    for name in URL_FIELDS:
        if name in value:
            value[name] = str(value[name]).replace(str(value["request_id"]), other)


def _no_quota(_: Exchange, dialect: Dialect) -> Answer:
    return dialect.no_quota()


def _not_found(_: Exchange, dialect: Dialect) -> Answer:
    return dialect.unknown_job()


def _page(_: Exchange, __: Dialect) -> Answer:
    return Answer.html(200, _HTML)


def _missing_file(_: Exchange, __: Dialect) -> Answer:
    return Answer(404, b"not found", {"content-type": "text/plain"})


def _expired_file(_: Exchange, __: Dialect) -> Answer:
    return Answer(403, b"<Error><Code>AccessDenied</Code></Error>", {"content-type": "text/xml"})


def _moved(exchange: Exchange, _: Dialect) -> Answer:
    return Answer(302, b"", {"location": f"{exchange.path}?moved=1"})


def _inward(_: Exchange, __: Dialect) -> Answer:
    return Answer(302, b"", {"location": _METADATA})


def _no_range(answer: Answer, _: Exchange) -> Answer:
    size = {"content-range": f"bytes */{len(answer.body)}"}
    return replace(answer, status=416, body=b"").with_headers(size)


def _part(answer: Answer, _: Exchange) -> Answer:
    half, total = len(answer.body) // 2, len(answer.body)
    span = {"content-range": f"bytes {half}-{total - 1}/{total}"}
    return replace(answer, status=206, body=answer.body[half:]).with_headers(span)


def _failed(_: Answer, exchange: Exchange) -> Answer:
    error = "the model could not finish"
    body = {"status": "FAILED", "request_id": exchange.route.name, "error": error}
    return Answer.json(200, body)


def _as_text(answer: Answer, _: Exchange) -> Answer:
    return answer.with_headers({"content-type": "text/plain; charset=utf-8"})


def _half(answer: Answer, _: Exchange) -> Answer:
    return replace(answer, body=answer.body[: len(answer.body) // 2])


def _other_picture(answer: Answer, _: Exchange) -> Answer:
    return replace(answer, body=_GIF)


def _empty(answer: Answer, _: Exchange) -> Answer:
    return replace(answer, body=b"")


def _other_id(value: dict[str, object], _: Exchange) -> None:
    value["request_id"] = str(uuid4())


async def _never(_: Blocks, __: Exchange) -> Blocks:
    yield await asyncio.Future[bytes]()


def _state_in(block: bytes) -> object:
    """Return the state that an event tells; None for a comment."""
    data = data_of(block)
    return json.loads(data)["status"] if data else None


async def _ends_early(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        if _state_in(block) not in ("COMPLETED", "FAILED"):
            yield block
        return


async def _nonsense(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield event(b"{status:") if data_of(block) else block


async def _repeats(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block
        if data_of(block):
            yield block


async def _backwards(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield block
        if _state_in(block) not in (None, "IN_QUEUE"):
            yield edited(block, lambda value: value.update(status="IN_QUEUE"))


async def _buffered(blocks: Blocks, _: Exchange) -> Blocks:
    for block in [each async for each in blocks]:
        yield block


async def _bare(blocks: Blocks, _: Exchange) -> Blocks:
    async for block in blocks:
        yield data_of(block) or block
        return


def _as_json(answer: Answer, _: Exchange) -> Answer:
    return answer if answer.events is None else answer.with_headers({"content-type": JSON_TYPE})


def _same_id(rules: Rules) -> Rules:
    return replace(rules, new_id=lambda: "00000000-0000-4000-8000-000000000000")


def _no_auth(rules: Rules) -> Rules:
    return replace(rules, authorised=lambda _: True)


def _no_validation(rules: Rules) -> Rules:
    return replace(rules, errors=lambda _, __: [])


def _cancel_ignored(rules: Rules) -> Rules:
    return replace(rules, cancel=False)


_POLICY = _ends(422, "content_policy_violation", "The content could not be processed.")
_IMAGE_LOAD = _ends(422, "image_load_error", "Failed to load the image.")
_MODEL_500 = _breaks(500, "internal_error", "Internal Server Error")
_TIMEOUT = _breaks(504, "request_timeout", "Request timed out")
_RUNNER = _breaks(503, "runner_connection_error", "The runner could not be reached")
_ERRORS = {"status": "COMPLETED", "error": "Request timed out", "error_type": "request_timeout"}


def _drops_field(name: str) -> Alteration:
    return _edit(lambda value, _: value.pop(name, None))


# Name, what happens, and how; the name's first word is the operation it happens to.
_FAULTS: tuple[tuple[str, str, Fault], ...] = (
    # Refused at the door: nothing is queued.
    ("submit-429", "429 without Retry-After", Fault.status(429)),
    ("submit-429-wait", "429, Retry-After: 1", Fault.status(429, retry_after=1)),
    ("submit-429-date", "429, Retry-After a past date", Fault.status(429, retry_after=_PAST)),
    ("submit-429-empty", "429 with an empty body", Fault.status(429, body="empty")),
    ("submit-500", "500 as JSON", Fault.status(500)),
    ("submit-502-html", "502, the proxy's HTML page", Fault.status(502, body="html")),
    ("submit-503", "503 as JSON", Fault.status(503)),
    ("submit-503-wait", "503, Retry-After: 1", Fault.status(503, retry_after=1)),
    ("submit-504-empty", "504 with an empty body", Fault.status(504, body="empty")),
    ("submit-520", "520, a status of no standard", Fault.status(520, body="html")),
    ("submit-no-quota", "403, the account is empty", Fault(refuse=_no_quota)),
    ("submit-413", "413 for any body", Fault.status(413)),
    ("submit-page", "200 with a web page", Fault(refuse=_page)),
    ("submit-redirect-302", "302 to a foreign host", Fault.redirect(302)),
    ("submit-redirect-307", "307 to a foreign host", Fault.redirect(307)),
    # The connection breaks: the first two queue nothing, the others queue the job.
    (
        "submit-drop-unread",
        "reset before the body is read",
        Fault.drop(Delivery.UNREAD, reset=True),
    ),
    ("submit-drop-read", "closed after the body, nothing queued", Fault.drop(Delivery.READ)),
    ("submit-drop-done", "closed without an answer, job queued", Fault.drop(Delivery.DONE)),
    ("submit-drop-headers", "closed after the headers, job queued", Fault.drop(Delivery.HEADERS)),
    ("submit-drop-half", "closed within the ticket, job queued", Fault.drop(Delivery.HALF)),
    ("submit-slow", "the ticket comes 30 s late, job queued", Fault.slow(30)),
    # Tickets that lie.
    ("submit-foreign-urls", "URLs on a foreign host", Fault.foreign_urls()),
    ("submit-other-id", "URLs with another request id", Fault(alter=_edit(_other_id_in_urls))),
    ("submit-no-id", "no request_id", Fault(alter=_drops_field("request_id"))),
    ("submit-unknown-state", "a state nobody documents", Fault.fields(status="WARMING_UP")),
    ("submit-text", "the ticket as text/plain", Fault(alter=_as_text)),
    ("submit-same-id", "every job gets the same id", Fault(bend=_same_id)),
    ("submit-no-auth", "no key is needed", Fault(bend=_no_auth)),
    ("submit-no-validation", "any JSON object is accepted", Fault(bend=_no_validation)),
    # Jobs that end badly.
    ("submit-ends-policy", "deferred 422: content policy", Fault(bend=_POLICY)),
    ("submit-ends-image-load", "deferred 422: unreadable picture", Fault(bend=_IMAGE_LOAD)),
    ("submit-ends-500", "COMPLETED with internal_error, the result a 500", Fault(bend=_MODEL_500)),
    ("submit-ends-timeout", "COMPLETED with request_timeout", Fault(bend=_TIMEOUT)),
    ("submit-ends-runner", "COMPLETED with runner_connection_error", Fault(bend=_RUNNER)),
    # Status.
    ("status-429", "429 without Retry-After", Fault.status(429)),
    ("status-429-wait", "429, Retry-After: 1", Fault.status(429, retry_after=1)),
    ("status-500", "500 as JSON", Fault.status(500)),
    ("status-502-html", "502, the proxy's HTML page", Fault.status(502, body="html")),
    ("status-503-empty", "503 with an empty body", Fault.status(503, body="empty")),
    ("status-page", "200 with a web page", Fault(refuse=_page)),
    ("status-not-found", "404 for a job that exists", Fault(refuse=_not_found)),
    ("status-failed", "FAILED", Fault(alter=_failed)),
    ("status-error", "COMPLETED with error and error_type", Fault.fields(**_ERRORS)),
    ("status-unknown-state", "a state nobody documents", Fault.fields(status="PAUSED")),
    ("status-stuck", "IN_PROGRESS for ever", Fault.fields(status="IN_PROGRESS")),
    ("status-back", "IN_QUEUE, whatever came before", Fault.fields(status="IN_QUEUE")),
    ("status-other-id", "another job's id", Fault(alter=_edit(_other_id))),
    ("status-no-auth", "no key is needed", Fault(bend=_no_auth)),
    ("status-drop", "closed without an answer", Fault.drop(Delivery.DONE)),
    ("status-slow", "the answer comes 30 s late", Fault.slow(30)),
    ("status-redirect", "302 to a foreign host", Fault.redirect(302)),
    # The status as a stream.
    ("stream-cut", "closed within the second event", Fault.drop(Delivery.HALF)),
    ("stream-stalled", "silent after the first event", Fault(delivery=Delivery.STALLED)),
    ("stream-never", "headers, and then nothing at all", Fault(events=_never)),
    ("stream-ends-early", "a clean end before the job has ended", Fault(events=_ends_early)),
    ("stream-nonsense", "events that are no JSON", Fault(events=_nonsense)),
    ("stream-repeats", "every event twice", Fault(events=_repeats)),
    ("stream-backwards", "IN_QUEUE after each later state", Fault(events=_backwards)),
    ("stream-of-another", "another job's id", Fault(alter=_edit(_other_id))),
    ("stream-page", "200 with a web page", Fault(refuse=_page)),
    ("stream-404", "404: there is no such route", Fault.status(404)),
    ("stream-buffered", "every event at the end, as through a proxy", Fault(events=_buffered)),
    ("stream-not-events", "one status as JSON", Fault(alter=_as_json, events=_bare)),
    # Result.
    ("result-429-wait", "429, Retry-After: 1", Fault.status(429, retry_after=1)),
    ("result-500", "500 as JSON", Fault.status(500)),
    ("result-502-html", "502, the proxy's HTML page", Fault.status(502, body="html")),
    ("result-page", "200 with a web page", Fault(refuse=_page)),
    ("result-expired", "404: the result is no longer kept", Fault(refuse=_not_found)),
    ("result-failed", "200 with FAILED", Fault(alter=_failed)),
    ("result-shape", "a result of another shape", Fault(alter=_body({"pictures": ["a"]}))),
    ("result-list", "a JSON list", Fault(alter=_body([]))),
    ("result-unknown-state", "a state nobody documents", Fault(alter=_body({"status": "?"}))),
    ("result-empty", "200 with an empty body", Fault(alter=_empty)),
    ("result-half-json", "JSON that breaks off", Fault(alter=_half)),
    ("result-text", "the result as text/plain", Fault(alter=_as_text)),
    ("result-drop", "closed without an answer", Fault.drop(Delivery.DONE)),
    ("result-drop-half", "closed within the body", Fault.drop(Delivery.HALF)),
    ("result-slow", "the answer comes 30 s late", Fault.slow(30)),
    ("result-no-auth", "no key is needed", Fault(bend=_no_auth)),
    ("result-redirect", "302 to a foreign host", Fault.redirect(302)),
    # Cancel.
    ("cancel-500", "500 as JSON", Fault.status(500)),
    ("cancel-page", "200 with a web page", Fault(refuse=_page)),
    ("cancel-not-found", "404 for a job that exists", Fault(refuse=_not_found)),
    ("cancel-ignored", "accepted, but the job goes on", Fault(bend=_cancel_ignored)),
    ("cancel-no-auth", "no key is needed", Fault(bend=_no_auth)),
    ("cancel-drop", "cancelled, closed without an answer", Fault.drop(Delivery.DONE)),
    # Files.
    ("file-404", "the picture is gone", Fault(refuse=_missing_file)),
    ("file-503", "503 with an empty body", Fault.status(503, body="empty")),
    ("file-truncated", "half of the picture, announced as all", Fault(alter=_half)),
    ("file-drop-half", "closed within the picture", Fault.drop(Delivery.HALF)),
    ("file-other-type", "a GIF under the announced type", Fault(alter=_other_picture)),
    ("file-page", "200 with a web page", Fault(refuse=_page)),
    ("file-403", "the picture's link has expired", Fault(refuse=_expired_file)),
    ("file-416", "416, whatever was asked for", Fault(alter=_no_range)),
    ("file-empty", "200 with no byte", Fault(alter=_empty)),
    ("file-part", "206 with the second half, unasked", Fault(alter=_part)),
    ("file-redirect", "302 to another address of the picture", Fault(refuse=_moved)),
    ("file-redirect-inward", "302 to a cloud's credentials", Fault(refuse=_inward)),
    ("file-slow", "the picture comes 30 s late", Fault.slow(30)),
)

CATALOGUE: Mapping[str, Fault] = {
    name: replace(fault, name=name, operation=name.partition("-")[0], description=description)
    for name, description, fault in _FAULTS
}
