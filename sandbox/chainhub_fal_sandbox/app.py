"""The ASGI application: reads requests, lets faults interfere, delivers answers, records all."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from chainhub_fal_sandbox.answers import Answer
from chainhub_fal_sandbox.contract import load_contract
from chainhub_fal_sandbox.delivery import close_connection, deliver
from chainhub_fal_sandbox.exchange import Exchange, match
from chainhub_fal_sandbox.faults import Delivery, Fault, Switchboard
from chainhub_fal_sandbox.recorder import (
    Call,
    Recorder,
    digest_of,
    fields_shown,
    headers_shown,
    key_shown,
)
from chainhub_fal_sandbox.service import Service
from chainhub_fal_sandbox.settings import Settings

_FAULTLESS = Fault()
_FOREIGN_HOST = "http://foreign.invalid"


class SandboxApp:
    """One sandbox as an ASGI application, for a server or for a client in the same process.

    `faults` scripts misbehaviour, `recorder` tells what happened. `foreign` is the origin that
    faults name when they point a client at another host.
    """

    def __init__(self, settings: Settings, foreign: str = _FOREIGN_HOST) -> None:
        self.settings = settings
        self.foreign = foreign
        self.recorder = Recorder()
        self._contract = load_contract(settings.contract)
        self._service = Service(settings, self._contract, self.recorder)
        self.faults = Switchboard(lambda name: self._contract.kinds.get(name, name))
        for name in settings.faults:
            fault = Fault.named(name)
            self.faults.add(fault.operation, fault, times=None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request; anything but HTTP is refused with RuntimeError."""
        if scope["type"] != "http":
            raise RuntimeError(f"the sandbox serves http, not {scope['type']}")
        request = Request(scope, receive)
        exchange = self._exchange(request)
        fault = self.faults.take(exchange.route.kind) or _FAULTLESS
        try:
            answer = await self._work(request, exchange, fault)
        except ClientDisconnect:
            self.recorder.add(self._call(exchange, None))
            return
        # Noted before it is sent: who has the answer may look for it here.
        self.recorder.add(self._call(exchange, answer.status if answer else None))
        await asyncio.sleep(fault.seconds)
        there = answer is None or await deliver(request, send, answer, fault.delivery)
        if there and fault.delivery is not Delivery.WHOLE:
            await close_connection(request, reset=fault.reset)

    async def _work(self, request: Request, exchange: Exchange, fault: Fault) -> Answer | None:
        """Do as much of the work as the fault allows; None if the client gets no answer."""
        if fault.delivery is Delivery.UNREAD:
            return None
        exchange.body = await self._read(request)
        if fault.delivery is Delivery.READ:
            return None
        answer = await self._answer(exchange, fault)
        return None if fault.delivery is Delivery.DONE else answer

    async def _answer(self, exchange: Exchange, fault: Fault) -> Answer:
        if fault.refuse is not None:
            return fault.refuse(exchange, self._service.dialect)
        rules = self._service.rules
        answer = await self._service.answer(exchange, fault.bend(rules) if fault.bend else rules)
        if fault.alter:
            answer = fault.alter(answer, exchange)
        rework = fault.events
        return answer.reworked(lambda blocks: rework(blocks, exchange)) if rework else answer

    async def _read(self, request: Request) -> bytes | None:
        """Read the body; None, and the rest left unread, if it is larger than allowed."""
        limit = self.settings.body_limit
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                return None
        return bytes(body)

    def _exchange(self, request: Request) -> Exchange:
        scope = request.scope
        path = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        routes = self.settings.gateway_routes
        return Exchange(
            method=request.method,
            path=path,
            query=scope["query_string"].decode("latin-1"),
            headers=dict(request.headers),
            origin=f"{request.url.scheme}://{request.url.netloc}",
            foreign=self.foreign,
            route=match(path, self._contract, self.settings.dialect, routes),
        )

    def _call(self, exchange: Exchange, status: int | None) -> Call:
        route = exchange.route
        body = exchange.body or b""
        endpoint = route.endpoint
        return Call(
            operation=route.kind,
            operation_id=endpoint.operation_id if endpoint else self._operation_id(route.kind),
            method=exchange.method,
            path=exchange.path,
            query=dict(parse_qsl(exchange.query)),
            key=key_shown(exchange.headers),
            headers=headers_shown(exchange.headers),
            body_size=len(body),
            body_digest=digest_of(body),
            fields=fields_shown(body),
            at=self.settings.clock(),
            request_id=exchange.request_id or (route.name if route.app else None),
            status=status,
        )

    def _operation_id(self, kind: str) -> str | None:
        return self._contract.operation_id(kind) if kind else None


def create_app(settings: Settings | None = None) -> SandboxApp:
    """Return a sandbox as an ASGI application; raises what loading the contract raises."""
    return SandboxApp(settings or Settings())
