"""Reads a ticket: its URLs are data, never addresses.

The gateway hands out fal's own URLs (``https://queue.fal.run/...``) without rewriting them, so to
follow one would carry the key to another host. Only the path is taken, and only when it is a path
of this very job; the client hangs it on its own base URL.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from ._refs import LONGEST_PATH, REQUEST_ID, REQUEST_PATH, SUFFIX, JobRef
from .errors import TicketError

_URLS = {
    "response_url": (None, "/response"),
    "status_url": ("/status",),
    "cancel_url": ("/cancel",),
}


def read_ticket(
    ticket: Mapping[str, object],
    *,
    endpoint: str,
    operation: str,
    fallback_path: str,
    base_path: str,
    submitted_at: float,
) -> JobRef:
    """Return the job a ticket names.

    ``operation`` is the one that answered; ``fallback_path`` is the job's path with
    ``{request_id}`` in it, for tickets without URLs; ``base_path`` is the path of the base URL,
    which a rewritten ticket would repeat. Raises TicketError, whose ``.job`` can still be resumed,
    when a URL does not belong to the job.
    """
    request_id = str(ticket["request_id"])
    safe = JobRef(
        endpoint, request_id, fallback_path.replace("{request_id}", request_id), submitted_at
    )
    paths = [
        _path_of(name, url, safe, base_path, operation)
        for name in _URLS
        if isinstance(url := ticket.get(name), str) and url
    ]
    return JobRef(endpoint, request_id, paths[0], submitted_at) if paths else safe


def names_a_job(body: object) -> bool:
    """Tell whether a body speaks of a job, by an id that can be used or by any other."""
    return isinstance(body, dict) and bool(body.get("request_id"))


def has_request_id(ticket: object) -> bool:
    """Tell whether a body is a ticket: one field is all that is needed to fetch the job."""
    request_id = ticket.get("request_id") if isinstance(ticket, dict) else None
    return isinstance(request_id, str) and REQUEST_ID.fullmatch(request_id) is not None


def _path_of(name: str, url: str, job: JobRef, base_path: str, operation: str) -> str:
    try:
        parts = urlsplit(url)
        path = "" if "@" in parts.netloc else parts.path.removeprefix(base_path)
    except ValueError:
        path = ""
    match = REQUEST_PATH.match(path) if len(path) <= LONGEST_PATH else None
    suffix = SUFFIX.fullmatch(path, match.end()) if match else None
    if match is None or suffix is None or suffix["suffix"] not in _URLS[name]:
        problem = f"the ticket's {name} is not the address of a job"
    elif match["request_id"] != job.request_id:
        problem = f"the ticket's {name} names another job, {match['request_id']}"
    else:
        return match[0]
    raise TicketError(
        problem,
        operation=operation,
        pointer=f"/{name}",
        hint="Nothing was sent there. The job is queued and may be charged; fetch it by its id",
        job=job,
    )
