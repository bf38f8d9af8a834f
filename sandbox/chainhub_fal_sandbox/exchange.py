"""One request as the sandbox sees it: what was asked, by whom, and which route it matched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from chainhub_fal_sandbox.contract import Contract, Endpoint

QUEUE_KINDS = ("submit", "status", "stream", "result", "cancel")

_METHODS: Mapping[str, tuple[str, ...]] = {
    "submit": ("POST",),
    "status": ("GET",),
    "stream": ("GET",),
    "result": ("GET",),
    "cancel": ("PUT",),
    "file": ("GET", "HEAD"),
}
_TAILS = {
    "": "result",
    "response": "result",
    "status": "status",
    "status/stream": "stream",
    "cancel": "cancel",
}
# By the word of `Settings.gateway_routes`.
_NOT_ROUTED: Mapping[str, tuple[str, ...]] = {
    "all": (),
    "no-stream": ("stream",),
    "result-only": ("status", "stream", "cancel"),
}
# fal: owner/app or the full id, `/response` and a trailing slash are both taken.
_FAL_JOB = re.compile(r"/(.+)/requests/([^/]+)(?:/(status|status/stream|cancel|response))?/?")
# The gateway documents one segment for the model (any name, or `auto`) and no other forms.
_GATEWAY_JOB = re.compile(r"/([^/]+/[^/]+)/requests/([^/]+)(?:/(status|status/stream|cancel))?")


@dataclass(frozen=True)
class Route:
    """What a path means: `kind` is one of the queue's, file, or "" for nothing.

    `app` is what stands before `/requests/`, `name` the request id or the file's name.
    """

    kind: str = ""
    endpoint: Endpoint | None = None
    app: str = ""
    name: str = ""

    @property
    def methods(self) -> tuple[str, ...]:
        """The methods this route answers to."""
        return _METHODS.get(self.kind, ())


@dataclass
class Exchange:
    """A request; header names are lower-case, `path` is still percent-encoded.

    `origin` is the sandbox's own address as the client knows it, `foreign` the address of a
    host that no client of this sandbox has any business with. `body` is None if it was larger
    than the sandbox takes; `request_id` is the job's that was accepted.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    origin: str
    foreign: str
    route: Route = field(default_factory=Route)
    body: bytes | None = b""
    request_id: str | None = None


def match(path: str, contract: Contract, dialect: str, gateway_routes: str = "all") -> Route:
    """Find the route of a percent-encoded path; the empty route if there is none."""
    if path.startswith("/files/"):
        return Route("file", name=unquote(path.removeprefix("/files/")))
    if endpoint := contract.endpoints.get(path.rstrip("/") if dialect == "fal" else path):
        return Route("submit", endpoint)
    found = (_FAL_JOB if dialect == "fal" else _GATEWAY_JOB).fullmatch(path)
    if found is None:
        return Route()
    app, name, tail = unquote(found[1]), unquote(found[2]), found[3] or ""
    kind = _TAILS[tail]
    owners = {endpoint.endpoint_id.split("/")[0] for endpoint in contract.endpoints.values()}
    known = dialect == "fal" or app.split("/")[0] in owners
    if not known or (dialect == "gateway" and kind in _NOT_ROUTED[gateway_routes]):
        return Route()
    return Route(kind, app=app, name=name)


def app_of(endpoint_id: str) -> str:
    """Return the part of an endpoint id that request URLs keep: `owner/app`.

    `workflows` and `comfy` are namespaces and keep one segment more; this is the rule of
    fal's own clients.
    """
    segments = endpoint_id.split("/")
    return "/".join(segments[: 3 if segments[0] in ("workflows", "comfy") else 2])
