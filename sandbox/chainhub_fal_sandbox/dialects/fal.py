"""fal's own queue: `Key` authorisation, 202 until completed, errors under `detail`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.dialects import bodies
from chainhub_fal_sandbox.exchange import Exchange, app_of
from chainhub_fal_sandbox.queue import Cancellation, Failure, State
from chainhub_fal_sandbox.settings import Settings
from chainhub_fal_sandbox.validation import BodyRefusedError, Detail, broken_body

_CANCEL_CODES: Mapping[Cancellation, int] = {
    Cancellation.REMOVED: 200,
    Cancellation.REQUESTED: 202,
    Cancellation.TOO_LATE: 400,
}


@dataclass(frozen=True)
class Fal:
    """The answers of `queue.fal.run`, as documented and observed."""

    settings: Settings
    scheme: str = "Key"

    @property
    def ticket_host(self) -> str | None:
        """The origin in ticket URLs: this sandbox, unless the settings name another."""
        return self.settings.ticket_host

    def owns(self, endpoint_id: str, app: str) -> bool:
        """Accept `owner/app` and the full id, and nothing else."""
        return app in (app_of(endpoint_id), endpoint_id)

    def unauthorised(self, exchange: Exchange) -> Answer:
        """Answer 401 in the words fal has for no key, a malformed one and a wrong one."""
        scheme, _, credentials = exchange.headers.get("authorization", "").partition(" ")
        detail = "invalid key credentials"
        if not credentials:
            detail = f'Cannot access application "{exchange.route.app}". Authentication is required'
        elif scheme.lower() == "key" and ":" not in credentials:
            expected = "'<key_id>:<key_secret>'"
            detail = f"Invalid Key Authorization header format. Expected {expected}."
        return Answer.json(401, {"detail": detail}, {"www-authenticate": self.scheme})

    def refused(self, code: int, message: str) -> Answer:
        """Answer with a string under `detail`."""
        return Answer.json(code, {"detail": message})

    def no_quota(self) -> Answer:
        """Answer 403 as fal does for a locked account."""
        return self.refused(403, "User is locked. Reason: Exhausted balance.")

    def unrouted(self, exchange: Exchange) -> Answer:
        """Answer 404: an unknown application for a submit, an unknown path otherwise."""
        if exchange.method == "POST":
            app = app_of(exchange.path.strip("/"))
            return self.refused(404, f'Application "{app}" not found')
        return self.refused(404, f"Path {exchange.path} not found")

    def unreadable(self, error: BodyRefusedError) -> Answer:
        """Answer 422 with one `json_invalid` item."""
        return self.invalid(broken_body(error))

    def invalid(self, details: list[Detail]) -> Answer:
        """Answer 422 with the list of what is wrong."""
        return Answer.json(422, {"detail": details}, {"x-fal-billable-units": "0"})

    def unknown_job(self) -> Answer:
        """Answer 404 as observed on all three routes."""
        return Answer.json(404, {"status": "NOT_FOUND"})

    def ticket(self, view: bodies.JobView) -> Answer:
        """Answer 200 with the ticket."""
        return Answer.json(200, bodies.ticket(view), _request_id(view))

    def status(self, view: bodies.JobView) -> Answer:
        """Answer 202 until the job is completed, 200 from then on."""
        code = 200 if view.job.state is State.COMPLETED else 202
        return Answer.json(code, bodies.status(view), _request_id(view))

    def pending(self, view: bodies.JobView) -> Answer:
        """Answer 400 in the words that clients match on."""
        return Answer.json(400, {"detail": bodies.IN_PROGRESS_DETAIL}, _request_id(view))

    def result(self, view: bodies.JobView, output: Mapping[str, object]) -> Answer:
        """Answer 200 with the bare output."""
        return Answer.json(200, output, _request_id(view))

    def failed(self, view: bodies.JobView) -> Answer:
        """Answer with the model's own status, or with the error type of the request."""
        return failure_answer(view.job.failure).with_headers(_request_id(view))

    def cancelled(self, view: bodies.JobView, outcome: Cancellation) -> Answer:
        """Answer 202 (or 200, by the settings) if the cancel was in time, 400 if not."""
        return cancel_answer(outcome, self.settings).with_headers(_request_id(view))


def failure_answer(failure: Failure | None) -> Answer:
    """Return fal's answer for a failed job; a job without a failure has none to give."""
    if failure is None:
        raise ValueError("the job did not fail: there is no failure to answer with")
    if failure.error_type is None:
        return Answer.json(failure.status_code, {"detail": failure.detail})
    body = {"detail": failure.detail, "error_type": failure.error_type}
    return Answer.json(failure.status_code, body, {"x-fal-error-type": failure.error_type})


def cancel_answer(outcome: Cancellation, settings: Settings) -> Answer:
    """Return the answer to a cancel; the settings say how one before the start is worded."""
    if outcome is Cancellation.REMOVED and settings.cancel_queued == "requested":
        outcome = Cancellation.REQUESTED
    return Answer.json(_CANCEL_CODES[outcome], {"status": outcome})


def _request_id(view: bodies.JobView) -> Mapping[str, str]:
    return {"x-fal-request-id": view.job.request_id}
