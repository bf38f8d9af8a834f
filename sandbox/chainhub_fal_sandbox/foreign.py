"""The host that no client has any business with: it only notes who came."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.delivery import deliver
from chainhub_fal_sandbox.faults import Delivery
from chainhub_fal_sandbox.recorder import Call, Recorder, digest_of, headers_shown, key_shown


class ForeignHost:
    """Answers 404 to everything and records it, with the scheme of any key that arrived."""

    def __init__(self) -> None:
        self.recorder = Recorder()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request to the foreign host."""
        request = Request(scope, receive)
        headers = dict(request.headers)
        body = await request.body()
        call = Call(
            operation="foreign",
            operation_id=None,
            method=request.method,
            path=request.url.path,
            query=dict(request.query_params),
            key=key_shown(headers),
            headers=headers_shown(headers),
            body_size=len(body),
            body_digest=digest_of(body),
            fields={},
            at=time.monotonic(),
            request_id=None,
            status=404,
        )
        self.recorder.add(call)
        await deliver(request, send, Answer.json(404, {"detail": "not here"}), Delivery.WHOLE)
