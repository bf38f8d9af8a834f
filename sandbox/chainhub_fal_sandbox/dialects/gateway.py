"""The gateway that resells fal: `Bearer`, ticket URLs of another host, a web page for the rest."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.dialects import bodies
from chainhub_fal_sandbox.dialects.fal import cancel_answer, failure_answer
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.queue import Cancellation, State
from chainhub_fal_sandbox.settings import Settings
from chainhub_fal_sandbox.validation import BodyRefusedError, Detail

# The web UI of this software family answers every path that is not an API path.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>API gateway</title></head>
<body><div id="root"></div></body></html>
"""
_API_PREFIXES = ("/v1/", "/api/", "/assets/")
# The task relay hides upstream errors that mention one of these, because they may leak a host.
_MASKED_WORDS = ("post", "dial", "http")
_MASK = "request to upstream failed"


@dataclass(frozen=True)
class Gateway:
    """The answers of a gateway of the one-api / new-api family in front of fal."""

    settings: Settings
    scheme: str = "Bearer"

    @property
    def ticket_host(self) -> str | None:
        """The origin in ticket URLs: the gateway passes fal's on as they are."""
        return self.settings.ticket_host or "https://queue.fal.run"

    def owns(self, endpoint_id: str, app: str) -> bool:  # noqa: ARG002 - fal's rule needs both
        """Accept any model name, `auto` included: the gateway looks up by id."""
        return True

    def unauthorised(self, exchange: Exchange) -> Answer:
        """Answer 401; a key of the wrong scheme counts as no token."""
        scheme, _, token = exchange.headers.get("authorization", "").partition(" ")
        sent = scheme.lower() == "bearer" and bool(token)
        answer = self.refused(401, "Invalid token" if sent else "no token given")
        return answer.with_headers({"www-authenticate": self.scheme})

    def refused(
        self, code: int, message: str, kind: str = "new_api_error", word: str = ""
    ) -> Answer:
        """Answer in the middleware's shape, with the id of this exchange in text and header."""
        exchange_id = secrets.token_hex(12)
        text = f"{message} (request id: {exchange_id})"
        body = {"error": {"message": text, "type": kind, "code": word}}
        return Answer.json(code, body, {"x-oneapi-request-id": exchange_id})

    def no_quota(self) -> Answer:
        """Answer 403 in the task relay's flat shape."""
        return _flat(403, "quota_not_enough", "user quota is not enough")

    def unrouted(self, exchange: Exchange) -> Answer:
        """Answer the web page with 200, or 404 under the prefixes the API owns."""
        if self.settings.unrouted == "404" or exchange.path.startswith(_API_PREFIXES):
            text = f"Invalid URL ({exchange.method} {exchange.path})"
            return self.refused(404, text, "invalid_request_error")
        return Answer.html(200, _PAGE)

    def unreadable(self, error: BodyRefusedError) -> Answer:
        """Answer 400 with the reason."""
        return self.refused(400, f"invalid request body: {error}", word="bad_request_body")

    def invalid(self, details: list[Detail]) -> Answer:
        """Answer 422 with fal's list of what is wrong."""
        return Answer.json(422, {"detail": details})

    def unknown_job(self) -> Answer:
        """Answer fal's 404, or the task relay's 400, by the settings."""
        if self.settings.unknown_job == "task-not-exist":
            return _flat(400, "task_not_exist", "task not exist")
        return Answer.json(404, {"status": "NOT_FOUND"})

    def ticket(self, view: bodies.JobView) -> Answer:
        """Answer 200 with fal's ticket."""
        return Answer.json(200, bodies.ticket(view))

    def status(self, view: bodies.JobView) -> Answer:
        """Answer 200 in every state; a failed job says FAILED if the settings say so."""
        if self._says_failed(view):
            return Answer.json(200, _failed_body(view))
        return Answer.json(200, bodies.status(view))

    def pending(self, view: bodies.JobView) -> Answer:
        """Answer in the pending style of the settings."""
        if self.settings.pending == "detail":
            return Answer.json(400, {"detail": bodies.IN_PROGRESS_DETAIL})
        return Answer.json(200 if self.settings.pending == "status" else 202, bodies.status(view))

    def result(self, view: bodies.JobView, output: Mapping[str, object]) -> Answer:  # noqa: ARG002
        """Answer 200 with the bare output."""
        return Answer.json(200, output)

    def failed(self, view: bodies.JobView) -> Answer:
        """Answer in the failure style of the settings."""
        if self._says_failed(view):
            return Answer.json(200, _failed_body(view))
        upstream = failure_answer(view.job.failure)
        if self.settings.failure == "detail":
            return upstream
        if self.settings.failure == "relayed":
            return _relayed(upstream.status)
        return _flat(upstream.status, "fail_to_fetch_task", _masked(upstream.body.decode()))

    def cancelled(self, view: bodies.JobView, outcome: Cancellation) -> Answer:  # noqa: ARG002
        """Answer as fal does."""
        return cancel_answer(outcome, self.settings)

    def _says_failed(self, view: bodies.JobView) -> bool:
        failed = view.job.state is State.COMPLETED and view.job.failure is not None
        return failed and self.settings.failure == "status"


def _failed_body(view: bodies.JobView) -> dict[str, object]:
    failure = view.job.failure
    detail = failure.detail if failure else ""
    text = detail if isinstance(detail, str) else json.dumps(detail, ensure_ascii=False)
    kind = failure.error_type if failure else None
    body = bodies.status(view) | {"status": "FAILED", "error": text}
    return body | {"error_type": kind} if kind else body


def _flat(code: int, word: str, message: str) -> Answer:
    return Answer.json(code, {"code": word, "message": message, "data": None})


def _relayed(code: int) -> Answer:
    error = {
        "message": f"bad response status code {code}",
        "type": "upstream_error",
        "param": str(code),
        "code": "bad_response_status_code",
    }
    return Answer.json(code, {"error": error})


def _masked(text: str) -> str:
    return _MASK if any(word in text.lower() for word in _MASKED_WORDS) else text
