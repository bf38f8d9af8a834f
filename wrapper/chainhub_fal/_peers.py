"""Whom a download is really connected to: judged before a byte is sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._addresses import Reach
from ._file_address import FileUrl
from ._wires import Trace
from .errors import SaveError


class FileTrace(Trace):
    """Ends a connection to an address that no file may come from, before a byte is sent on it.

    What is judged is the peer of the connection itself, so no name can resolve to one address for
    the check and to another for the use. A proxy's address is the caller's choice; the proxy
    resolves the name then, and can refuse what this cannot see.
    """

    __slots__ = ("_connecting_to", "_host", "_reach", "_url")

    def __init__(self, url: FileUrl, reach: Reach) -> None:
        super().__init__(0)
        self._host = url.host
        self._url = str(url)
        self._reach = reach
        self._connecting_to = ""

    def hear(self, event: str, info: Mapping[str, Any]) -> None:
        super().hear(event, info)
        if refusal := self._refusal(event, info):
            info["return_value"].close()
            raise SaveError(refusal)

    async def ahear(self, event: str, info: Mapping[str, Any]) -> None:
        super().hear(event, info)
        if refusal := self._refusal(event, info):
            await info["return_value"].aclose()
            raise SaveError(refusal)

    def _refusal(self, event: str, info: Mapping[str, Any]) -> str:
        if event == "connection.connect_tcp.started":
            self._connecting_to = info["host"]
        if event != "connection.connect_tcp.complete" or self._connecting_to != self._host:
            return ""
        peer = info["return_value"].get_extra_info("server_addr")
        return self._reach.peer_refusal(self._url, peer[0]) if peer else ""
