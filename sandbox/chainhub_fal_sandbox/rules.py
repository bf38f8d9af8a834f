"""The steps of serving a request that a fault can replace, one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainhub_fal_sandbox.contract import Endpoint
from chainhub_fal_sandbox.exchange import Exchange
from chainhub_fal_sandbox.queue import Failure, Job
from chainhub_fal_sandbox.validation import Detail


@dataclass(frozen=True)
class Rules:
    """What a correct provider does; a fault that breaks one rule replaces one field.

    authorised: whether a request carries the key.
    errors: what is wrong with a submitted body.
    ending: how the job of a submitted body will fail; None for success.
    new_id: the id of the next job.
    find: the job a request names.
    cancel: whether a cancel is carried out, and not only answered.
    """

    authorised: Callable[[Exchange], bool]
    errors: Callable[[Endpoint, object], list[Detail]]
    ending: Callable[[object], Failure | None]
    new_id: Callable[[], str]
    find: Callable[[Exchange], Job | None]
    cancel: bool = True
