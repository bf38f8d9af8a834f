"""A sandbox on a real socket: uvicorn in a background thread, on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from chainhub_fal_sandbox.app import SandboxApp
from chainhub_fal_sandbox.delivery import TRANSPORT
from chainhub_fal_sandbox.faults import Switchboard
from chainhub_fal_sandbox.foreign import ForeignHost
from chainhub_fal_sandbox.recorder import Call
from chainhub_fal_sandbox.settings import Settings

_LOOPBACK = "127.0.0.1"
_START_SECONDS = 10.0
_ACCEPTING = 3
"""Turns of the loop from an accepted socket to a connection that uvicorn knows of."""


class _Protocol(H11Protocol):
    """Lets the application reach the connection, which faults have to break."""

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],  # uvicorn's own type: it is copied into every scope
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        state = {**app_state, TRANSPORT: self._transport}
        super().__init__(config, server_state, state, _loop)

    def _transport(self) -> asyncio.Transport:
        return self.transport


class _Server(uvicorn.Server):
    """Starts and stops at once: no polling for the end, no waiting for idle clients."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        self.ready.set()
        await self._stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close every connection and end every request that is still being served."""
        loop = asyncio.get_running_loop()
        for listener in sockets or []:
            loop.remove_reader(listener)
        # asyncio breaks, and leaks, on a socket accepted in the turn in which its server is closed.
        for _ in range(_ACCEPTING):
            await asyncio.sleep(0)
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for listener in sockets or []:
            listener.close()

    def stop(self) -> None:
        """Ask the server to stop; callable from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._stop.set)


class Sandbox:
    """A running sandbox: `with Sandbox(dialect="fal") as sandbox: ...`.

    Takes `Settings`, or fields of it by name, and a port (0: any free one). It listens on
    loopback only, on a second port too: the foreign host that faults send clients to.
    Raises what `Settings` and loading the contract raise. Once started, `base_url` is the
    gateway's address and `foreign_url` the foreign host's, without a trailing slash.
    """

    base_url: str
    foreign_url: str

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        port: int = 0,
        **changes: Any,  # the fields of Settings; `replace` refuses any other name
    ) -> None:
        self.settings = replace(settings or Settings(), **changes)
        self._port, self._foreign_port = port, 0
        self._app = SandboxApp(self.settings)
        self._foreign = ForeignHost()
        self._sockets: list[socket.socket] = []

    def start(self) -> Self:
        """Start to listen; raises OSError if the port is taken.

        After `stop` it starts again at the same address, with its jobs and its records.
        """
        self._sockets = [_listen(self._port), _listen(self._foreign_port)]
        self._port, self._foreign_port = (each.getsockname()[1] for each in self._sockets)
        self.base_url, self.foreign_url = map(_address, self._sockets)
        self._app.foreign = self.foreign_url
        config = uvicorn.Config(
            self._route,
            interface="asgi3",
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=(self._sockets,), name="chainhub-fal-sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise RuntimeError(f"the sandbox did not start within {_START_SECONDS:g} s")
        return self

    def stop(self) -> None:
        """Stop to listen, close all connections and wait until the thread has ended."""
        self._server.stop()
        self._thread.join()
        for listener in self._sockets:
            listener.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def key(self) -> str:
        """The one key that is accepted."""
        return self.settings.accepted_key

    @property
    def authorization(self) -> str:
        """The `Authorization` header that is accepted."""
        return f"{'Key' if self.settings.dialect == 'fal' else 'Bearer'} {self.key}"

    @property
    def faults(self) -> Switchboard:
        """Scripted misbehaviour: `sandbox.faults.add("submit", Fault.status(429))`."""
        return self._app.faults

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every request so far."""
        return self._app.recorder.calls

    def calls_to(self, operation: str) -> tuple[Call, ...]:
        """Return the requests to one operation, by kind (`submit`) or contract id."""
        return self._app.recorder.calls_to(operation)

    @property
    def paid(self) -> int:
        """How many jobs were accepted, and would have been charged."""
        return len(self.paid_ids)

    @property
    def paid_ids(self) -> tuple[str, ...]:
        """The ids of the accepted jobs, in order."""
        return self._app.recorder.paid

    @property
    def foreign_hits(self) -> tuple[Call, ...]:
        """Requests that reached the foreign host: none, if a client is careful."""
        return self._foreign.recorder.calls

    @property
    def keys_sent_to_files(self) -> int:
        """How many downloads carried an `Authorization`, which they must not."""
        return sum(call.key != "absent" for call in self.calls_to("file"))

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, port = scope["server"]
        foreign = self.foreign_url.endswith(f":{port}")
        try:
            await (self._foreign if foreign else self._app)(scope, receive, send)
        except asyncio.CancelledError:
            return  # the sandbox stops: the connection is gone already


def _listen(port: int) -> socket.socket:
    # With its protocol named, so that asyncio sees TCP and switches Nagle's delay off.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    listener.listen(128)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"http://{host}:{port}"
