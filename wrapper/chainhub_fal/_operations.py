"""The door to the generated package: an exchange for each operation of the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

import attrs

from chainhub_fal_api.endpoints import Endpoint
from chainhub_fal_api.models import QueueStatus, QueueTicket
from chainhub_fal_api.operations import OPERATIONS, Operation

from ._effects import Answer, Exchange
from ._refs import REQUEST_ID, JobRef
from ._tickets import read_ticket
from .errors import InvalidInputError

_ID = "{request_id}"
_WITH_LOGS = (("logs", "1"),)
STATUS_FIELDS = frozenset(item.name for item in attrs.fields(QueueStatus))
"""The fields that the contract knows of a status."""
TICKET_FIELDS = frozenset(item.name for item in attrs.fields(QueueTicket))
"""The fields that the contract knows of a ticket."""


def submit(endpoint: Endpoint[..., object], arguments: Mapping[str, object]) -> Exchange:
    """Put a job into the queue. Passing through the generated model keeps the contract's shape.

    Raises InvalidInputError when an argument cannot be written as JSON.
    """
    try:
        body = endpoint.input_model.from_dict(dict(arguments)).to_dict()
        text = json.dumps(body, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise InvalidInputError(
            f"the inputs cannot be written as the contract's JSON ({type(error).__name__})"
        ) from error
    return Exchange(
        operation=endpoint.operation_id,
        method=OPERATIONS[endpoint.operation_id].method,
        path=endpoint.path,
        body=text.encode(),
    )


def get_status(job: JobRef, *, logs: bool = False) -> Exchange:
    """Ask where a job stands."""
    return _about(job, OPERATIONS["get_status"], _WITH_LOGS if logs else ())


def stream_status(job: JobRef, *, logs: bool = False) -> Exchange:
    """Ask to be told where a job stands, and each change."""
    return _about(job, OPERATIONS["stream_status"], _WITH_LOGS if logs else ())


def get_result(job: JobRef) -> Exchange:
    """Ask for a job's output."""
    return _about(job, OPERATIONS["get_result"])


def cancel(job: JobRef) -> Exchange:
    """Ask that a job be cancelled."""
    return _about(job, OPERATIONS["cancel_request"])


def job_named(endpoint: Endpoint[..., object], request_id: str) -> JobRef:
    """Return the job with this id, at the path the contract gives it; raises InvalidInputError."""
    if REQUEST_ID.fullmatch(request_id) is None:
        raise InvalidInputError("it is not an id the queue gives", field="request_id")
    return JobRef(endpoint.id, request_id, _path(endpoint).replace(_ID, request_id))


def job_of(
    endpoint: Endpoint[..., object], ticket: Mapping[str, object], answer: Answer, *, base_url: str
) -> JobRef:
    """Return the job that a ticket names; raises TicketError when its URLs are not the job's."""
    return read_ticket(
        ticket,
        endpoint=endpoint.id,
        operation=endpoint.operation_id,
        fallback_path=_path(endpoint),
        base_path=urlsplit(base_url).path,
        submitted_at=answer.when,
    )


def _path(endpoint: Endpoint[..., object]) -> str:
    """Return the path of this endpoint's jobs; only the model's name is left of its id."""
    return OPERATIONS["get_result"].path.replace("{model_name}", endpoint.model_name)


def _about(job: JobRef, operation: Operation, query: tuple[tuple[str, str], ...] = ()) -> Exchange:
    suffix = operation.path.partition(_ID)[2]
    return Exchange(operation.operation_id, operation.method, job.path + suffix, query=query)
