"""Serves until its standard input ends: ``python -m benchmarks.server``; prints its address."""

from __future__ import annotations

import asyncio
import sys

from benchmarks.limits import allow_many_files

from .routes import Routes
from .wire import Connection, Control

BACKLOG = 8192
"""Connections that may wait to be accepted: a crowd's first requests come all at once."""


async def serve() -> None:
    """Serve on a free port of the loopback interface."""
    allow_many_files()
    loop = asyncio.get_running_loop()
    routes = Routes()
    control = Control(routes)
    server = await loop.create_server(
        lambda: Connection(routes, control), "127.0.0.1", 0, backlog=BACKLOG
    )
    host, port = server.sockets[0].getsockname()
    routes.base = f"http://{host}:{port}"
    watching = loop.create_task(control.watch())
    sys.stdout.write(f"{routes.base}\n")
    sys.stdout.flush()
    # Whoever started it holds the other end: when that process is gone, however it went, this ends.
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    watching.cancel()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
