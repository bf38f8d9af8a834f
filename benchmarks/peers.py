"""Who takes part, and how each is set up: a variant of a client is one entry.

All peers run at their own defaults unless the entry's options say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

AIOHTTP = ("aiohttp", "httpx_aiohttp")
THRIFT = 0.12
"""The thrift setting's price of a poll, in seconds of delay."""


@dataclass(frozen=True)
class Peer:
    """One client in one setting."""

    name: str
    adapter: str
    """The module below benchmarks.adapters that drives it."""
    colour: Literal["async", "sync"] = "async"
    options: Mapping[str, object] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    """Modules that cannot be imported in its process, as if they were not installed."""
    ours: bool = False


def _ours(name: str, colour: Literal["async", "sync"] = "async", **options: object) -> Peer:
    """Return a setting of this client; without the aiohttp extra, unless it is asked for.

    The server speaks fal's routes, so the dialect is fal's, unless the entry is about the other.
    """
    given = {"dialect": "fal", "transport": "httpx", **options}
    hidden = () if given["transport"] == "aiohttp" else AIOHTTP
    return Peer(name, "ours", colour, given, hidden, ours=True)


PEERS = {
    peer.name: peer
    for peer in (
        Peer("httpx", "raw_httpx"),
        Peer("httpx sync", "raw_httpx", "sync"),
        Peer("httpx-aiohttp", "raw_httpx", options={"transport": "aiohttp"}),
        Peer("aiohttp", "raw_aiohttp"),
        Peer("fal-client", "fal"),
        Peer("fal-client sync", "fal", "sync"),
        Peer("replicate", "replicate"),
        Peer("openai", "openai"),
        Peer("generated", "generated"),
        Peer("generated sync", "generated", "sync"),
        _ours("chainhub-fal"),
        _ours("chainhub-fal sync", "sync"),
        _ours("chainhub-fal sync map", "sync"),
        _ours("chainhub-fal map", batch=True),
        _ours("chainhub-fal, thrift", poll_cost=THRIFT),
        _ours("chainhub-fal, gateway", dialect="gateway"),
        _ours("chainhub-fal, stream", updates="stream"),
        _ours("chainhub-fal + aiohttp", transport="aiohttp"),
        _ours("chainhub-fal + aiohttp map", transport="aiohttp", batch=True),
    )
}
"""Every entry by its name. "+ aiohttp": with the extra installed."""
