"""Who may see what: the key on every route, before anything else, and ids that do not exist."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from http import HTTPStatus
from random import Random
from uuid import UUID

from .bench import Bench
from .budget import SpentError
from .endpoints import Endpoint
from .exchange import Seen
from .readings import is_unknown

_NO_APP = "no-such-app"


def submit_needs_the_key(bench: Bench, endpoint: Endpoint) -> None:
    """A submit without a lock spends what is not the caller's; a wrong key is no key.

    The key is asked for before the input is looked at. While jobs are counted, the real key in a
    scheme of another kind is sent only if a job may be paid for: it could be taken.
    """
    bodies: list[Mapping[str, object]]
    bodies = [{}, bench.order(endpoint).body] if bench.budget.jobs is None else [{}]
    for credential in bench.wire.wrong:
        for body in bodies:
            with suppress(SpentError):
                _locked(bench, bench.send_submit(endpoint, body, credential), credential.name)


def job_needs_the_key(bench: Bench, endpoint: Endpoint) -> None:
    """A route without a lock shows, or stops, what is not the caller's."""
    if job := bench.first_job(endpoint):
        for credential in bench.wire.wrong:
            for link in bench.links(endpoint):
                seen = bench.send(endpoint, link, job.request_id, credential=credential)
                _locked(bench, seen, credential.name)


def key_is_asked_first(bench: Bench, endpoint: Endpoint) -> None:
    """A 404 before the key is looked at tells strangers which ids exist."""
    for credential in bench.wire.wrong:
        for link in bench.links(endpoint):
            seen = bench.send(endpoint, link, _nobodys_id(bench.dice), credential=credential)
            _locked(bench, seen, f"{credential.name} and an unknown id")


def _locked(bench: Bench, seen: Seen, about: str) -> None:
    if seen.status != HTTPStatus.UNAUTHORIZED:
        bench.report.add("key_is_needed", seen, f"{about}: answered {seen.summary}, not 401")


def unknown_ids_are_unknown(bench: Bench, endpoint: Endpoint) -> None:
    """Whoever polls a job that does not exist must be told, or waits for ever."""
    for link in bench.links(endpoint):
        for name in (_nobodys_id(bench.dice), "no-such-job"):
            _unknown(bench, bench.send(endpoint, link, name), f"the id {name}")


def foreign_ids_are_unknown(bench: Bench, endpoint: Endpoint) -> None:
    """An id that is nearly right, or right below another app, is another caller's job."""
    job = bench.first_job(endpoint)
    if job is None:
        return
    near = job.request_id[:-1] + ("0" if job.request_id[-1] != "0" else "1")
    for link in bench.links(endpoint):
        _unknown(bench, bench.send(endpoint, link, near), f"{near}, one digit off")
        fixed = endpoint.routes[link].fixed
        if bench.wire.target.dialect == "fal" and fixed:  # the gateway takes any app's name
            elsewhere = dict.fromkeys(fixed, _NO_APP)
            seen = bench.send(endpoint, link, job.request_id, elsewhere=elsewhere)
            _unknown(bench, seen, f"{job.request_id} below {_NO_APP}")


def _unknown(bench: Bench, seen: Seen, about: str) -> None:
    if not is_unknown(seen):
        bench.report.add("unknown_is_404", seen, f"{about} is answered {seen.summary}")


def _nobodys_id(dice: Random) -> str:
    return str(UUID(int=dice.getrandbits(128), version=4))
