"""The two services a sandbox can play, behind one interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.dialects.bodies import JobView
from chainhub_fal_sandbox.dialects.fal import Fal
from chainhub_fal_sandbox.dialects.gateway import Gateway
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.queue import Cancellation
from chainhub_fal_sandbox.settings import DialectName, Settings
from chainhub_fal_sandbox.validation import BodyRefusedError, Detail


class Dialect(Protocol):
    """Everything in which the two services answer differently."""

    @property
    def scheme(self) -> str:
        """The word before the key in `Authorization`."""
        ...

    @property
    def ticket_host(self) -> str | None:
        """The origin that ticket URLs name; None for the sandbox's own."""
        ...

    def owns(self, endpoint_id: str, app: str) -> bool:
        """Tell whether a job of this endpoint is found under `app` in a request path."""
        ...

    def unauthorised(self, exchange: Exchange) -> Answer:
        """Answer a request without the key."""
        ...

    def refused(self, code: int, message: str) -> Answer:
        """Answer with an error of this service; any code may be asked for."""
        ...

    def no_quota(self) -> Answer:
        """Answer a submit for which the account has no money left."""
        ...

    def unrouted(self, exchange: Exchange) -> Answer:
        """Answer a path that means nothing."""
        ...

    def unreadable(self, error: BodyRefusedError) -> Answer:
        """Answer a body that is no JSON."""
        ...

    def invalid(self, details: list[Detail]) -> Answer:
        """Answer a body that breaks the contract."""
        ...

    def unknown_job(self) -> Answer:
        """Answer a request id that was never given out."""
        ...

    def ticket(self, view: JobView) -> Answer:
        """Answer an accepted submit."""
        ...

    def status(self, view: JobView) -> Answer:
        """Answer a question for the state of a job."""
        ...

    def pending(self, view: JobView) -> Answer:
        """Answer a question for a result that is not there yet."""
        ...

    def result(self, view: JobView, output: Mapping[str, object]) -> Answer:
        """Answer with the model's output."""
        ...

    def failed(self, view: JobView) -> Answer:
        """Answer a question for the result of a job that has none."""
        ...

    def cancelled(self, view: JobView, outcome: Cancellation) -> Answer:
        """Answer a cancel."""
        ...


_DIALECTS: Mapping[DialectName, Callable[[Settings], Dialect]] = {"gateway": Gateway, "fal": Fal}


def dialect_of(settings: Settings) -> Dialect:
    """Return the service that the settings ask for."""
    return _DIALECTS[settings.dialect](settings)
