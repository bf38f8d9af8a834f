"""The purse of a live run: how many jobs may be paid for, which submits were sent, what became of
each, and the refusal of one too many.

A submit counts as paid from the moment it is let through, until the server has plainly refused it
or it is certain that it never left.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import httpx

from ..contract import Contract
from ..schemas import StrictJsonError, parse_json
from ..suite.chains import Chain, chains
from .exchanges import Exchange
from .routes import Routes

State = Literal["sent", "accepted", "refused", "unknown", "unsent"]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# Answers after which nothing was queued. A 5xx or a redirect proves nothing of the kind: the job
# may be in the queue behind a proxy that gave up.
_REFUSALS = frozenset({400, 401, 402, 403, 404, 405, 413, 415, 422, 429})
# Raised before the first byte of a request is written.
_UNSENT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "UnsupportedProtocol"})


class CapReachedError(Exception):
    """A request that may cost money was refused before a socket opened: the cap is used up."""


@dataclass
class Submit:
    """One request that may have made a job.

    ``about`` says which, ``request_id`` is empty unless a ticket came, ``done`` is set once its
    result was read: until then nobody may touch the job. One without the key in it
    must be refused, and counts only if it was not.
    """

    number: int
    about: str
    with_key: bool
    state: State = "sent"
    request_id: str = ""
    ticket: Mapping[str, object] = field(default_factory=dict, repr=False)
    done: bool = False

    @property
    def counts(self) -> bool:
        """Whether it has to be taken for paid."""
        if self.with_key:
            return self.state in {"sent", "accepted", "unknown"}
        return self.state == "accepted"


class Purse:
    """Lets at most ``cap`` submits through; safe from several threads.

    ``tell`` is given a line as soon as a job is known, which is before anyone waits for it.
    """

    def __init__(
        self, cap: int, contract: Contract, routes: Routes, key: str, tell: Callable[[str], None]
    ) -> None:
        self.cap = cap
        self.submits: list[Submit] = []
        self._chains = {chain.submit.operation_id: chain for chain in chains(contract)}
        self._followers = {
            link.operation.operation_id
            for chain in self._chains.values()
            for link in chain.links.values()
        }
        self._routes, self._key, self._tell = routes, key.encode(), tell
        self._lock = threading.Lock()

    @property
    def counted(self) -> int:
        """How many submits have to be taken for paid."""
        return sum(submit.counts for submit in self.submits)

    @property
    def left(self) -> int:
        """How many more may be sent."""
        return max(0, self.cap - self.counted)

    def may_cost(self, method: str, url: httpx.URL, *, with_key: bool) -> bool:
        """Tell whether a request could make a job that this account pays for.

        Free is what only reads, what follows a job by its documented route, and what shows no key:
        it is nobody's job.
        """
        return with_key and self._may_submit(method, url)

    def open(self, request: httpx.Request) -> Submit | None:
        """Let a request through; None if it makes no job. Raises CapReachedError."""
        if not self._may_submit(request.method, request.url):
            return None
        shown = [str(request.url).encode(), *(value for _, value in request.headers.raw)]
        with_key = any(self._key in text for text in shown)
        place = self._routes.find(request.method, request.url)
        about = place.operation.operation_id if place else f"{request.method} at no documented path"
        with self._lock:
            if self.counted >= self.cap + (not with_key):
                raise CapReachedError(
                    f"{about} was not sent: {jobs(self.cap)} may be paid for, and"
                    f" {self.counted} counted already"
                )
            number = 1 + sum(each.with_key for each in self.submits)
            submit = Submit(number, about, with_key)
            self.submits.append(submit)
        return submit

    def close(self, submit: Submit, exchange: Exchange) -> None:
        """Note what became of a submit, and tell it unless it was refused."""
        self._settle(submit, exchange)
        if not submit.counts:
            return
        which = (
            f"paid job {submit.number}" if submit.with_key else "a job that nobody's key paid for"
        )
        if submit.state == "accepted":
            name = submit.request_id or "without an id"
            self._tell(f"{which}: {name} ({submit.about})")
        else:
            self._tell(
                f"{which}: {submit.request_id or 'without an id'} ({submit.about}); no whole ticket"
                f" came ({exchange.error or exchange.status}), so it is unknown whether it was"
                " accepted, and it counts"
            )

    def finish(self, request_id: str) -> None:
        """Note that a job's result was read."""
        for submit in self.submits:
            submit.done = submit.done or submit.request_id == request_id

    @property
    def tickets(self) -> Mapping[str, Mapping[str, object]]:
        """The ticket of the last job that is done, by the operation that it was submitted to."""
        return {submit.about: submit.ticket for submit in self.submits if submit.done}

    def _may_submit(self, method: str, url: httpx.URL) -> bool:
        """Tell whether a request is neither plain reading nor a step of a job that there is.

        What is no POST and lies beneath a job's own address is such a step, documented or not.
        """
        if method in _SAFE or (method != "POST" and self._followers & self._routes.beneath(url)):
            return False
        place = self._routes.find(method, url)
        return place is None or place.operation.operation_id not in self._followers

    def _settle(self, submit: Submit, exchange: Exchange) -> None:
        if exchange.error in _UNSENT:
            submit.state = "unsent"
        elif exchange.status in _REFUSALS:
            submit.state = "refused"
        elif 200 <= exchange.status < 300 and (ticket := _object(exchange)):
            submit.state = "accepted"
            submit.ticket = ticket
            submit.request_id = _issued(self._chains.get(submit.about), ticket)
        else:
            submit.state = "unknown"
            submit.request_id = _torn_id(self._chains.get(submit.about), exchange.content)


def _object(exchange: Exchange) -> Mapping[str, object]:
    try:
        value = parse_json(exchange.content)
    except StrictJsonError:
        return {}
    return value if isinstance(value, dict) else {}


def _issued(chain: Chain | None, ticket: Mapping[str, object]) -> str:
    """Read the id that a ticket issues, by the links of its operation."""
    for link in chain.links.values() if chain else ():
        if path := link.path(ticket):
            return ", ".join(path[name] for name in link.issued)
    return ""


def _torn_id(chain: Chain | None, content: bytes) -> str:
    """Look for the id in what came of a ticket that broke off: it may be all there is of a job."""
    for link in chain.links.values() if chain else ():
        for name in link.issued:
            field = re.escape(link.parameters[name].rpartition("/")[2]).encode()
            if found := re.search(rb'"%b"\s*:\s*"([\w.-]+)"' % field, content):
                return found[1].decode()
    return ""


def jobs(number: int) -> str:
    """Say a number of jobs."""
    return f"{number} paid job{'' if number == 1 else 's'}"
